// Chromium, and pages that record what must not happen.

import { chromium } from "playwright-core";

/** Long enough for a busy machine. */
export const PATIENCE_MS = 60_000;

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

export function launch() {
    return chromium.launch({
        timeout: PATIENCE_MS,
        executablePath: EXECUTABLE,
        args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
}

/**
 * Opens a page that records its errors and its requests to other origins.
 *
 * @param options options of Playwright's contexts: viewport, colorScheme ...
 */
export async function open(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 700 }, timezoneId: "Europe/Vienna", ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.complaints = [];
    page.foreignRequests = [];
    page.on("console", message => {
        // The browser itself reports a lost connection on the console.
        if (["error", "warning"].includes(message.type()) && !/net::ERR_|ERR_INCOMPLETE/.test(message.text())) {
            page.complaints.push(message.text());
        }
    });
    page.on("pageerror", error => page.complaints.push(String(error)));
    page.on("request", request => {
        if (new URL(request.url()).origin !== new URL(url).origin) {
            page.foreignRequests.push(request.url());
        }
    });
    await page.addInitScript(() => {
        window.violations = [];
        document.addEventListener("securitypolicyviolation", event => window.violations.push(event.violatedDirective));
    });
    await page.goto(url);
    await page.locator("#connection[data-state=connected]").waitFor();
    return page;
}
