import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { PATIENCE_MS, launch, open } from "./browser.js";
import { Service, line } from "./service.js";

const INFO = "Order placed";
const TRACE = "Payment failed\njava.lang.IllegalStateException: no\n\tat com.example.A.b(A.java:1)\n\tat com.example.C.d(C.java:2)";

const PATIENCE = { timeout: PATIENCE_MS };

let service;
let browser;

before(async () => {
    service = await Service.start({ ships: false });
    browser = await launch();
});

after(async () => {
    await browser?.close();
    await service?.stop();
});

/** Runs a test in an empty page, and then checks that the page reported no problem. */
function inPage(name, run, options = {}) {
    test(name, { timeout: 300_000 }, async () => {
        const page = await open(browser, service.tailUrl, options);
        try {
            await replayed(page);
            await press(page, "c");
            await page.locator("#cleared").waitFor();
            await run(page);
            assert.deepEqual(page.complaints, [], "errors on the console");
            assert.deepEqual(page.foreignRequests, [], "requests to other origins");
            assert.deepEqual(await page.evaluate(() => window.violations), [], "violations of the content security policy");
        } finally {
            await page.context().close();
        }
    });
}

/** Waits until the page has received all held lines, so that a test sees only the lines that it ships. */
async function replayed(page) {
    const marker = `marker-${Math.random()}`;
    await service.ship([line(marker)]);
    await page.locator(".text", { hasText: marker }).waitFor(PATIENCE);
}

const rows = page => page.locator(".row:not(.divider)");
const texts = page => page.locator("#rows .text").allTextContents();
const row = (page, text) => page.locator(".row", { has: page.locator(".text", { hasText: text }) });
const shown = async (page, ...expected) => {
    await page.waitForFunction(
        expected => JSON.stringify([...document.querySelectorAll("#rows .text")].map(e => e.textContent)) === JSON.stringify(expected),
        expected, PATIENCE)
        .catch(async e => assert.deepEqual(await texts(page), expected, e.message));
};
const settled = page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
/** The page renders what an action changes in the next frame. */
const press = async (page, key) => {
    await page.keyboard.press(key);
    await settled(page);
};
const click = async locator => {
    await locator.click();
    await settled(locator.page());
};
const atEnd = page => page.locator("#log").evaluate(log => log.scrollHeight - log.clientHeight - log.scrollTop < 2);
const many = (count, from = 0) => Array.from({ length: count }, (_, i) => line(`Line ${from + i}`, { meta: { n: from + i } }));

