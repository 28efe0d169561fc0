// The pages in a real browser: a new node is set up, an invented bundle goes in, and people read it — in both
// languages, at both widths, in light and dark, with keys alone and without scripts. Run by scripts/test-browser.
//
// Environment: KIZUNA_BIN, KIZUNA_BROWSER, PLAYWRIGHT (folder of the module); KIZUNA_SHOTS (folder, optional) keeps
// pictures of every page; KIZUNA_PICTURE (file, optional) draws the picture of the README.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { contrastFaults } from "./contrast.mjs";

const { chromium } = createRequire(join(process.env.PLAYWRIGHT, "package.json"))("playwright-core");
const here = dirname(fileURLToPath(import.meta.url));
const shots = process.env.KIZUNA_SHOTS;
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const START_MS = 30_000;

/** Starts a node on a new data directory; resolves to its address and its sign-in link. */
function start(data) {
  const port = 20_000 + (process.pid % 20_000);
  const address = `127.0.0.1:${port}`;
  const node = spawn(process.env.KIZUNA_BIN, ["--data", data, "serve", "--listen", address], { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    const late = setTimeout(() => reject(new Error(`the node did not start:\n${said}`)), START_MS);
    node.stderr.on("data", (chunk) => {
      said += chunk;
      const link = said.match(/http:\S+\/sign-in\/\S+/);
      if (link && said.includes("ready on")) {
        clearTimeout(late);
        resolve({ node, origin: `http://${address}`, link: link[0] });
      }
    });
    node.on("exit", (code) => reject(new Error(`the node ended with ${code}:\n${said}`)));
  });
}

/** A page on which every fault a browser reports fails the test. */
async function open(context, origin) {
  const page = await context.newPage();
  const [faults, refusals] = [[], []];
  page.on("console", (message) => {
    if (message.type() !== "error" || /status of (401|404)/.test(message.text())) return;
    (/status of 400/.test(message.text()) ? refusals : faults).push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) faults.push(`a request to ${request.url()}`);
  });
  return { page, faults, refusals };
}

