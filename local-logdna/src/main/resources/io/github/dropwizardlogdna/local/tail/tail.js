// The page: receives lines, handles the user's actions, and shows the result of both.

import { ofHash, toHash } from "./address.js";
import { BY_ARRIVAL, BY_TIME, Divider, Filter, LEVELS, Line, Lines, Refusal, countExcess, countLines, isLine } from "./lines.js";
import { List } from "./list.js";
import { drawRow } from "./row.js";

/** The delay before a new connection if the browser itself has given up. */
const RECONNECT_MS = 2_000;

/** Browsers refuse an address that changes a hundred times in a few seconds, as it would while a key is held down. */
const ADDRESS_MS = 300;

/** The browser has read a download long before. */
const DOWNLOAD_MS = 60_000;

/** INFORMATIONAL is the longest level in use. */
const MAX_LEVEL_CHARS = 13;

/** So much of the endpoint's id tells its restarts apart. */
const EPOCH_LENGTH = 8;

const COUNT = new Intl.NumberFormat("en");
const byId = id => document.getElementById(id);

const lines = new Lines();
const list = new List(byId("log"), byId("rows"), lines, drawRow, renderSoon);

let epoch = null;
let lastEventId = "";
let received = { lines: 0, batches: 0, wireBytes: 0, jsonBytes: 0 };
/** Entries that arrived while paused; null while not paused. */
let waiting = null;
let waitingSkipped = 0;
/** Lines that arrived after the view left the end. */
let unseen = 0;
/** The line that the address leads to and that has not arrived yet. */
let sought = null;
let wasCleared = false;
let renderIsDue = false;
let addressTimer = null;
let levelChars = 9;

// Receiving.