describe("what arrives", () => {
    test("lines that a service logs show with time, level, app, host and text", { timeout: 300_000 }, async () => {
        const shop = await Service.start({ ships: true });
        try {
            await showsItsOrder(shop);
        } finally {
            await shop.stop();
        }
    });

    async function showsItsOrder(shop) {
        const page = await open(browser, shop.tailUrl);
        await shop.placeOrder();
        const placed = row(page, "Order placed");
        await placed.waitFor(PATIENCE);
        assert.match(await placed.locator(".time").textContent(), /^\d\d:\d\d:\d\d\.\d{3}$/);
        assert.match(await placed.locator(".time").getAttribute("title"), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.equal(await placed.locator(".level").textContent(), "INFO");
        assert.equal(await placed.locator(".app").textContent(), "order-service");
        assert.notEqual(await placed.locator(".host").textContent(), "");
        assert.match(await placed.locator(".glance").textContent(), /total=9\.8/);
        await page.context().close();
    }

    inPage("the time is the local one", async page => {
        await service.ship([line("then", { timestamp: Date.UTC(2026, 6, 1, 22, 4, 5, 6) })]);
        await row(page, "then").waitFor();
        assert.equal(await row(page, "then").locator(".time").textContent(), "00:04:05.006");
        assert.equal(await row(page, "then").locator(".time").getAttribute("title"), "2026-07-01T22:04:05.006Z");
    });

    inPage("each level has its colour", async page => {
        await service.ship(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].map(level => line(level, { level })));
        await row(page, "FATAL").waitFor();
        const colours = await page.locator("#rows .level").evaluateAll(levels => levels.map(e => getComputedStyle(e).color));
        assert.equal(new Set(colours).size, 6);
    });

    inPage("levels of other programs and of syslog rank among the six, and are not cut", async page => {
        const ranked = {
            Fatal: ["FATAL", "CRITICAL", "crit", "Alert", "EMERGENCY", "emerg", "panic", "0", "1", "2", "60"],
            Error: ["err", "SEVERE", "3", "50"],
            Warn: ["WARNING", "4", "40"],
            Info: ["notice", "INFORMATIONAL", "5", "6", "30", "of no known name"],
            Debug: ["fine", "7", "20"],
            Trace: ["finest", "10"],
        };
        await service.ship(Object.values(ranked).flat().map(level => line(`at ${level}`, { level })));
        await row(page, "at finest").waitFor();
        const cut = await page.locator("#rows .level").evaluateAll(all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent));
        assert.deepEqual(cut, ["of no known name"]);
        const left = selector => page.locator(selector).first().evaluate(e => e.getBoundingClientRect().left);
        assert.ok(Math.abs(await left("#columns :nth-child(4)") - await left("#rows .app")) < 2, "the heading stands above its column");
        const expected = [];
        for (const [level, names] of Object.entries(ranked)) {
            expected.unshift(...names.map(name => `at ${name}`));
            await click(page.locator("#levels label", { hasText: level }));
            await page.waitForFunction(count => document.querySelectorAll("#rows .text").length === count, expected.length);
            assert.deepEqual((await texts(page)).sort(), expected.toSorted());
        }
    });

    inPage("a text that ends in a line break is one line", async page => {
        await service.ship([line("Done\n"), line("Done, too\r\n \n"), line("Two\nlines\n")]);
        await shown(page, "Done", "Done, too", "Two");
        assert.equal(await row(page, "Done").first().locator(".chip").count(), 0);
        assert.equal(await row(page, "Done, too").locator(".chip").count(), 0);
        assert.equal(await row(page, "Two").locator(".chip").textContent(), "+1 line");
        await click(row(page, "Two").locator(".time"));
        assert.equal(await page.locator("pre.rest").textContent(), "lines");
    });

    inPage("a field that the message contains is shown all the same", async page => {
        await service.ship([line("Order o-1 placed", { meta: { orderId: "o-1", total: 9.8 } })]);
        await shown(page, "Order o-1 placed");
        assert.deepEqual(await page.locator(".glance a").allTextContents(), ["orderId=o-1", "total=9.8"]);
    });

    inPage("lines without level, app or meta, and with a time that is no date, show, too", async page => {
        await service.ship([{ line: "bare" }, { line: "far", timestamp: 9e15, level: "whatever", meta: "no JSON" }]);
        await shown(page, "bare", "far");
        await click(row(page, "far").locator(".time"));
        assert.match(await row(page, "far").locator(".fields").textContent(), /9000000000000000.*metano JSON/);
    });

    inPage("HTML in a text, a name or meta is not interpreted", async page => {
        const html = `<img src=x onerror="window.hit=1"></script><script>window.hit=2</script><b>bold</b>`;
        await service.ship([line(`${html}\n${html}`, { app: html, level: html, meta: { [html]: html, nested: { [html]: [html] } } })],
            { host: encodeURIComponent(html), tags: encodeURIComponent(html) });
        await click(rows(page).first().locator(".time"));
        await page.locator(".details").waitFor();
        await page.locator("#text").fill("<img");
        await settled(page);
        assert.equal(await page.locator("#rows .text").textContent(), html);
        assert.equal(await page.locator("#rows .rest").textContent(), html);
        assert.equal(await page.locator("#rows img, #rows script, #rows b:not(.glance b)").count(), 0);
        assert.equal(await page.evaluate(() => window.hit), undefined);
    });

    inPage("lines, batches, bytes and compression are counted", async page => {
        const number = async id => Number((await page.locator(id).textContent()).replaceAll(",", ""));
        const [lines, batches] = [await number("#lines"), await number("#batches")];
        await service.ship(many(10));
        await service.ship(many(5, 10), { gzip: false });
        await row(page, "Line 14").waitFor();
        assert.equal(await number("#lines"), lines + 15);
        assert.equal(await number("#batches"), batches + 2);
        assert.match(await page.locator("#bytes").textContent(), /^[\d.]+ k?B$/);
        assert.match(await page.locator("#json").textContent(), /^[\d.]+ k?B$/);
        assert.match(await page.locator("#ratio").textContent(), /^\d+\.\d : 1$/);
    });
});

describe("what is refused", () => {
    const refusal = page => page.locator(".row", { has: page.locator(".level", { hasText: "REFUSED" }) }).last();

    inPage("shows with status, reason and sender, and counts as no line", async page => {
        const before = await page.locator("#lines").textContent();
        const response = await fetch(`${service.tailUrl}logs/ingest`, {
            method: "POST", headers: { apikey: "local", "User-Agent": "my-client/1.2 <b>" }, body: '{"lines":[]}' });
        assert.equal(response.status, 400);
        await refusal(page).waitFor(PATIENCE);
        assert.equal(await refusal(page).locator(".text").textContent(), "400 Missing param hostname.");
        assert.match(await refusal(page).locator(".host").getAttribute("title"), /^my-client\/1\.2 <b> at 127\.0\.0\.1$/);
        assert.equal(await refusal(page).locator(".level").evaluate(e => e.scrollWidth > e.clientWidth), false, "the level is cut");
        await click(refusal(page).locator(".time"));
        assert.match(await page.locator(".fields").textContent(), /status400requestPOST \/logs\/ingest/);
        assert.equal(await page.locator("#lines").textContent(), before);
        assert.ok(await page.locator("#download").isDisabled(), "there is no line to download");
    });
});

