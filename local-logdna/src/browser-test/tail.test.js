import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open } from "./browser.js";
import { Service, line } from "./service.js";

const INFO = "Order placed";
const TRACE = "Payment failed\njava.lang.IllegalStateException: no\n\tat com.example.A.b(A.java:1)\n\tat com.example.C.d(C.java:2)";

/** What waits for something waits as long as it takes, on a busy machine, too. */
const PATIENCE = { timeout: 60_000 };

let service;
let browser;

before(async () => {
    service = await Service.start();
    browser = await launch();
});

after(async () => {
    await browser?.close();
    await service?.stop();
});

/** Runs in a page that shows nothing yet, and looks afterwards whether anything was wrong with it. */
function inPage(name, run, options = {}) {
    test(name, { timeout: 300_000 }, async () => {
        const page = await open(browser, service.tailUrl, options);
        page.setDefaultTimeout(PATIENCE.timeout);
        try {
            await replayed(page);
            await page.keyboard.press("c");
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

/** Until what the endpoint holds has come: then a test sees only what it ships itself. */
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
const atEnd = page => page.locator("#log").evaluate(log => log.scrollHeight - log.clientHeight - log.scrollTop < 2);
const many = (count, from = 0) => Array.from({ length: count }, (_, i) => line(`Line ${from + i}`, { meta: { n: from + i } }));

describe("what arrives", () => {
    inPage("lines that the service logs show with time, level, app, host and text", async page => {
        await service.placeOrder();
        const placed = row(page, "Order placed");
        await placed.waitFor();
        assert.match(await placed.locator(".time").textContent(), /^\d\d:\d\d:\d\d\.\d{3}$/);
        assert.match(await placed.locator(".time").getAttribute("title"), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.equal(await placed.locator(".level").textContent(), "INFO");
        assert.equal(await placed.locator(".app").textContent(), "order-service");
        assert.notEqual(await placed.locator(".host").textContent(), "");
        assert.match(await placed.locator(".glance").textContent(), /total9\.8/);
    });

    inPage("the time is the local one", async page => {
        await service.ship([line("then", { timestamp: Date.UTC(2026, 6, 1, 22, 4, 5, 6) })]);
        await row(page, "then").waitFor();
        assert.equal(await row(page, "then").locator(".time").textContent(), "00:04:05.006");
        assert.equal(await row(page, "then").locator(".time").getAttribute("title"), "2026-07-01T22:04:05.006Z");
    });

    inPage("each level has its colour", async page => {
        await service.ship(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].map(level => line(level, { level })));
        await row(page, "ERROR").waitFor();
        const colours = await page.locator("#rows .level").evaluateAll(levels => levels.map(e => getComputedStyle(e).color));
        assert.equal(new Set(colours).size, 5);
    });

    inPage("levels of other programs rank among the five, and are not cut", async page => {
        await service.ship(["EMERGENCY", "critical", "Alert", "FATAL", "err", "WARNING", "notice"].map(level => line(level, { level })));
        await row(page, "notice").waitFor();
        assert.equal(await page.locator("#rows .level").evaluateAll(all => all.filter(e => e.scrollWidth > e.clientWidth).length), 0);
        await page.keyboard.press("5");
        await shown(page, "EMERGENCY", "critical", "Alert", "FATAL", "err");
        await page.keyboard.press("1");
    });

    inPage("lines without level, app or meta, and with a time that is no date, show, too", async page => {
        await service.ship([{ line: "bare" }, { line: "far", timestamp: 9e15, level: "whatever", meta: "no JSON" }]);
        await shown(page, "bare", "far");
        await row(page, "far").locator(".cells").click();
        assert.match(await row(page, "far").locator(".fields").textContent(), /9000000000000000.*metano JSON/);
    });

    inPage("HTML in a text, a name or meta is not interpreted", async page => {
        const html = `<img src=x onerror="window.hit=1"></script><script>window.hit=2</script><b>bold</b>`;
        await service.ship([line(`${html}\n${html}`, { app: html, level: html, meta: { [html]: html, nested: { [html]: [html] } } })],
            { host: encodeURIComponent(html), tags: encodeURIComponent(html) });
        await rows(page).first().locator(".cells").click();
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
        assert.ok(await number("#lines") >= lines + 15);
        assert.ok(await number("#batches") >= batches + 2);
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
        await refusal(page).locator(".cells").click();
        assert.match(await page.locator(".fields").textContent(), /status400requestPOST \/logs\/ingest/);
        // The appender's own lines may arrive meanwhile; this one is not among them.
        assert.ok(Number((await page.locator("#lines").textContent()).replaceAll(",", "")) >= Number(before.replaceAll(",", "")));
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
        await row(page, "a string of JSON").locator(".cells").click();
        await row(page, "an object").locator(".cells").click();
        assert.match(await row(page, "an object").locator(".fields").textContent(), /nested too deeply/);
        assert.match(await row(page, "a string of JSON").locator(".fields").textContent(), /\[{100}/);
    });

    inPage("a stack trace shows its first row and how many follow, and unfolds", async page => {
        await service.ship([line(INFO), line(TRACE, { level: "ERROR" }), line("\n\nafter empty rows")]);
        await shown(page, INFO, "Payment failed", "after empty rows");
        const failed = row(page, "Payment failed");
        assert.equal(await failed.locator(".chip").textContent(), "+3 lines");
        assert.equal(await failed.getAttribute("aria-expanded"), "false");

        await failed.locator(".cells").click();
        assert.equal(await failed.getAttribute("aria-expanded"), "true");
        assert.equal(await failed.locator("pre.rest").textContent(), TRACE.slice("Payment failed\n".length));

        await failed.locator(".cells").click();
        assert.equal(await page.locator(".details").count(), 0);
    });

    inPage("meta unfolds into a table, what is nested in it as JSON", async page => {
        await service.ship([line(INFO, { meta: { orderId: "o-1", total: 9.8, paid: false, items: { list: [1, "two"] } } })], { tags: "a,b" });
        await row(page, INFO).locator(".cells").click();
        const fields = Object.fromEntries(await page.locator(".fields > div").evaluateAll(
            divs => divs.map(div => [div.querySelector("dt").textContent, div.querySelector("dd").textContent])));
        assert.match(fields.timestamp, /Z$/);
        assert.equal(fields.tags, "a, b");
        assert.equal(fields.orderId, "o-1");
        assert.equal(fields.total, "9.8");
        assert.equal(fields.paid, "false");
        assert.equal(fields.items, JSON.stringify({ list: [1, "two"] }, null, 2));
    });

    inPage("meta that is a string of JSON reads the same", async page => {
        await service.ship([line(INFO, { meta: JSON.stringify({ orderId: "o-1" }) })]);
        await row(page, INFO).locator(".cells").click();
        assert.match(await page.locator(".fields").textContent(), /orderIdo-1/);
    });

    inPage("rows below an unfolded one stand below it", async page => {
        await service.ship(many(30));
        await row(page, "Line 29").waitFor();
        await page.keyboard.press("g");
        await page.keyboard.press("Enter");
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
        await page.locator("#all").click();
        await shown(page, "Order placed", "Order paid", "Payment declined", "Payment failed");
    });

    inPage("by the lowest level", async page => {
        await service.ship(some);
        await page.locator("#levels label", { hasText: "Warn" }).click();
        await shown(page, "Payment declined", "Payment failed");
        assert.match(await page.locator("#shown").textContent(), /^2 of \d+ lines$/);
        await service.ship([line("too low"), line("another warning", { level: "WARN" })]);
        await shown(page, "Payment declined", "Payment failed", "another warning");
    });

    inPage("stays in the address, which can be passed on", async page => {
        await page.locator("#text").fill("50% of ü & more");
        await page.keyboard.press("Escape");
        await page.locator("#text").fill("Order pa");
        await page.locator("#text").press("Enter");
        await page.keyboard.press("3");
        const address = page.url();
        assert.match(address, /#level=INFO&text=Order\+pa$/);
        const other = await page.context().newPage();
        await other.goto(address);
        assert.equal(await other.locator("#text").inputValue(), "Order pa");
        assert.ok(await other.locator("#levels input[value=INFO]").isChecked());
    });

    inPage("leaves a line that was found in view when the filter goes", async page => {
        await service.ship(many(500));
        await row(page, "Line 499").waitFor();
        await page.locator("#text").fill("line 123");
        await shown(page, "Line 123");
        await row(page, "Line 123").locator(".cells").click();
        await page.keyboard.press("/");
        await page.keyboard.press("Escape");
        await row(page, "Line 124").waitFor();
        assert.ok(await row(page, "Line 123").locator(".cells").isVisible());
        assert.equal(await row(page, "Line 123").getAttribute("aria-selected"), "true");
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
        const before = await page.locator("#log").evaluate(log => log.scrollTop);

        await service.ship(many(7, 200));
        await page.locator("#latest", { hasText: "7 new lines" }).waitFor();
        assert.equal(await page.locator("#log").evaluate(log => log.scrollTop), before);

        await page.locator("#latest").click();
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
        await page.locator("#pause").click();
        await service.ship([line("one"), line("two")]);
        await page.locator("#pause", { hasText: "Resume +2" }).waitFor();
        await shown(page, "before");
        assert.equal(await page.locator("#pause").getAttribute("aria-pressed"), "true");
        await page.locator("#pause").click();
        await shown(page, "before", "one", "two");
    });

    inPage("clear empties the page, and what comes then shows", async page => {
        await service.ship(many(3));
        await shown(page, "Line 0", "Line 1", "Line 2");
        await page.locator("#clear").click();
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
        await page.keyboard.press("g");
        assert.equal(await selected(page), "Line 0");
        await page.keyboard.press("j");
        await page.keyboard.press("ArrowDown");
        assert.equal(await selected(page), "Line 2");
        await page.keyboard.press("k");
        assert.equal(await selected(page), "Line 1");
        assert.equal(await page.locator("#log").getAttribute("aria-activedescendant"), await page.locator("[aria-selected=true]").getAttribute("id"));

        await page.keyboard.press("Enter");
        assert.equal(await page.locator(".details").count(), 1);
        await page.keyboard.press(" ");
        assert.equal(await page.locator(".details").count(), 0);
        await page.keyboard.press("ArrowRight");
        assert.equal(await page.locator(".details").count(), 1);
        await page.keyboard.press("ArrowLeft");
        assert.equal(await page.locator(".details").count(), 0);

        await page.keyboard.press("G");
        assert.equal(await selected(page), "Line 99");
        assert.ok(await atEnd(page));

        await page.keyboard.press("/");
        await page.keyboard.type("line 42");
        await page.keyboard.press("Enter");
        await shown(page, "Line 42");
        await page.keyboard.press("j");
        assert.equal(await selected(page), "Line 42");
        await page.keyboard.press("/");
        await page.keyboard.press("Escape");
        assert.equal(await page.locator("#text").inputValue(), "");
        assert.ok(await page.locator("#text").evaluate(e => e === document.activeElement));
        await page.keyboard.press("Escape");
        assert.ok(await page.locator("#log").evaluate(e => e === document.activeElement));

        await page.keyboard.press("p");
        assert.equal(await page.locator("#pause").textContent(), "Resume");
        await page.keyboard.press("p");
        await page.keyboard.press("5");
        await page.locator("#unmatched").waitFor();
        await page.keyboard.press("1");
        await page.keyboard.press("c");
        await page.locator("#cleared").waitFor();
    });

    inPage("keys are told, and belong to the field while one types", async page => {
        await page.keyboard.press("?");
        await page.locator("#keys").waitFor();
        await page.keyboard.press("Escape");
        await page.locator("#keys").waitFor({ state: "hidden" });
        await page.keyboard.press("/");
        await page.keyboard.type("pcjk?");
        assert.equal(await page.locator("#text").inputValue(), "pcjk?");
        assert.equal(await page.locator("#pause").textContent(), "Pause");
    });

    inPage("Tab reaches every control, and each shows where it is and has a name", async page => {
        await service.ship(many(3));
        await shown(page, "Line 0", "Line 1", "Line 2");
        const reached = [];
        for (let i = 0; i < 8; i++) {
            await page.keyboard.press("Tab");
            reached.push(await page.evaluate(() => {
                const e = document.activeElement;
                const ringed = e.type === "radio" ? e.nextElementSibling : e;
                return [e.id || e.name, getComputedStyle(ringed).outlineStyle];
            }));
        }
        for (const id of ["text", "level", "pause", "clear", "help", "log"]) {
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
            await service.ship([..."TRACE DEBUG INFO WARN ERROR".split(" ")].map(level => line(`${level}\nmore`, { level, meta: { n: 1, s: "x", o: {} } })));
            await row(page, "ERROR").waitFor();
            const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            assert.equal(background, colorScheme === "dark" ? "rgb(18, 21, 26)" : "rgb(255, 255, 255)");
            assert.deepEqual(await page.evaluate(tooFaint), [], "folded");
            for (const cells of await page.locator(".cells").all()) {
                await cells.click();
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
            await row(page, text).locator(".cells").click();
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
        assert.ok(at("before") < at("Endpoint restarted") && at("Service restarted") < at("after"), all.join("\n"));
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

        // One more than are kept, while one reads further up: what one reads stays where it is.
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

/** In the page: texts whose contrast to what is behind them is less than 4.5 : 1. */
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
