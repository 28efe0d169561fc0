# Two commands: `make run` starts a node, `make test` installs what the tests need and passes them all.

SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

LISTEN ?= 127.0.0.1:8480
KIZUNA_DATA ?= ./kizuna-data
TARGET := $(or $(CARGO_TARGET_DIR),target)
QUICK := $(TARGET)/quick/kizuna

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: run
run: tools ## Build and start a node on LISTEN (127.0.0.1:8480) with its data in ./kizuna-data
	@cargo build --profile quick --locked -p kizuna-cli
	exec $(QUICK) --data $(KIZUNA_DATA) serve --listen $(LISTEN)

.PHONY: release
release: tools ## Build what is given to others: target/release/kizuna, with YARA
	@cargo build --release --locked -p kizuna-cli --features yara

.PHONY: demo
demo: tools ## Three nodes, an operator, one story: the same object as each nation sees it, and an alert on its way
	@cargo build --profile quick --locked -p kizuna-cli
	exec $(QUICK) demo

.PHONY: tools
tools:
	@scripts/tools build

.PHONY: test
test: ## Install what the tests need and run every layer
	@scripts/test all

.PHONY: test-quick
test-quick: ## The layers that need neither root, nor a browser, nor another language (under 3 minutes)
	@scripts/test quick

.PHONY: lint
lint: ## Formatting, clippy, dependency rules
	@scripts/lint

.PHONY: fuzz
fuzz: ## Fuzz every parser, a minute each
	@scripts/fuzz 60

.PHONY: bench
bench: ## Measure a node on this machine (docs/BENCHMARKS.md)
	@scripts/bench 200000

.PHONY: chaos
chaos: ## Kills, power cuts and failing disks on both engines: KILLS=200 of each (about 20 minutes)
	@scripts/chaos $(or $(KILLS),200)

.PHONY: long
long: ## The long runs: many kills, many cases (hours)
	@KIZUNA_KILLS=$${KIZUNA_KILLS:-200} KIZUNA_CASES=$${KIZUNA_CASES:-20000} scripts/test rust
