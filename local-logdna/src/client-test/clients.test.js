// Each client logs one line, which the test looks for in the stream of the live tail.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
        // The server was stopped after the tests.
    }
}

/** Waits for the line of an app. Fails at once if the endpoint refuses a request. */
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

/** Asserts that the fields which all clients can send have arrived. */
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

test("logdna-bunyan", async () => {
    const started = Date.now();
    const { BunyanStream } = require("logdna-bunyan");
    const stream = new BunyanStream({ key: KEY, ...common("bunyan"), logdna_url: `${origin}/logs/ingest` });
    const logger = require("bunyan").createLogger({ name: "bunyan", streams: [{ stream, type: "raw" }] });
    logger.warn({ n: 1 }, "hello from bunyan");
    await arrivesWhole("bunyan", started);
});

const syslogNg = spawnSync("syslog-ng", ["--version"], { encoding: "utf8" }).stdout ?? "";
const hasHttp = /^Available-Modules:.*\bhttp\b/m.test(syslogNg);

test("syslog-ng", { skip: !hasHttp && "skipped: no syslog-ng with its module http" }, async () => {
    const started = Date.now();
    const directory = mkdtempSync(join(tmpdir(), "syslog-ng-"));
    const port = await freePort();
    writeFileSync(join(directory, "syslog-ng.conf"), `@version: ${syslogNg.match(/^Config version: (\S+)/m)[1]}
        options { frac-digits(3); };
        source s { network(ip("127.0.0.1") port(${port}) transport("tcp") flags(syslog-protocol)); };
        destination d {
            http(
                url("${origin}/logs/ingest?hostname=web-1&tags=a,b") method("POST") user("${KEY}") password("")
                headers("Content-Type: application/json") batch-lines(10) batch-timeout(100)
                body-prefix("{\\"lines\\": [") delimiter(",") body-suffix("]}")
                body("$(format-json --scope none line=$MESSAGE level=$LEVEL app=$PROGRAM env=test timestamp=$ISODATE meta.n=int64(1))")
            );
        };
        log { source(s); destination(d); };
    `);
    const file = name => join(directory, name);
    const daemon = spawn("syslog-ng", ["-F", "--no-caps", "-f", file("syslog-ng.conf"), "--persist-file", file("persist"),
        "--pidfile", file("pid"), "--control", file("control")], { stdio: ["ignore", "inherit", "inherit"] });
    try {
        const client = await connected(port);
        // Priority 12 is a warning of a user program.
        client.end(`<12>1 ${new Date().toISOString()} web-1 syslog-ng - - - hello from syslog-ng\n`);
        await arrivesWhole("syslog-ng", started);
    } finally {
        daemon.kill();
        await once(daemon, "exit");
        rmSync(directory, { recursive: true });
    }
});

async function freePort() {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address();
    holder.close();
    await once(holder, "close");
    return port;
}

/** Connects as soon as something listens. */
async function connected(port) {
    for (const end = Date.now() + PATIENCE_MS; ;) {
        const socket = connect(port, "127.0.0.1");
        try {
            await once(socket, "connect");
            return socket;
        } catch (e) {
            if (Date.now() > end) {
                throw e;
            }
            await new Promise(resolve => setTimeout(resolve, 50));
        }
    }
}

test("the vendor's curl command", async () => {
    const started = Date.now();
    const body = { lines: [{ line: "hello from curl", app: "curl", level: "WARN", env: "test", meta: { n: 1 } }] };
    execFileSync("curl", ["-sSf", `${origin}/logs/ingest?hostname=web-1&tags=a,b&now=${Math.floor(Date.now() / 1000)}`,
        "-u", `${KEY}:`, "--header", "Content-Type: application/json; charset=UTF-8", "-d", JSON.stringify(body)]);
    await arrivesWhole("curl", started);
});
