// Each client logs one line; the tail's stream says what arrived.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

const require = createRequire(import.meta.url);
const KEY = "0123456789abcdef";
const JAR = new URL("../../target/local-logdna.jar", import.meta.url).pathname;
const PATIENCE_MS = 60_000;

let server;
let origin;
const lines = [];

before(async () => {
    server = spawn("java", ["-jar", JAR, "--port", "0", "--key", KEY], { stdio: ["ignore", "pipe", "inherit"] });
    const printed = await new Promise((resolve, reject) => {
        server.on("exit", code => reject(new Error(`The server ended with ${code}`)));
        server.stdout.on("data", data => /at (http:\S+)\//.test(data) && resolve(String(data)));
    });
    origin = printed.match(/at (http:\S+)\/$/m)[1];
    watch();
});

after(() => server.kill());

async function watch() {
    const response = await fetch(`${origin}/tail/events`);
    let text = "";
    try {
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
            text += chunk;
            const events = text.split("\n\n");
            text = events.pop();
            for (const event of events) {
                const data = event.split("\n").find(row => row.startsWith("data: "));
                lines.push(...(data === undefined ? [] : JSON.parse(data.slice("data: ".length)).lines));
            }
        }
    } catch {
        // The server is stopped at the end.
    }
}

/** The line of an app, when it is there; whatever was refused is a failure. */
async function arrived(app) {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
        const found = lines.find(line => line.app === app);
        if (found !== undefined) {
            return found;
        }
        assert.deepEqual(lines.filter(line => line.refused !== undefined), [], "refused");
        await new Promise(resolve => setTimeout(resolve, 50));
    }
    assert.fail(`no line of ${app} among ${JSON.stringify(lines)}`);
}

/** Asserts what all clients have in common. */
async function arrivesWhole(app, started) {
    const line = await arrived(app);
    assert.equal(line.line, `hello from ${app}`);
    assert.match(line.level, /^warn/i);
    assert.equal(line.env, "test");
    assert.equal(line.host, "web-1");
    assert.deepEqual(line.tags, ["a", "b"]);
    const meta = typeof line.meta === "string" ? JSON.parse(line.meta) : line.meta;
    assert.equal(meta.n, 1);
    assert.ok(line.timestamp >= started - 1_000 && line.timestamp <= Date.now() + 1_000, `time ${line.timestamp}`);
}

const common = app => ({ app, env: "test", hostname: "web-1", tags: ["a", "b"] });

test("@logdna/logger", async () => {
    const started = Date.now();
    const { createLogger } = require("@logdna/logger");
    const logger = createLogger(KEY, { ...common("official"), url: `${origin}/logs/ingest`, indexMeta: true });
    logger.warn("hello from official", { meta: { n: 1 } });
    await arrivesWhole("official", started);
});

test("logdna, the deprecated client", async () => {
    const started = Date.now();
    const logger = require("logdna").createLogger(KEY,
        { ...common("deprecated"), logdna_url: `${origin}/logs/ingest`, index_meta: true });
    logger.warn("hello from deprecated", { meta: { n: 1 } });
    await arrivesWhole("deprecated", started);
});

test("logdna-winston", async () => {
    const started = Date.now();
    const logger = require("winston").createLogger({});
    const Transport = require("logdna-winston");
    logger.add(new Transport({ key: KEY, ...common("winston"), url: `${origin}/logs/ingest`, indexMeta: true }));
    logger.warn("hello from winston", { n: 1 });
    await arrivesWhole("winston", started);
});

test("pino-logdna", async () => {
    const started = Date.now();
    const pino = require("pino");
    const logger = pino(pino.transport({
        target: "pino-logdna",
        options: { key: KEY, ...common("pino"), url: `${origin}/logs/ingest` },
    }));
    logger.warn({ n: 1 }, "hello from pino");
    await arrivesWhole("pino", started);
});

test("the vendor's curl command", async () => {
    const started = Date.now();
    const body = { lines: [{ line: "hello from curl", app: "curl", level: "WARN", env: "test", meta: { n: 1 } }] };
    execFileSync("curl", ["-sSf", `${origin}/logs/ingest?hostname=web-1&tags=a,b&now=${Math.floor(Date.now() / 1000)}`,
        "-u", `${KEY}:`, "--header", "Content-Type: application/json; charset=UTF-8", "-d", JSON.stringify(body)]);
    await arrivesWhole("curl", started);
});
