"""Sigma rules as pySigma understands them: each becomes a query on a table of events.

sigma_sqlite.py EVENTS RULES...: prints {"hits": {id: [line, ...]}, "refused": {id: reason}} as JSON.
Events are lines of JSON without objects within; a field that an event lacks is an empty text, so that NOT means the same as
in a rule."""

import json
import re
import sqlite3
import sys

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
backend = sqliteBackend()
hits, refused, queries = {}, {}, {}
for path in sys.argv[2:]:
    try:
        collection = SigmaCollection.from_yaml(open(path, encoding="utf-8").read())
    except Exception as error:
        refused[path] = f"{type(error).__name__}: {error}"
        continue
    for rule in collection.rules:
        if not hasattr(rule, "detection") or not hasattr(rule, "logsource"):
            continue
        try:
            queries[str(rule.id)] = backend.convert_rule(rule)
        except Exception as error:
            refused[str(rule.id)] = f"{type(error).__name__}: {error}"

# SQLite's columns know no case.
columns = {}
for event in events:
    for name in event:
        columns.setdefault(name.lower(), name)
base = sqlite3.connect(":memory:")
base.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text or "")))
names = list(columns)


def make(names):
    base.execute("DROP TABLE IF EXISTS logs")
    defined = ", ".join(f'"{name}" TEXT COLLATE NOCASE DEFAULT \'\'' for name in names)
    base.execute(f"CREATE TABLE logs (line INTEGER, {defined})")
    for line, event in enumerate(events, 1):
        values = {key.lower(): str(value) for key, value in event.items()}
        row = [line] + [values.get(name, "") for name in names]
        base.execute(f"INSERT INTO logs VALUES ({', '.join('?' * len(row))})", row)


make(names)
for rule, found in queries.items():
    lines = set()
    try:
        for query in found:
            query = query.replace("SELECT *", "SELECT line")
            query = query.replace(" IS NULL", "=''")
            while True:
                try:
                    lines.update(line for (line,) in base.execute(query))
                    break
                except sqlite3.OperationalError as error:
                    missing = re.match(r"no such column: (.*)", str(error))
                    if not missing:
                        raise
                    name = missing.group(1).strip('"`')
                    base.execute(f'ALTER TABLE logs ADD COLUMN "{name}" TEXT COLLATE NOCASE DEFAULT \'\'')
        hits[rule] = sorted(lines)
    except Exception as error:
        refused[rule] = f"{type(error).__name__}: {error}"
json.dump({"hits": hits, "refused": refused}, sys.stdout)