/** What must hold of every page as it stands. */
async function inspect(page, name) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${name}: ${overflow} px wider than the window`);
  const unnamed = await page.evaluate(() => {
    const named = (element) => element.labels?.length || element.getAttribute("aria-label") || element.type === "hidden";
    return [...document.querySelectorAll("input, select, textarea")].filter((element) => !named(element)).length;
  });
  assert.equal(unnamed, 0, `${name}: fields without a name`);
  assert.equal(await page.locator("h1").count(), 1, `${name}: one main heading`);
  const faint = await page.evaluate(contrastFaults);
  assert.deepEqual(faint, [], `${name}: text below AA contrast`);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

async function setUp(page, link) {
  await page.goto(link);
  await inspect(page, "set-up");
  await page.getByLabel("Name of your organisation").fill("CERT Esteria");
  await page.getByLabel("Country").fill("EST");
  await page.getByLabel("Your e-mail address").fill("a.tamm@cert.example");
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  await page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
  await inspect(page, "home-empty");
}

async function bringIn(page) {
  await page.getByRole("link", { name: "Import a bundle" }).click();
  await page.getByLabel("File").setInputFiles(join(here, "story.json"));
  await page.getByLabel("Policy and level").selectOption("EXERCISE/SECRET");
  await page.getByLabel("TLP", { exact: true }).selectOption("");
  await inspect(page, "import");
  await page.getByRole("button", { name: "Check whom it reaches" }).click();
  await page.getByRole("heading", { name: "Reaches 1 member" }).waitFor();
  await inspect(page, "import-check");
  await page.getByRole("button", { name: /^Import for 1 member/ }).click();
  await page.getByRole("heading", { name: "Imported" }).waitFor();
  assert.match(await page.locator("main").innerText(), /Quarantined\s*1/);
  await inspect(page, "import-done");
}

async function keys(page, origin) {
  await page.goto(origin);
  await page.locator("html.with-script").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("heron");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/search\?q=heron/);
  await page.locator("html.with-script a.open").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  assert.ok(await page.evaluate(() => document.activeElement.matches("[data-list] a.open")), "j and k walk the list");
  await page.keyboard.press("Shift+?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.waitForURL(/\/collections$/);
}

async function readObject(page, origin, name) {
  await page.goto(`${origin}/search?q=198.51.100%5B.%5D7`);
  await page.locator("a.open", { hasText: "Beacon of GLASS HERON" }).click();
  await page.waitForURL(/\/objects\/indicator--/);
  const banner = page.locator("aside.banner").first();
  assert.match(await banner.innerText(), /TLP:AMBER\+STRICT/);
  assert.match(await page.locator("main").innerText(), /FOLLOWEDBY/);
  await inspect(page, name);
  await page.locator('.side a.button[href$="/explain"]').click();
  await page.waitForURL(/\/explain$/);
}

async function everyPage(page, origin, name) {
  const lists = ["", "search", "collections", "members", "peers", "quarantine", "import", "help"];
  const desk = ["agreements", "policies", "proposals", "releases", "releases/report", "forecast", "personal-data", "log-status"];
  for (const path of [...lists, ...desk, "as-seen?viewer=person%3Aa.tamm%40cert.example"]) {
    await page.goto(`${origin}/${path}`);
    await inspect(page, `${path.split("?")[0].replace("/", "-") || "home"}-${name}`);
  }
  await page.goto(`${origin}/quarantine`);
  await page.locator("a.open").first().click();
  await page.waitForURL(/\/quarantine\/./);
  assert.match(await page.locator("main").innerText(), /<b>a pattern<\/b>/, "bytes are shown, not carried out");
  await inspect(page, `quarantined-${name}`);
}

/** Wrong input is the form again, with what was typed, the fault at its field and the cursor in it. */
async function wrongInput(page, origin) {
  await page.goto(`${origin}/peers`);
  await page.locator('form[action="/peers"]').getByLabel("Name here").fill("partner-jpn");
  await page.getByLabel("URL").fill("ftp://partner.example/");
  await page.locator('form[action="/peers"]').evaluate((form) => form.submit());
  await page.locator("#fault-add-url").waitFor();
  assert.equal(await page.locator('form[action="/peers"]').getByLabel("Name here").inputValue(), "partner-jpn");
  assert.ok(await page.evaluate(() => document.activeElement.id === "url"), "the cursor is in the wrong field");
  await inspect(page, "peer-add-wrong");

  await page.goto(`${origin}/policies`);
  await page.getByText("Import a policy").click();
  await page.getByLabel("Or its text").fill('<SPIF xmlns="http://www.xmlspif.org/spif">\n</SPIF>');
  await page.getByRole("button", { name: "Show what would change" }).click();
  await page.locator("#fault-policy-text").waitFor();
  assert.match(await page.locator("#fault-policy-text").innerText(), /line \d+/);
  await inspect(page, "policy-wrong");
  await page.getByLabel("The policy's file").setInputFiles(join(here, "../../../../fixtures/policies/asterin.xml"));
  await page.getByRole("button", { name: "Show what would change" }).click();
  await page.getByRole("heading", { name: "ASTERIN" }).waitFor();
  await inspect(page, "policy-check");
  await page.getByRole("button", { name: "Import ASTERIN" }).click();
  await page.getByRole("heading", { name: /^ASTERIN/ }).first().waitFor();
  await inspect(page, "policies");
}

/** From a selection to a tear-line, and from there to a proposal. */
async function tearLine(page, origin) {
  await page.goto(`${origin}/search?q=Beacon`);
  await page.locator('tr:has-text("Beacon of GLASS HERON") input[name="object"]').first().check();
  await page.getByRole("button", { name: "Make a tear-line of the chosen" }).click();
  await page.getByRole("heading", { name: "Make a tear-line" }).waitFor();
  await inspect(page, "tearline-new");
  await page.getByLabel("Label to be read under").fill("rel:Nowhere");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator("#fault-tearline-label").waitFor();
  await page.getByLabel("Label to be read under").fill("tlp:green rel:JPN class:EXERCISE/UNCLASSIFIED");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("heading", { name: "High against low" }).waitFor();
  assert.match(await page.locator("main").innerText(), /Removed/);
  await inspect(page, "tearline-preview");
  await page.getByRole("button", { name: /^Make \d+ draft/ }).click();
  await page.waitForURL(/\/tearlines\/kizuna-sanitisation--/);
  await inspect(page, "tearline");
  const made = page.url();
  await page.getByRole("link", { name: "Propose a release" }).click();
  await page.getByRole("heading", { name: "Propose a release" }).waitFor();
  await inspect(page, "release-new");
  await page.getByRole("button", { name: "Check whom it reaches" }).click();
  await page.getByRole("heading", { name: "High against low" }).waitFor();
  await inspect(page, "release-check");
  await page.goto(`${origin}/releases/report`);
  await inspect(page, "release-report");
  return made;
}

/** A command typed at the machine while the node runs; its results. */
function typed(...words) {
  const done = spawnSync(process.env.KIZUNA_BIN, ["--data", data, ...words], { encoding: "utf8" });
  assert.equal(done.status, 0, `${words.join(" ")}: ${done.stderr}`);
  return done.stdout.trim();
}

/** An alert is written, looked at and sent; its addressee opens it, acts on it, and asks; the sender answers. */
async function alertAndAnswer(page, origin) {
  typed("community", "add", "Northern Shield", "--member", "CERT Esteria");
  typed("member", "add", "Nordavia Power", "--country", "NOR", "--community", "Northern Shield", "--sector", "nisc:electric-power");
  typed("user", "add", "n.lind@power.example", "--member", "Nordavia Power", "--role", "analyst");
  await page.goto(`${origin}/alerts`);
  await inspect(page, "alerts-empty");
  await page.getByRole("link", { name: "Send an alert" }).click();
  await page.getByLabel("Title").fill("Beacons of GLASS HERON at two suppliers");
  await page.getByLabel("Urgency").selectOption("urgent");
  await page.getByLabel("What to do").fill("Block the two addresses\nLook back to 12 November");
  await page.getByRole("group", { name: "Addressed to" }).getByLabel("Northern Shield").check();
  await page.getByLabel("TLP", { exact: true }).selectOption("amber");
  await inspect(page, "alert-new");
  await page.getByRole("button", { name: "Check whom it reaches" }).click();
  await page.locator("#fault-alert-title").waitFor();
  assert.match(await page.locator("#fault-alert-title").innerText(), /intrusion-set/, "its title names what is SECRET");
  await page.getByLabel("Title").fill("Beacons at two suppliers");
  await page.getByRole("button", { name: "Check whom it reaches" }).click();
  await page.getByRole("heading", { name: "Reaches 2 members" }).waitFor();
  await inspect(page, "alert-check");
  await page.getByRole("button", { name: "Send the alert to 2 members" }).click();
  await page.waitForURL(/\/alerts\/kizuna-alert--/);
  const alert = page.url();

  const theirs = await browser.newContext({ viewport: PHONE, locale: "en-GB", colorScheme: "dark" });
  const reader = await open(theirs, origin);
  await reader.page.goto(typed("user", "link", "n.lind@power.example", "--url", origin));
  await reader.page.locator("main button").click();
  await reader.page.goto(`${origin}/alerts?open=true`);
  await reader.page.getByRole("link", { name: "Beacons at two suppliers" }).click();
  await reader.page.locator("form[data-open]").waitFor({ state: "detached" });
  await reader.page.getByLabel("State").selectOption("blocked");
  await reader.page.getByLabel("How often").fill("17");
  await reader.page.getByRole("button", { name: "Tell the sender" }).click();
  await reader.page.locator(".reached-step").nth(3).waitFor({ state: "attached" });
  await inspect(reader.page, "alert-blocked");
  await reader.page.goto(`${origin}/requests/new`);
  await reader.page.getByLabel("Question").fill("Seen before 12 November?");
  await reader.page.getByRole("group", { name: "Addressed to" }).getByLabel("CERT Esteria").check();
  await inspect(reader.page, "request-new");
  await reader.page.getByRole("button", { name: "Check whom it reaches" }).click();
  await reader.page.getByRole("button", { name: "Ask 2 members" }).click();
  await reader.page.waitForURL(/\/requests\/kizuna-request--/);
  const request = reader.page.url();

  await page.goto(request);
  await page.getByLabel("Note", { exact: true }).fill("Two people look");
  await inspect(page, "request-to-act");
  await page.getByRole("button", { name: "We are acting on it" }).click();
  await page.getByText("has said that it is acting on this").waitFor();
  await inspect(page, "request-acting");
  await reader.page.reload();
  assert.match(await reader.page.locator("main").innerText(), /Two people look[\s\S]*Acting/, "who asked sees that somebody is on it");
  await page.getByLabel("The answer, or why there is none").fill("Yes, on 9 November, at one port operator.");
  await page.getByRole("button", { name: "Answer", exact: true }).click();
  await page.waitForURL(/#answers$/);
  await reader.page.reload();
  assert.match(await reader.page.locator("#answers + article, article.card").first().innerText(), /9 November/);
  await page.goto(alert);
  assert.match(await page.locator("main").innerText(), /Blocked × 17/, "the sender sees what became of it");
  assert.deepEqual([...reader.faults, ...reader.refusals], []);
  await theirs.close();
  return [alert, request];
}

/** A witness of the log is asked, with a wrong key first, and asked no more; a package is written and fetched. */
async function witnessesAndPackages(page, origin) {
  await page.goto(`${origin}/log-status`);
  const form = page.locator('form[action="/log-status/witnesses"]');
  const name = form.getByLabel("Name of the witness");
  await name.fill("CERT Borduria");
  await form.getByLabel("URL").fill("https://borduria.example/log");
  await form.getByLabel("Key that checks its co-signatures").fill("no key");
  await form.getByRole("button", { name: "Ask it from now on" }).click();
  await page.locator("#fault-witness-key").waitFor();
  assert.equal(await name.inputValue(), "CERT Borduria");
  assert.ok(await page.evaluate(() => document.activeElement.id === "witness-key"), "the cursor is in the wrong field");
  await inspect(page, "witness-wrong");
  const key = typed("log", "key", "--witness");
  await form.getByLabel("Key that checks its co-signatures").fill(key);
  await form.getByRole("button", { name: "Ask it from now on" }).click();
  const remove = page.getByRole("button", { name: "Remove: CERT Borduria" });
  await remove.waitFor();
  await inspect(page, "witness-added");
  await remove.click();
  await remove.waitFor({ state: "detached" });
  typed("log", "witness", "add", "CERT Cascadia", "--url", "https://cascadia.example/exchange/log", "--key", key);

  const recipient = typed("channel", "expect", "back", "--from", "Nordavia Power", "--ceiling", "tlp:amber");
  typed("channel", "add", "west", "--to", "Nordavia Power", "--recipient", recipient, "--ceiling", "tlp:amber");
  await page.goto(`${origin}/channels`);
  await inspect(page, "channels");
  await page.getByRole("button", { name: "Write the next package: west" }).click();
  await page.getByText("Package 1 is written and in the log").waitFor();
  await inspect(page, "channels-written");
  const fetched = page.waitForEvent("download");
  await page.getByRole("link", { name: "Fetch the file" }).click();
  assert.match((await fetched).suggestedFilename(), /^west/, "the package is handed out");
}

async function hiddenIsAbsent(page, origin) {
  const absent = await page.goto(`${origin}/objects/indicator--00000000-0000-4000-8000-000000000000`);
  assert.equal(absent.status(), 404);
  const other = await page.goto(`${origin}/objects/not-an-id`);
  assert.equal(other.status(), 404);
  await inspect(page, "not-found");
}

const data = mkdtempSync(join(tmpdir(), "kizuna-browser-"));
const { node, origin, link } = await start(data);
const browser = await chromium.launch({ executablePath: process.env.KIZUNA_BROWSER, args: ["--no-sandbox"] });
try {
  const context = await browser.newContext({ viewport: DESK, locale: "en-GB", timezoneId: "Europe/Tallinn", colorScheme: "light" });
  const { page, faults, refusals } = await open(context, origin);
  await page.goto(`${origin}/objects/x`);
  assert.ok(page.url().includes("/sign-in?back="), "who is not signed in is led to the sign-in page");
  await inspect(page, "sign-in");
  await setUp(page, link);
  await bringIn(page);
  await keys(page, origin);
  await hiddenIsAbsent(page, origin);
  await wrongInput(page, origin);
  const made = await tearLine(page, origin);
  const notices = await alertAndAnswer(page, origin);
  await witnessesAndPackages(page, origin);
  assert.equal(refusals.length, 5, "each wrong form is refused once: a peer, a policy, a label, a title, a witness");
  const state = await context.storageState();

  for (const [size, viewport] of [["desk", DESK], ["phone", PHONE]]) {
    for (const [locale, button] of [["en-GB", null], ["ja-JP", "日本語"]]) {
      for (const colorScheme of ["light", "dark"]) {
        const name = `${locale.slice(0, 2)}-${colorScheme}-${size}`;
        const again = await browser.newContext({ viewport, locale, colorScheme, timezoneId: "Asia/Tokyo", storageState: state });
        const reader = await open(again, origin);
        await reader.page.goto(origin);
        if (button) {
          await reader.page.getByRole("button", { name: button }).click();
          await reader.page.locator("html[lang=ja]").waitFor();
          await reader.page.evaluate(() => { document.cookie = "kizuna-zone=Asia/Tokyo; Path=/"; });
        } else {
          await reader.page.getByRole("button", { name: "English" }).click();
        }
        await everyPage(reader.page, origin, name);
        for (const place of [...notices, `${origin}/alerts`, `${origin}/alerts/new`, `${origin}/requirements/new`, `${origin}/channels`]) {
          await reader.page.goto(place);
          await inspect(reader.page, `${new URL(place).pathname.replaceAll("/", "-").slice(1).split("--")[0]}-${name}`);
        }
        await reader.page.goto(made);
        await inspect(reader.page, `tearline-${name}`);
        await readObject(reader.page, origin, `object-${name}`);
        await inspect(reader.page, `explain-${name}`);
        assert.deepEqual([...reader.faults, ...reader.refusals], [], name);
        await again.close();
      }
    }
  }

  const plain = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false, storageState: state });
  const bare = await plain.newPage();
  await bare.goto(`${origin}/search?q=heron`);
  await bare.locator("a.open").first().click();
  assert.match(bare.url(), /\/objects\//, "reading works without scripts");
  assert.deepEqual(faults, []);

  await page.goto(origin);
  await page.getByRole("button", { name: "Load the exercise sample" }).click();
  await page.locator(".note-ok").waitFor();
  await inspect(page, "home-sample");
  assert.deepEqual(faults, []);

  if (process.env.KIZUNA_PICTURE) {
    const still = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", colorScheme: "light", storageState: state });
    const shown = await still.newPage();
    await shown.goto(`${origin}/search?q=Beacon`);
    await shown.locator("a.open", { hasText: "Beacon of GLASS HERON" }).first().click();
    await shown.waitForURL(/\/objects\//);
    await shown.screenshot({ path: process.env.KIZUNA_PICTURE });
  }
  console.log("the pages: set up, imported, searched, read, explained, torn, warned of, answered, witnessed and packed; English and Japanese, desk and phone, light and dark");
} finally {
  await browser.close();
  node.removeAllListeners("exit");
  node.kill("SIGTERM");
  await new Promise((done) => node.once("exit", done));
  rmSync(data, { recursive: true, force: true });
}