describe("unfolding", () => {
    inPage("meta that is nested without end unfolds all the same", async page => {
        const deep = depth => "[".repeat(depth) + "]".repeat(depth);
        await service.ship([
            line("a string of JSON", { meta: deep(15_000) }),
            { line: "an object", level: "INFO", app: "shop", meta: { deep: JSON.parse(deep(500)) } },
        ]);
        await shown(page, "a string of JSON", "an object");
        await click(row(page, "a string of JSON").locator(".time"));
        await click(row(page, "an object").locator(".time"));
        assert.match(await row(page, "an object").locator(".fields").textContent(), /nested too deeply/);
        assert.match(await row(page, "a string of JSON").locator(".fields").textContent(), /\[{100}/);
    });

    inPage("a stack trace shows its first row and how many follow, and unfolds", async page => {
        await service.ship([line(INFO), line(TRACE, { level: "ERROR" }), line("\n\nafter empty rows")]);
        await shown(page, INFO, "Payment failed", "after empty rows");
        const failed = row(page, "Payment failed");
        assert.equal(await failed.locator(".chip").textContent(), "+3 lines");
        assert.equal(await failed.getAttribute("aria-expanded"), "false");

        await click(failed.locator(".time"));
        assert.equal(await failed.getAttribute("aria-expanded"), "true");
        assert.equal(await failed.locator("pre.rest").textContent(), TRACE.slice("Payment failed\n".length));

        await click(failed.locator(".time"));
        assert.equal(await page.locator(".details").count(), 0);
    });

    inPage("the fields stand above the stack trace", async page => {
        await service.ship([line(TRACE, { level: "ERROR", meta: { requestId: "pay-1" } })]);
        await click(row(page, "Payment failed").locator(".time"));
        const [fields, trace] = [await page.locator(".fields").boundingBox(), await page.locator("pre.rest").boundingBox()];
        assert.match(await page.locator(".fields").textContent(), /levelERROR.*appshop.*hostweb-1.*requestIdpay-1/);
        assert.ok(fields.y + fields.height <= trace.y, "the fields end where the stack trace begins");
    });

    inPage("meta unfolds into a table, what is nested in it as JSON", async page => {
        await service.ship([line(INFO, { meta: { orderId: "o-1", total: 9.8, paid: false,
            items: { list: [1, "two"] }, exception: { class: "java.io.IOException", message: "no" } } })], { tags: "a,b" });
        await click(row(page, INFO).locator(".time"));
        const fields = Object.fromEntries(await page.locator(".fields > div").evaluateAll(
            divs => divs.map(div => [div.querySelector("dt").textContent, div.querySelector("dd").textContent])));
        assert.match(fields.timestamp, /Z$/);
        assert.equal(fields.tags, "a, b");
        assert.equal(fields.orderId, "o-1");
        assert.equal(fields.total, "9.8");
        assert.equal(fields.paid, "false");
        assert.equal(fields.items, JSON.stringify({ list: [1, "two"] }, null, 2));
        assert.equal(fields["exception.class"], "java.io.IOException");
        await click(page.locator(".fields a", { hasText: "java.io.IOException" }));
        await shown(page, INFO);
        assert.equal(await page.locator("#text").inputValue(), "exception.class=java.io.IOException");
    });

    inPage("meta that is a string of JSON reads the same", async page => {
        await service.ship([line(INFO, { meta: JSON.stringify({ orderId: "o-1" }) })]);
        await click(row(page, INFO).locator(".time"));
        assert.match(await page.locator(".fields").textContent(), /orderIdo-1/);
    });

    inPage("rows below an unfolded one stand below it", async page => {
        await service.ship(many(30));
        await row(page, "Line 29").waitFor();
        await press(page, "g");
        await press(page, "Enter");
        await page.locator(".details").waitFor();
        await settled(page);
        const boxes = await page.locator("#rows .row").evaluateAll(all => all.map(e => e.getBoundingClientRect()).map(b => [b.top, b.bottom]));
        assert.ok(boxes[0][1] - boxes[0][0] > 60, "the first is unfolded");
        boxes.slice(1).forEach(([top], i) => assert.ok(Math.abs(top - boxes[i][1]) < 1, `row ${i + 1} begins where row ${i} ends`));
    });
});

describe("filtering", () => {
    const some = [
        line("Order placed", { level: "DEBUG", app: "shop", meta: { orderId: "o-77", customer: { name: "Ada" } } }),
        line("Order paid", { level: "INFO", app: "till" }),
        line("Payment declined", { level: "WARN", app: "till", meta: { status: 402 } }),
        line(TRACE, { level: "ERROR", app: "shop" }),
    ];

    inPage("by words, all of which must be there, in any case", async page => {
        await service.ship(some);
        await page.locator("#text").fill("ORDER pa");
        await shown(page, "Order paid");
        await page.locator("#text").fill("");
        await shown(page, "Order placed", "Order paid", "Payment declined", "Payment failed");
    });

    inPage("in app, host, meta and the stack trace, too", async page => {
        await service.ship(some, { host: "web-7" });
        const finds = async (text, ...expected) => {
            await page.locator("#text").fill(text);
            await shown(page, ...expected);
        };
        await finds("till", "Order paid", "Payment declined");
        await finds("web-7 placed", "Order placed");
        await finds("o-77", "Order placed");
        await finds(`"name":"ada"`, "Order placed");
        await finds("status:402", "Payment declined");
        await finds("C.java:2", "Payment failed");
        await finds("nowhere");
        await page.locator("#unmatched").waitFor();
        await click(page.locator("#all"));
        await shown(page, "Order placed", "Order paid", "Payment declined", "Payment failed");
    });

    inPage("by the lowest level", async page => {
        await service.ship(some);
        await click(page.locator("#levels label", { hasText: "Warn" }));
        await shown(page, "Payment declined", "Payment failed");
        assert.match(await page.locator("#shown").textContent(), /^2 of \d+ lines$/);
        await service.ship([line("too low"), line("another warning", { level: "WARN" })]);
        await shown(page, "Payment declined", "Payment failed", "another warning");
    });

    inPage("stays in the address, which can be passed on", async page => {
        await page.locator("#text").fill("50% of ü & more");
        await press(page, "Escape");
        await page.locator("#text").fill("Order pa");
        await page.locator("#text").press("Enter");
        await press(page, "3");
        const address = page.url();
        assert.match(address, /#level=INFO&text=Order\+pa$/);
        const other = await page.context().newPage();
        await other.goto(address);
        assert.equal(await other.locator("#text").inputValue(), "Order pa");
        assert.ok(await other.locator("#levels input[value=INFO]").isChecked());
    });

    inPage("by a field: clicked where it is shown, in a folded row and in an unfolded one", async page => {
        await service.ship([
            line("Order paid", { meta: { requestId: "pay-valid", user: "Ada Lovelace" } }),
            line("Order paid, again", { meta: { requestId: "pay-valid", user: 'Grace "G" Hopper' } }),
            line("Not pay-valid", { meta: { requestId: "pay-valid-2", user: "Ada Lovelace" } }),
        ]);
        await click(row(page, "Order paid").first().locator(".glance a", { hasText: "requestId=pay-valid" }));
        await shown(page, "Order paid", "Order paid, again");
        assert.equal(await page.locator("#text").inputValue(), "requestId=pay-valid");
        assert.equal(await page.locator(".details").count(), 0, "a click on a field unfolds nothing");
        await click(page.locator(".glance a", { hasText: "Grace" }));
        await shown(page, "Order paid, again");
        assert.equal(await page.locator("#text").inputValue(), 'requestId=pay-valid user="Grace \\"G\\" Hopper"');

        await page.goBack();
        await shown(page, "Order paid", "Order paid, again");
        await page.goBack();
        await click(row(page, "Not pay-valid").locator(".time"));
        await click(page.locator(".fields a", { hasText: "Ada Lovelace" }));
        await shown(page, "Order paid", "Not pay-valid");
        assert.equal(await page.locator("#text").inputValue(), 'user="Ada Lovelace"');
        await click(page.locator("#rows .glance a", { hasText: "requestId" }));
        await shown(page, "Order paid");
        await click(row(page, "Order paid").locator(".time"));
        await click(page.locator(".fields a", { hasText: "web-1" }));
        await shown(page, "Order paid");
        assert.equal(await page.locator("#text").inputValue(), 'user="Ada Lovelace" requestId=pay-valid host=web-1');
    });

    inPage("by a field that is typed", async page => {
        await service.ship([
            line("one", { meta: { requestId: "pay-valid", status: 402, paid: false, customer: { name: "Ada L" }, markers: ["A", "B"] } }),
            line("two", { level: "warning", meta: { requestId: "pay-valid-2", "a=b c": "d e", empty: "" } }),
            line("text of requestId=pay-valid", { app: "till" }),
        ]);
        await row(page, "text of").waitFor();
        const finds = async (text, ...expected) => {
            await page.locator("#text").fill(text);
            await shown(page, ...expected);
        };
        await finds("requestId=pay-valid", "one", "text of requestId=pay-valid");
        await finds("REQUESTID=PAY-VALID ONE", "one");
        await finds("requestId=pay", "text of requestId=pay-valid");
        await finds('requestId="pay-v', "one", "two");
        await finds("requestId=", "one", "two", "text of requestId=pay-valid");
        await finds("status=402", "one");
        await finds("status=40");
        await finds("paid=false", "one");
        await finds('customer.name="ada l"', "one");
        await finds("markers=b", "one");
        await finds('"a=b c"="d e"', "two");
        await finds('empty=""', "two");
        await finds("level=WARN", "two");
        await finds("level=warning", "two");
        await finds("app=till", "text of requestId=pay-valid");
        await finds("tags=none");
    });

    inPage("leaves a line that was found in view when the filter goes", async page => {
        await service.ship(many(500));
        await row(page, "Line 499").waitFor();
        await page.locator("#text").fill("line 123");
        await shown(page, "Line 123");
        await click(row(page, "Line 123").locator(".time"));
        await press(page, "/");
        await press(page, "Escape");
        await row(page, "Line 124").waitFor();
        assert.ok(await row(page, "Line 123").locator(".cells").isVisible());
        assert.equal(await row(page, "Line 123").getAttribute("aria-selected"), "true");
    });
});

describe("the order", () => {
    const late = [3, 1, 2].map(n => line(`Tick ${n}`, { timestamp: Date.UTC(2026, 6, 1) + n }));

    inPage("is that of arrival, or of the timestamps", async page => {
        await service.ship(late);
        await shown(page, "Tick 3", "Tick 1", "Tick 2");
        await click(page.locator("#order label", { hasText: "By time" }));
        await shown(page, "Tick 1", "Tick 2", "Tick 3");
        assert.equal(await page.locator("#time").getAttribute("aria-sort"), "ascending");
        assert.match(page.url(), /#order=time$/);
        await service.ship([line("Before all", { timestamp: 1 }), line("After all"), line("Tick 2, too", { timestamp: late[2].timestamp })]);
        await shown(page, "Before all", "Tick 1", "Tick 2", "Tick 2, too", "Tick 3", "After all");
        await press(page, "t");
        await shown(page, "Tick 3", "Tick 1", "Tick 2", "Before all", "After all", "Tick 2, too");
        await page.locator("#text").fill("tick too");
        await page.locator("#text").press("Enter");
        await press(page, "t");
        await page.reload();
        await shown(page, "Tick 2, too");
        assert.ok(await page.locator("#order input[value=time]").isChecked());
    });

    inPage("by timestamp keeps what is read in its place, whatever comes in above it", async page => {
        await press(page, "t");
        const at = n => line(`Line ${n}`, { timestamp: Date.UTC(2026, 6, 1) + n });
        await service.ship(Array.from({ length: 400 }, (_, i) => at(i * 10)));
        await row(page, "Line 3990").waitFor();
        await page.locator("#log").evaluate(log => { log.scrollTop = log.scrollHeight / 2; });
        await page.locator("#latest").waitFor();
        await settled(page);
        const top = text => row(page, text).evaluate(e => e.getBoundingClientRect().top);
        const middle = await page.evaluate(() => document.elementFromPoint(300, 400).closest(".row").querySelector(".text").textContent);
        const before = await top(middle);
        await service.ship(Array.from({ length: 100 }, (_, i) => at(i * 10 + 5)));
        await page.locator("#latest", { hasText: "100 new lines" }).waitFor();
        await settled(page);
        assert.ok(Math.abs(await top(middle) - before) < 1, `${middle} moved from ${before} to ${await top(middle)}`);
    });
});

describe("passing on", () => {
    inPage("the lines shown are downloaded as NDJSON", async page => {
        await service.ship([
            line("kept out"),
            line("Ö 1\n", { level: "WARN", timestamp: 1_700_000_000_000, meta: { n: 1, nested: { a: ["b"] } } }),
            line("Ö 2", { level: "WARN", meta: '{"n":2}' }),
        ], { tags: "a,b" });
        await page.locator("#text").fill("ö");
        await shown(page, "Ö 1", "Ö 2");
        const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download").click()]);
        assert.match(download.suggestedFilename(), /^live-tail-[\dT-]+\.ndjson$/);
        const file = readFileSync(await download.path(), "utf8");
        assert.ok(file.endsWith("\n"));
        const [first, second, ...others] = file.trimEnd().split("\n").map(JSON.parse);
        assert.deepEqual(first, { timestamp: 1_700_000_000_000, line: "Ö 1\n", level: "WARN", app: "shop", host: "web-1", tags: ["a", "b"],
            meta: { n: 1, nested: { a: ["b"] } } });
        assert.equal(second.meta, '{"n":2}');
        assert.deepEqual(others, []);
        await page.locator("#notice", { hasText: "2 lines downloaded" }).waitFor();
        await page.locator("#text").fill("no such thing");
        await page.locator("#unmatched").waitFor();
        assert.ok(await page.locator("#download").isDisabled());
    });

    inPage("a link to a line shows it unfolded among its neighbours, with its filter and order", async page => {
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await service.ship(Array.from({ length: 600 }, (_, i) => line(`Linked ${i}`, { app: "linked", meta: { tens: Math.floor(i / 10) } })));
        await row(page, "Linked 599").waitFor();
        await press(page, "t");
        await page.locator("#text").fill("app=linked tens=12");
        await shown(page, ...Array.from({ length: 10 }, (_, i) => `Linked ${120 + i}`));
        await click(row(page, "Linked 123").locator(".time"));
        await press(page, "l");
        await page.locator("#notice", { hasText: "Link to this line copied" }).waitFor();
        const link = await page.evaluate(() => navigator.clipboard.readText());
        assert.equal(link, page.url());

        const other = await page.context().newPage();
        await other.goto(link);
        await other.locator("[aria-selected=true] .text", { hasText: "Linked 123" }).waitFor(PATIENCE);
        assert.equal(await other.locator("[aria-selected=true]").getAttribute("aria-expanded"), "true");
        assert.equal(await other.locator("#text").inputValue(), "app=linked tens=12");
        assert.ok(await other.locator("#order input[value=time]").isChecked());
        await other.locator("#text").fill("app=linked");
        await row(other, "Linked 124").waitFor(PATIENCE);
        assert.ok(await row(other, "Linked 123").locator(".time").isVisible());

        // Pasted into a page that is open, without the filter.
        await other.goto(service.tailUrl + link.slice(link.lastIndexOf("#")).replace(/text=[^&]*&/, "text=nothing&"));
        await other.locator("[aria-selected=true] .text", { hasText: "Linked 123" }).waitFor(PATIENCE);
        await row(other, "Linked 122").waitFor(PATIENCE);
        await other.close();
    });

    inPage("the address is the link, with the selected line as long as one reads it", async page => {
        await service.ship(many(3));
        await shown(page, "Line 0", "Line 1", "Line 2");
        await click(row(page, "Line 1").locator(".time"));
        await page.waitForURL(/#line=[0-9a-f]{8}\.\d+$/);
        assert.equal(await page.locator(".details a.link").getAttribute("href"), new URL(page.url()).hash);
        await click(page.locator(".details a.link"));
        await press(page, "Escape");
        await page.waitForURL(url => url.hash === "");
        await press(page, "j");
        await page.waitForURL(/#line=/);
        await page.locator("#log").focus();
        await press(page, "End");
        await page.waitForURL(url => url.hash === "");
    });

    inPage("a link to a line that is gone is reported, and the newest lines show", async page => {
        await service.ship([line("still here")]);
        for (const key of ["00000000.1", "no key", (await page.evaluate(() => performance.now())).toString()]) {
            await page.goto("about:blank");
            await page.goto(`${service.tailUrl}#line=${encodeURIComponent(key)}`);
            await page.locator("#notice", { hasText: "no longer held" }).waitFor();
            await row(page, "still here").last().waitFor();
            await page.waitForURL(url => url.hash === "");
            await press(page, "Escape");
            await page.locator("#notice").waitFor({ state: "hidden" });
        }
    });

    inPage("a link says where it is if the clipboard is closed to the page", async page => {
        await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
        await click(page.locator("#link"));
        await page.locator("#notice", { hasText: "copy the address of this page" }).waitFor();
    });
});

describe("following", () => {
    inPage("keeps to the end, until one scrolls up, and returns", async page => {
        await service.ship(many(200));
        await row(page, "Line 199").waitFor();
        assert.ok(await atEnd(page));
        await page.locator("#log").hover();
        await page.mouse.wheel(0, -1_000);
        await page.locator("#latest").waitFor();
        await page.waitForFunction(() => {
            const log = document.getElementById("log");
            return log.scrollHeight - log.clientHeight - log.scrollTop > 900; // the browser scrolls in steps
        });
        await settled(page);
        const before = await page.locator("#log").evaluate(log => log.scrollTop);

        await service.ship(many(7, 200));
        await page.locator("#latest", { hasText: "7 new lines" }).waitFor();
        assert.equal(await page.locator("#log").evaluate(log => log.scrollTop), before);

        await click(page.locator("#latest"));
        await row(page, "Line 206").waitFor();
        assert.ok(await atEnd(page));
        await page.locator("#latest").waitFor({ state: "hidden" });
        await service.ship(many(50, 207));
        await row(page, "Line 256").waitFor();
        assert.ok(await atEnd(page));
    });

    inPage("pause holds what arrives and counts it", async page => {
        await service.ship([line("before")]);
        await shown(page, "before");
        await click(page.locator("#pause"));
        await service.ship([line("one"), line("two")]);
        await page.locator("#pause", { hasText: "Resume +2" }).waitFor();
        await shown(page, "before");
        assert.equal(await page.locator("#pause").getAttribute("aria-pressed"), "true");
        await click(page.locator("#pause"));
        await shown(page, "before", "one", "two");
    });

    inPage("clear empties the page, and what comes then shows", async page => {
        await service.ship(many(3));
        await shown(page, "Line 0", "Line 1", "Line 2");
        await click(page.locator("#clear"));
        await shown(page);
        await page.locator("#cleared").waitFor();
        await service.ship([line("after")]);
        await shown(page, "after");
    });
});

describe("with the keyboard alone", () => {
    const selected = page => page.locator("[aria-selected=true] .text").textContent();

    inPage("lines are walked, unfolded, filtered, paused and cleared", async page => {
        await service.ship(many(100));
        await row(page, "Line 99").waitFor();
        await press(page, "g");
        assert.equal(await selected(page), "Line 0");
        await press(page, "j");
        await press(page, "ArrowDown");
        assert.equal(await selected(page), "Line 2");
        await press(page, "k");
        assert.equal(await selected(page), "Line 1");
        assert.equal(await page.locator("#log").getAttribute("aria-activedescendant"), await page.locator("[aria-selected=true]").getAttribute("id"));

        await press(page, "Enter");
        assert.equal(await page.locator(".details").count(), 1);
        await press(page, " ");
        assert.equal(await page.locator(".details").count(), 0);
        await press(page, "ArrowRight");
        assert.equal(await page.locator(".details").count(), 1);
        await press(page, "ArrowLeft");
        assert.equal(await page.locator(".details").count(), 0);

        await press(page, "ArrowRight");
        await press(page, "Tab");
        assert.ok(await page.evaluate(() => document.activeElement.matches(".details a.link")));
        for (let i = 0; i < 4; i++) {
            await press(page, "Tab");
        }
        assert.equal(await page.evaluate(() => document.activeElement.textContent), "1");
        await press(page, "Enter");
        await shown(page, "Line 1");
        await press(page, "/");
        await press(page, "Escape");
        await press(page, "Escape");
        await row(page, "Line 2").first().waitFor();
        await press(page, "ArrowLeft");

        await press(page, "G");
        assert.equal(await selected(page), "Line 99");
        assert.ok(await atEnd(page));

        await press(page, "/");
        await page.keyboard.type("line 42");
        await press(page, "Enter");
        await shown(page, "Line 42");
        await press(page, "j");
        assert.equal(await selected(page), "Line 42");
        await press(page, "/");
        await press(page, "Escape");
        assert.equal(await page.locator("#text").inputValue(), "");
        assert.ok(await page.locator("#text").evaluate(e => e === document.activeElement));
        await press(page, "Escape");
        assert.ok(await page.locator("#log").evaluate(e => e === document.activeElement));

        await press(page, "p");
        assert.equal(await page.locator("#pause").textContent(), "Resume");
        await press(page, "p");
        await press(page, "5");
        await page.locator("#unmatched").waitFor();
        await press(page, "1");
        await press(page, "c");
        await page.locator("#cleared").waitFor();
    });

    inPage("keys are told, and belong to the field while one types", async page => {
        await press(page, "?");
        await page.locator("#keys").waitFor();
        await press(page, "Escape");
        await page.locator("#keys").waitFor({ state: "hidden" });
        await press(page, "/");
        await page.keyboard.type("pcjk?");
        assert.equal(await page.locator("#text").inputValue(), "pcjk?");
        assert.equal(await page.locator("#pause").textContent(), "Pause");
    });

    inPage("Tab reaches every control, and each shows where it is and has a name", async page => {
        await service.ship(many(3));
        await shown(page, "Line 0", "Line 1", "Line 2");
        const reached = [];
        for (let i = 0; i < 11; i++) {
            await press(page, "Tab");
            reached.push(await page.evaluate(() => {
                const e = document.activeElement;
                const ringed = e.type === "radio" ? e.nextElementSibling : e;
                return [e.id || e.name, getComputedStyle(ringed).outlineStyle];
            }));
        }
        for (const id of ["text", "level", "pause", "clear", "help", "log", "order", "link", "download"]) {
            assert.deepEqual(reached.find(([reachedId]) => reachedId === id), [id, "solid"]);
        }
        const unnamed = await page.locator("button:visible, input:visible").evaluateAll(all => all
            .filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.[0]?.textContent.trim())).length);
        assert.equal(unnamed, 0);
    });
});

describe("looks", () => {
    for (const colorScheme of ["light", "dark"]) {
        inPage(`text has enough contrast in the ${colorScheme} scheme`, async page => {
            await service.ship([..."TRACE DEBUG INFO WARN ERROR FATAL".split(" ")].map(level => line(`${level}\nmore`, { level, meta: { n: 1, s: "x", o: {} } })));
            await row(page, "FATAL").waitFor();
            const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            assert.equal(background, colorScheme === "dark" ? "rgb(18, 21, 26)" : "rgb(255, 255, 255)");
            assert.deepEqual(await page.evaluate(tooFaint), [], "folded");
            for (const time of await page.locator("#rows .time").all()) {
                await click(time);
                assert.deepEqual(await page.evaluate(tooFaint), [], "unfolded and selected");
            }
        }, { colorScheme });
    }

    inPage("a phone's width shows all, and nothing scrolls sideways", async page => {
        await service.ship([
            line(`Order placed ${"verylongword".repeat(40)}`, { app: "a".repeat(100), meta: { ["key".repeat(30)]: "value".repeat(100), nested: { a: "x".repeat(300) } } }),
            line(TRACE, { level: "ERROR" }),
        ], { host: "h".repeat(200) });
        for (const text of ["Order placed", "Payment failed"]) {
            await click(row(page, text).locator(".time"));
        }
        await page.locator(".details").nth(1).waitFor();
        await settled(page);
        const wide = await page.evaluate(() => [document.documentElement, document.getElementById("log"), ...document.querySelectorAll("header, footer, .details, pre")]
            .filter(e => e.scrollWidth > e.clientWidth).map(e => e.id || e.className || e.tagName));
        assert.deepEqual(wide, []);
        const outside = await page.evaluate(() => [...document.querySelectorAll("button, input, #counts dd, .time, .level")]
            .filter(e => e.offsetParent !== null && (e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().left < 0)).length);
        assert.equal(outside, 0);
        const [time, text] = [await row(page, "Payment failed").locator(".time").boundingBox(), await row(page, "Payment failed").locator(".text").boundingBox()];
        assert.ok(text.y > time.y + time.height / 2, "the text is below its circumstances");
    }, { viewport: { width: 360, height: 640 } });

    inPage("nothing moves for those who don't want it to", async page => {
        await page.evaluate(() => document.getElementById("connection").dataset.state = "lost");
        assert.equal(await page.evaluate(() => getComputedStyle(document.getElementById("connection"), "::before").animationName), "none");
    }, { reducedMotion: "reduce" });
});

describe("a long time", () => {
    inPage("a restart of the service is survived: old lines stay, a divider, new ones show", async page => {
        await service.ship([line("before")]);
        await shown(page, "before");
        await service.kill();
        await page.locator("#connection[data-state=lost]").waitFor();
        await service.start();
        await page.locator("#connection[data-state=connected]").waitFor();
        await page.locator(".divider", { hasText: "Endpoint restarted" }).waitFor();
        await service.ship([line("after")]);
        await row(page, "after").waitFor();
        const all = await page.locator("#rows .row").allTextContents();
        const at = part => all.findIndex(text => text.includes(part));
        assert.ok(0 <= at("before") && at("before") < at("Endpoint restarted") && at("Endpoint restarted") < at("after"), all.join("\n"));
    });

    inPage("lines of 30 KB each are held up to 32 MB", async page => {
        for (let from = 0; from < 1_400; from += 100) {
            await service.ship(many(100, from).map(l => ({ ...l, meta: { long: "x".repeat(30_000) } })));
        }
        await row(page, "Line 1399").waitFor(PATIENCE);
        const held = Number((await page.locator("#shown").textContent()).match(/^([\d,]+) lines held$/)[1].replace(",", ""));
        assert.ok(held > 500 && held < 1_200, `${held} lines held`);
    });

    inPage("50,000 lines scroll and filter, with few of them as elements", async page => {
        const elements = () => page.locator("#rows .row").count();
        for (let from = 0; from < 50_000; from += 2_500) {
            await service.ship(many(2_500, from).map(l => from === 25_000 && l.line === "Line 26000" ? line("Needle") : l));
        }
        await row(page, "Line 49999").waitFor();
        assert.ok(await atEnd(page));
        assert.ok(await elements() < 500, `${await elements()} rows`);

        await page.locator("#log").evaluate(log => { log.scrollTop = log.scrollHeight / 2; });
        await page.waitForFunction(() => [...document.querySelectorAll("#rows .text")].some(e => /^Line 2[45]\d{3}$/.test(e.textContent)));
        assert.ok(await elements() < 500, `${await elements()} rows`);

        await page.locator("#text").fill("needle");
        await shown(page, "Needle");
        await page.locator("#text").fill("n:7");
        await page.waitForFunction(() => document.getElementById("shown").textContent.startsWith("1,111 of "));
        assert.ok(await elements() < 500, `${await elements()} rows`);
        await page.locator("#text").fill("");
        await row(page, "Line 49999").waitFor();

        // More than the page holds, while the user reads further up: the rows in view stay where they are.
        await page.locator("#log").evaluate(log => { log.scrollTop = log.scrollHeight / 2; });
        await page.locator("#latest").waitFor();
        await settled(page);
        const topmost = () => page.evaluate(() => {
            const top = document.getElementById("rows").parentElement.getBoundingClientRect().top + 40;
            return [...document.querySelectorAll("#rows .row")].find(e => e.getBoundingClientRect().bottom > top).querySelector(".text").textContent;
        });
        const before = await topmost();
        await service.ship(many(2_500, 50_000));
        await page.waitForFunction(() => document.getElementById("latest").textContent === "2,500 new lines");
        await settled(page);
        assert.equal(await topmost(), before);
        assert.equal(await page.locator("#shown").textContent(), "50,000 lines held");
    });
});

/** Runs in the page: texts with a contrast of less than 4.5 : 1 to their background. */
function tooFaint() {
    const parse = colour => {
        const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
        return colour.startsWith("color(") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
    };
    const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let e = element; e !== null; e = e.parentElement) {
            const colour = parse(getComputedStyle(e).backgroundColor);
            if (colour[3] > 0) {
                return colour;
            }
        }
        return [255, 255, 255];
    };
    const faint = new Set();
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent.trim() !== "");
        if (own && element.offsetParent !== null) {
            const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) {
                faint.add(`${element.className || element.id || element.tagName} ${element.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
            }
        }
    }
    return [...faint];
}
