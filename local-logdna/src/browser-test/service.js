// The example service as a separate process, and the requests that make it log.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MODULE = fileURLToPath(new URL("../../../example-service/", import.meta.url));

export class Service {
    #process;
    #ships;
    #requests = 0;

    /**
     * Starts the service on free ports, which it keeps after a restart.
     *
     * @param ships whether the service ships its own lines. Those arrive at any time, also between two steps of a test.
     */
    static async start({ ships }) {
        const service = new Service();
        service.#ships = ships;
        [service.port, service.adminPort, service.tailPort] = await freePorts(3);
        await service.start();
        return service;
    }

    get tailUrl() {
        return `http://localhost:${this.tailPort}/`;
    }

    async start() {
        this.#process = spawn("java", ["-jar", `${MODULE}target/example-service.jar`, "server", `${MODULE}config.yml`], {
            env: {
                ...process.env,
                PORT: this.port,
                ADMIN_PORT: this.adminPort,
                LOGDNA_EMBEDDED_PORT: this.tailPort,
                LOGDNA_ENABLED: String(this.#ships),
                LOGDNA_ENDPOINT: "",
                LOGDNA_INGESTION_KEY: "",
            },
            // Its standard output shows in the tail, its errors here.
            stdio: ["ignore", "ignore", "inherit"],
        });
        while (!await this.#answers()) {
            if (this.#process.exitCode !== null) {
                throw new Error(`The service ended with ${this.#process.exitCode}`);
            }
            await setTimeout(100);
        }
    }

    async #answers() {
        try {
            return (await fetch(`http://localhost:${this.adminPort}/ping`)).ok;
        } catch {
            return false;
        }
    }

    async kill() {
        await this.#end("SIGKILL");
    }

    async stop() {
        await this.#end("SIGTERM");
    }

    async #end(signal) {
        if (this.#process.exitCode === null && this.#process.signalCode === null) {
            this.#process.kill(signal);
            await once(this.#process, "exit");
        }
    }

    /** Places an order through the service's API; the appender ships what that logs. */
    async placeOrder(customer = "Ada") {
        const response = await this.#post(`http://localhost:${this.port}/orders`,
            { customer, items: [{ sku: "tea-01", quantity: 2, unitPrice: 4.9 }] });
        return (await response.json()).id;
    }

    async pay(orderId, token) {
        await this.#post(`http://localhost:${this.port}/orders/${orderId}/payment`, { token });
    }

    /** Posts a batch to the endpoint. */
    async ship(lines, { host = "web-1", gzip = true, tags = "" } = {}) {
        const json = JSON.stringify({ lines });
        const url = `http://localhost:${this.tailPort}/logs/ingest?hostname=${host}&tags=${tags}&now=${Date.now()}`;
        const response = await fetch(url, {
            method: "POST",
            headers: { apikey: "local", "Content-Type": "application/json", ...(gzip ? { "Content-Encoding": "gzip" } : {}) },
            body: gzip ? gzipSync(json) : json,
        });
        if (response.status !== 200) {
            throw new Error(`The endpoint answered ${response.status}: ${await response.text()}`);
        }
    }

    async #post(url, body) {
        return fetch(url, {
            method: "POST",
            headers: { "Content-Type": "application/json", "X-Request-Id": `request-${++this.#requests}` },
            body: JSON.stringify(body),
        });
    }
}

export function line(text, { level = "INFO", app = "shop", timestamp = Date.now(), meta } = {}) {
    return { line: text, level, app, timestamp, ...(meta === undefined ? {} : { meta }) };
}

/** All are open at the same time, so that they differ. */
async function freePorts(count) {
    const servers = await Promise.all(Array.from({ length: count }, async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        return server;
    }));
    const ports = servers.map(server => server.address().port);
    await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
    return ports;
}