function connect() {
    const source = new EventSource(`tail/events?after=${encodeURIComponent(lastEventId)}`);
    source.addEventListener("open", () => showConnection("connected", "Connected"));
    source.addEventListener("lines", event => {
        lastEventId = event.lastEventId;
        receive(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
        showConnection("lost", "Reconnecting");
        // The browser tries again by itself, except after an answer that is not a stream.
        if (source.readyState === EventSource.CLOSED) {
            setTimeout(connect, RECONNECT_MS);
        }
    });
}

function receive(event) {
    const entries = [];
    const timestamp = timestampOf(event.lines[0]) ?? Date.now();
    if (epoch !== null && epoch !== event.epoch) {
        entries.push(new Divider("Endpoint restarted", timestamp));
    }
    epoch = event.epoch;
    if (event.skipped > 0) {
        entries.push(skipped(event.skipped, timestamp));
    }
    received = event.received;
    // The id of an event ends with the number of its last line; the lines of an event have consecutive numbers.
    const last = Number(lastEventId.split(".").at(-1));
    event.lines.forEach((sent, i) => {
        const key = `${epoch.slice(0, EPOCH_LENGTH)}.${last - event.lines.length + 1 + i}`;
        entries.push(sent.refused === undefined ? new Line(sent, key) : new Refusal(sent, key));
    });
    if (waiting === null) {
        show(entries);
    } else {
        waiting = waiting.concat(entries);
        const cut = waiting.slice(0, countExcess(waiting));
        waitingSkipped += countLines(cut);
        waiting = waiting.slice(cut.length);
    }
    giveUpSeeking();
    renderSoon();
}

function timestampOf(sent) {
    return sent?.refused === undefined ? sent?.timestamp : sent.refused.timestamp;
}

function skipped(count, timestamp) {
    return new Divider(`${COUNT.format(count)} ${count === 1 ? "entry" : "entries"} skipped`, timestamp);
}

function show(entries) {
    for (const entry of entries) {
        levelChars = Math.max(levelChars, entry.level?.length ?? 0);
    }
    const added = list.add(entries);
    if (!list.following) {
        unseen += added;
    }
    if (sought !== null) {
        goTo(entries.find(entry => entry.key === sought));
    }
}

// The address, which is a link to what is shown.

function showAddress() {
    const selected = list.following ? null : list.selected;
    history.replaceState(null, "", location.pathname + toHash({
        filter: lines.filter, order: lines.order, lineKey: sought ?? selected?.key ?? null }));
}

function showAddressSoon() {
    addressTimer ??= setTimeout(() => {
        addressTimer = null;
        showAddress();
    }, ADDRESS_MS);
}

function followAddress() {
    // What was to be shown in the address is older than the address.
    clearTimeout(addressTimer);
    addressTimer = null;
    const { filter, order, lineKey } = ofHash(location.hash);
    sought = lineKey;
    filterBy(filter, order);
    if (sought !== null) {
        goTo(lines.held.find(entry => entry.key === sought));
        giveUpSeeking();
    }
}

/** Selects the line that the address leads to, once it has arrived. */
function goTo(entry) {
    if (entry !== undefined) {
        sought = null;
        if (lines.indexOf(entry) < 0) {
            filterBy(new Filter());
        }
        list.following = false;
        list.select(entry);
        list.fold(entry, true);
        list.reveal(entry);
        showAddressSoon();
        renderSoon();
    }
}

/** Reports that the line that the address leads to can no longer arrive. */
function giveUpSeeking() {
    if (sought === null || epoch === null || waiting !== null) {
        return;
    }
    const [soughtEpoch, number] = sought.split(".");
    if (soughtEpoch !== epoch.slice(0, EPOCH_LENGTH) || !(Number(number) > Number(lastEventId.split(".").at(-1)))) {
        sought = null;
        notify("The line of this link is no longer held");
        showAddressSoon();
    }
}

async function copyLink() {
    showAddress();
    const toLine = !list.following && list.selected !== null;
    try {
        // Not there on a page that came over plain HTTP from another machine.
        await navigator.clipboard.writeText(location.href);
        notify(toLine ? "Link to this line copied" : "Link to this view copied");
    } catch {
        notify("To link here, copy the address of this page");
    }
}

// The user's actions.

function filterBy(filter, order = lines.order) {
    lines.filterBy(filter, order);
    unseen = 0;
    if (byId("text").value !== filter.text) {
        byId("text").value = filter.text;
    }
    check("levels", filter.level);
    check("order", order);
    // A selected line stays in view among its new neighbours.
    if (list.selected !== null && lines.indexOf(list.selected) >= 0) {
        list.following = false;
        list.reveal(list.selected);
    } else {
        list.select(null);
        list.toEnd();
    }
    showAddress();
    announce(filter.passesAll ? "All lines" : `${counted(lines.shownLines)} of ${COUNT.format(lines.heldLines)}`);
    renderSoon();
}

function check(group, value) {
    document.querySelector(`#${group} input[value="${value}"]`).checked = true;
}

function orderBy(order) {
    filterBy(lines.filter, order);
    announce(order === BY_TIME ? "Ordered by timestamp" : "Ordered by arrival");
}

/** Narrows the filter by a field that was clicked; the browser's Back button widens it again. */
function filterByField(name, value) {
    history.pushState(null, "", location.href);
    filterBy(lines.filter.withField(name, value));
}

/** Saves the lines that are shown, one JSON object each. */
function download() {
    const shown = lines.shown.filter(isLine);
    const url = URL.createObjectURL(new Blob(shown.map(line => `${JSON.stringify(line)}\n`), { type: "application/x-ndjson" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `live-tail-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.ndjson`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
    notify(`${COUNT.format(shown.length)} ${shown.length === 1 ? "line" : "lines"} downloaded`);
}

function pauseOrResume() {
    if (waiting === null) {
        waiting = [];
        waitingSkipped = 0;
    } else {
        const entries = waitingSkipped > 0 ? [skipped(waitingSkipped, waiting[0].timestamp), ...waiting] : waiting;
        waiting = null;
        show(entries);
        giveUpSeeking();
    }
    announce(waiting === null ? "Resumed" : "Paused");
    renderSoon();
}

function clear() {
    lines.clear();
    list.forgetAll();
    if (waiting !== null) {
        waiting = [];
        waitingSkipped = 0;
    }
    unseen = 0;
    wasCleared = true;
    showAddressSoon();
    announce("Cleared");
    renderSoon();
}

/** Moves the selection by a number of lines. Without one, selects the line at the edge of the view. */
function move(by) {
    const selected = list.selected === null ? -1 : lines.indexOf(list.selected);
    let index = selected < 0 ? list.edge(by < 0) : selected + by;
    // Dividers can't be selected.
    while (lines.shown[index] instanceof Divider) {
        index += by < 0 ? -1 : 1;
    }
    selectAt(index);
}

function selectAt(index) {
    const entry = lines.shown[index];
    if (entry instanceof Line) {
        list.following = false;
        list.select(entry);
        list.reveal(entry);
        showAddressSoon();
        renderSoon();
    }
}

function fold(unfold) {
    if (list.selected !== null) {
        list.fold(list.selected, unfold);
        list.reveal(list.selected);
        showAddressSoon();
        renderSoon();
    }
}

function page(direction) {
    byId("log").scrollBy(0, direction * 0.85 * byId("log").clientHeight);
}

function follow() {
    unseen = 0;
    list.toEnd();
    showAddressSoon();
    renderSoon();
}

const KEYS = {
    "/": () => byId("text").select(),
    "?": () => byId("keys").showModal(),
    "j": () => move(1),
    "ArrowDown": () => move(1),
    "k": () => move(-1),
    "ArrowUp": () => move(-1),
    "Enter": () => fold(!list.isUnfolded(list.selected)),
    " ": () => fold(!list.isUnfolded(list.selected)),
    "ArrowRight": () => fold(true),
    "ArrowLeft": () => fold(false),
    "g": () => selectAt(lines.shown.findIndex(entry => entry instanceof Line)),
    "Home": () => KEYS.g(),
    "G": () => {
        list.select(lines.shown.findLast(entry => entry instanceof Line) ?? null);
        follow();
    },
    "End": () => KEYS.G(),
    "PageDown": () => page(1),
    "PageUp": () => page(-1),
    "t": () => orderBy(lines.order === BY_TIME ? BY_ARRIVAL : BY_TIME),
    "l": copyLink,
    "d": download,
    "p": pauseOrResume,
    "c": clear,
    "Escape": () => {
        list.select(null);
        showAddressSoon();
        renderSoon();
    },
    ...Object.fromEntries(LEVELS.map((level, i) => [String(i + 1), () => filterBy(new Filter(lines.filter.text, level))])),
};

/** Keys with a meaning of their own in a button, a link or a group of choices. */
const KEYS_OF_CONTROLS = new Set(["Enter", " ", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"]);

function keyPressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || byId("keys").open) {
        return;
    }
    byId("notice").hidden = true;
    if (event.target === byId("text")) {
        keyPressedInFilter(event);
    } else if (Object.hasOwn(KEYS, event.key)
            && !(KEYS_OF_CONTROLS.has(event.key) && event.target.closest("button, input, a"))) {
        event.preventDefault();
        KEYS[event.key]();
        // These keys are about lines, as the next one probably is: a ring shows where it goes.
        if (["j", "k", "g", "G"].includes(event.key)) {
            byId("log").focus({ preventScroll: true });
        }
    }
}

function keyPressedInFilter(event) {
    if (event.key === "Escape" && event.target.value !== "") {
        event.preventDefault();
        filterBy(new Filter("", lines.filter.level));
    } else if (["Escape", "Enter", "ArrowDown"].includes(event.key)) {
        event.preventDefault();
        byId("log").focus({ preventScroll: true });
    }
}

function rowClicked(event) {
    const row = event.target.closest(".row");
    // Text that was just marked is there to be copied.
    if (row === null || !getSelection().isCollapsed) {
        return;
    }
    const entry = lines.shown[Number(row.getAttribute("aria-rowindex")) - 2];
    const link = event.target.closest("a");
    if (link !== null) {
        // With a modifier key it opens in a new tab.
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
            event.preventDefault();
            linkClicked(link, entry);
        }
    } else if (entry instanceof Line && !event.target.closest(".details")) {
        list.select(entry);
        fold(!list.isUnfolded(entry));
    }
}

function linkClicked(link, entry) {
    if (link.classList.contains("field")) {
        filterByField(link.dataset.name, link.dataset.value);
    } else {
        list.following = false;
        list.select(entry);
        copyLink();
    }
}

// Showing.

/** Once a frame, however much happens in it. */
function renderSoon() {
    if (!renderIsDue) {
        renderIsDue = true;
        requestAnimationFrame(() => {
            renderIsDue = false;
            render();
        });
    }
}

function render() {
    list.render();
    if (list.following) {
        unseen = 0;
    }
    const { heldLines, shownLines, filter } = lines;
    byId("none").hidden = lines.held.length > 0 || wasCleared;
    byId("cleared").hidden = lines.held.length > 0 || !wasCleared;
    byId("unmatched").hidden = lines.held.length === 0 || lines.shown.length > 0;
    byId("unmatched-count").textContent = counted(heldLines);
    byId("latest").hidden = list.following || lines.shown.length === 0 || (unseen === 0 && list.atEnd);
    byId("latest").textContent = unseen > 0 ? counted(unseen, "new ") : "Latest";
    byId("log").style.setProperty("--level-chars", Math.min(levelChars, MAX_LEVEL_CHARS));
    byId("time").setAttribute("aria-sort", lines.order === BY_TIME ? "ascending" : "none");

    const more = waiting === null ? 0 : countLines(waiting) + waitingSkipped;
    byId("pause").textContent = waiting === null ? "Pause" : more > 0 ? `Resume +${COUNT.format(more)}` : "Resume";
    byId("pause").setAttribute("aria-pressed", waiting !== null);
    byId("pause").title = waiting === null ? "Pause (p)" : "Resume (p)";

    byId("shown").textContent = filter.passesAll
        ? `${counted(heldLines)} held`
        : `${COUNT.format(shownLines)} of ${counted(heldLines)}`;
    byId("download").disabled = shownLines === 0;
    byId("lines").textContent = COUNT.format(received.lines);
    byId("batches").textContent = COUNT.format(received.batches);
    byId("bytes").textContent = size(received.wireBytes);
    byId("json").textContent = size(received.jsonBytes);
    byId("ratio").textContent = received.wireBytes === 0
        ? "–"
        : `${(received.jsonBytes / received.wireBytes).toFixed(1)} : 1`;
}

function showConnection(state, text) {
    byId("connection").dataset.state = state;
    byId("connection").textContent = text;
}

/** Reports the result of an action to a screen reader. Lines that arrive are not read out. */
function announce(text) {
    byId("announcement").textContent = text;
}

/** Reports something that can't be seen otherwise, until the next action. */
function notify(text) {
    byId("notice").textContent = text;
    byId("notice").hidden = false;
    announce(text);
}

function counted(count, kind = "") {
    return `${COUNT.format(count)} ${kind}${count === 1 ? "line" : "lines"}`;
}

function size(bytes) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    while (bytes >= 999.5 && unit < units.length - 1) {
        bytes /= 1000;
        unit++;
    }
    return `${unit === 0 || bytes >= 99.95 ? bytes.toFixed(0) : bytes.toFixed(1)} ${units[unit]}`;
}

byId("text").addEventListener("input", event => filterBy(new Filter(event.target.value, lines.filter.level)));
byId("levels").addEventListener("change", event => filterBy(new Filter(lines.filter.text, event.target.value)));
byId("order").addEventListener("change", event => orderBy(event.target.value));
byId("pause").addEventListener("click", pauseOrResume);
byId("clear").addEventListener("click", clear);
byId("help").addEventListener("click", KEYS["?"]);
byId("latest").addEventListener("click", follow);
byId("link").addEventListener("click", copyLink);
byId("download").addEventListener("click", download);
byId("all").addEventListener("click", () => filterBy(new Filter()));
byId("rows").addEventListener("click", rowClicked);
document.addEventListener("keydown", keyPressed);
document.addEventListener("pointerdown", () => byId("notice").hidden = true);
window.addEventListener("hashchange", followAddress);
// The Back button: earlier than the hash's event, before the timer that writes the address.
window.addEventListener("popstate", followAddress);

byId("origin").textContent = location.origin;
followAddress();
connect();
