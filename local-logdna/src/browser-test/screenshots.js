// Takes pictures of the tail for a person to check: node screenshots.js DIRECTORY

import { mkdirSync } from "node:fs";
import { launch, open } from "./browser.js";
import { Service, line } from "./service.js";

const directory = process.argv[2] ?? "screenshots";
mkdirSync(directory, { recursive: true });

const browser = await launch();
let service = await Service.start({ ships: false });

async function picture(name, options, prepare = async () => {}, hash = "") {
    const page = await open(browser, service.tailUrl + hash, options);
    await page.waitForTimeout(400);
    await prepare(page);
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${directory}/${name}.png` });
    await page.context().close();
}

const narrow = { viewport: { width: 360, height: 700 }, deviceScaleFactor: 2 };
const dark = { colorScheme: "dark" };

/** Unfolds the last line that has a stack trace. */
async function unfoldError(page) {
    // A row out of view has no element: the filter by level finds it, and it stays in view when the filter is removed.
    await page.keyboard.press("5");
    await page.locator(".row.error .time").last().click();
    await page.keyboard.press("1");
    await page.waitForTimeout(200);
    await page.mouse.move(600, 5);
    await page.locator("#log").evaluate(log => { log.scrollTop -= 130; });
}

/** The lines of a Python service and of its successor in Java, and a request that was refused. */
async function compare() {
    const start = Date.now();
    const messages = ["Order placed", "Order paid", "Payment declined"];
    const both = key => messages.map((text, i) => ({ text, level: ["INFO", "INFO", "WARN"][i], timestamp: start + i * 400 + key }));
    await service.ship(both(0).map(({ text, level, timestamp }, i) =>
        line(text, { level, timestamp, app: "orders", meta: JSON.stringify({ orderId: `o-10${i}`, total: "9.80" }) })), { host: "python-1" });
    await service.ship(both(120).map(({ text, level, timestamp }, i) =>
        line(text, { level, timestamp, app: "orders", meta: { requestId: `r-${i + 1}`, orderId: `o-10${i}`, total: 9.8 } })), { host: "java-1" });
    await fetch(`${service.tailUrl}logs/ingest?hostname=python-1`, { method: "POST", body: "{}",
        headers: { "Content-Type": "application/json", "User-Agent": "python/1.18" } });
}

try {
    await compare();
    await picture("compare", { viewport: { width: 1200, height: 420 } }, async page => {
        await page.keyboard.press("t");
        await page.locator(".row.warn .time").nth(1).click();
    });
    await service.stop();

    service = await Service.start({ ships: true });
    await picture("service-start", {});
    for (const customer of ["Ada", "Grace", "Edsger", "Barbara", "Alan"]) {
        await service.pay(await service.placeOrder(customer), "valid");
    }
    await service.pay(await service.placeOrder("Donald"), "declined");
    await service.pay(await service.placeOrder("Tony"), "unreachable");
    await service.placeOrder("Frances");
    await service.placeOrder("Radia");
    await new Promise(resolve => setTimeout(resolve, 2_500));

    await picture("light", {});
    await picture("error", {}, unfoldError);
    await picture("error-dark", dark, unfoldError);
    await picture("filter", {}, page => page.locator("#text").fill("order declined"));
    await picture("filter-dark", dark, page => page.locator("#text").fill("status:201"));
    await picture("warn", {}, async page => {
        await page.keyboard.press("4");
        await page.keyboard.press("j");
        await page.keyboard.press("Enter");
    });
    await picture("field", {}, page => page.locator(".glance a", { hasText: "requestId" }).last().click());
    await picture("field-narrow", { ...narrow, ...dark }, page => page.locator("#text").fill("requestId=request-1"));
    await picture("by-time", {}, page => page.keyboard.press("t"));
    await picture("nothing", {}, page => page.locator("#text").fill("no such thing"));
    await picture("cleared", dark, page => page.keyboard.press("c"));
    await picture("keys", {}, page => page.keyboard.press("?"));
    await picture("narrow", narrow);
    await picture("narrow-error", narrow, unfoldError);
    await picture("narrow-dark", { ...narrow, ...dark }, unfoldError);
    await service.ship("EMERGENCY CRITICAL ALERT FATAL INFORMATIONAL err notice".split(" ").map(level =>
        line(`The level is ${level}`, { level, app: "syslog", meta: { level_of: "syslog", n: 1 } })));
    await fetch(`${service.tailUrl}logs/ingest`, { method: "POST", headers: { apikey: "local" }, body: "{}" });
    await picture("levels", {});
    await picture("levels-dark", dark, async page => {
        await page.locator(".row.fatal .time").last().click();
        await page.keyboard.press("l");
    });

    const lines = Array.from({ length: 2_000 }, (_, i) => line(`Line ${i} of many`, { level: ["DEBUG", "INFO", "TRACE", "INFO", "WARN"][i % 5],
        meta: { logger: "com.example.shop.Checkout", n: i, nested: { a: [1, 2, { b: true }] } } }));
    await service.ship(lines, { tags: "blue,canary" });
    await picture("scrolled", {}, async page => {
        await page.locator("#log").hover();
        await page.mouse.wheel(0, -5_000);
        await page.waitForTimeout(200);
        await service.ship(lines.slice(0, 12));
        await page.waitForTimeout(300);
        await page.keyboard.press("j");
        await page.keyboard.press("Enter");
    });
    await picture("restarted", {}, async page => {
        await service.kill();
        await page.locator("#connection[data-state=lost]").waitFor();
        await page.screenshot({ path: `${directory}/lost.png` });
        await service.start();
        await page.locator(".divider").waitFor();
        await page.waitForTimeout(2_000);
        await page.keyboard.press("p");
        await service.placeOrder();
        await page.locator("#pause", { hasText: "Resume +" }).waitFor();
    });
} finally {
    await browser.close();
    await service.stop();
}
