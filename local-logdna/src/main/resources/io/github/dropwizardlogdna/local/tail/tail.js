// The page: what arrives, what the user does, and what is to be seen of both.

import { Divider, Filter, LEVELS, Line, Lines, MAX_LINES, Refusal, countLines } from "./lines.js";
import { List } from "./list.js";
import { drawRow } from "./row.js";

/** How long to wait before asking again where the browser itself has given up. */
const RECONNECT_MS = 2_000;

const COUNT = new Intl.NumberFormat("en");
const byId = id => document.getElementById(id);

const lines = new Lines();
const list = new List(byId("log"), byId("rows"), lines, drawRow, renderSoon);

let epoch = null;
let lastEventId = "";
let received = { lines: 0, batches: 0, wireBytes: 0, jsonBytes: 0 };
/** Entries that came while paused; null while not. */
let waiting = null;
let waitingSkipped = 0;
/** Lines that came since the view left the end. */
let unseen = 0;
let wasCleared = false;
let renderIsDue = false;

// What arrives.

function connect() {
    const source = new EventSource(`tail/events?after=${encodeURIComponent(lastEventId)}`);
    source.addEventListener("open", () => showConnection("connected", "Connected"));
    source.addEventListener("lines", event => {
        lastEventId = event.lastEventId;
        receive(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
        showConnection("lost", "Reconnecting");
        // The browser tries again by itself, except after an answer that is no stream.
        if (source.readyState === EventSource.CLOSED) {
            setTimeout(connect, RECONNECT_MS);
        }
    });
}

function receive(event) {
    const entries = [];
    if (epoch !== null && epoch !== event.epoch) {
        entries.push(new Divider("Endpoint restarted"));
    }
    epoch = event.epoch;
    if (event.skipped > 0) {
        entries.push(skipped(event.skipped));
    }
    received = event.received;
    for (const line of event.lines) {
        entries.push(line.refused === undefined ? new Line(line) : new Refusal(line.refused));
    }
    if (waiting === null) {
        show(entries);
    } else {
        waiting = waiting.concat(entries);
        const cut = waiting.slice(0, Math.max(0, waiting.length - MAX_LINES));
        waitingSkipped += countLines(cut);
        waiting = waiting.slice(cut.length);
    }
    renderSoon();
}

function skipped(count) {
    return new Divider(`${COUNT.format(count)} ${count === 1 ? "line" : "lines"} skipped`);
}

function show(entries) {
    const { added, gone } = lines.add(entries);
    if (!list.following) {
        unseen += added;
    }
    list.shift(gone);
}

// What the user does.

function filterBy(filter) {
    lines.filterBy(filter);
    unseen = 0;
    byId("text").value = filter.text;
    document.querySelector(`#levels input[value="${filter.level}"]`).checked = true;
    history.replaceState(null, "", `${location.pathname}${filter.passesAll ? "" : `#${filter.toHash()}`}`);
    // A line that was found is seen among its neighbours when the filter goes.
    if (list.selected !== null && lines.indexOf(list.selected) >= 0) {
        list.following = false;
        list.reveal(list.selected);
    } else {
        list.select(null);
        list.toEnd();
    }
    announce(filter.passesAll ? "All lines" : `${counted(lines.shownLines)} of ${COUNT.format(lines.heldLines)}`);
    renderSoon();
}

function pauseOrResume() {
    if (waiting === null) {
        waiting = [];
        waitingSkipped = 0;
    } else {
        const entries = waitingSkipped > 0 ? [skipped(waitingSkipped), ...waiting] : waiting;
        waiting = null;
        show(entries);
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
    announce("Cleared");
    renderSoon();
}

/** Selects the line that is so many lines away; where none is selected, one at the edge of the view. */
function move(by) {
    const selected = list.selected === null ? -1 : lines.indexOf(list.selected);
    let index = selected < 0 ? list.edge(by < 0) : selected + by;
    // Over what is no line.
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
        renderSoon();
    }
}

function fold(unfold) {
    if (list.selected !== null) {
        list.fold(list.selected, unfold);
        list.reveal(list.selected);
        renderSoon();
    }
}

function page(direction) {
    byId("log").scrollBy(0, direction * 0.85 * byId("log").clientHeight);
}

function follow() {
    unseen = 0;
    list.toEnd();
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
    "p": pauseOrResume,
    "c": clear,
    "Escape": () => {
        list.select(null);
        renderSoon();
    },
    ...Object.fromEntries(LEVELS.map((level, i) => [String(i + 1), () => filterBy(new Filter(lines.filter.text, level))])),
};

/** Keys that a button, or a choice among some, has a use for itself. */
const KEYS_OF_CONTROLS = new Set(["Enter", " ", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"]);

function keyPressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || byId("keys").open) {
        return;
    }
    if (event.target === byId("text")) {
        keyPressedInFilter(event);
    } else if (Object.hasOwn(KEYS, event.key)
            && !(KEYS_OF_CONTROLS.has(event.key) && event.target.closest("button, input"))) {
        event.preventDefault();
        KEYS[event.key]();
        // From here on keys are about lines, and a ring shows where they go.
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
    // Not within what has unfolded, nor after a text was marked: both are for reading and copying.
    if (row === null || event.target.closest(".details") || !getSelection().isCollapsed) {
        return;
    }
    const entry = lines.shown[Number(row.getAttribute("aria-rowindex")) - 2];
    if (entry instanceof Line) {
        list.select(entry);
        fold(!list.isUnfolded(entry));
    }
}

// What is to be seen.

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

    const more = waiting === null ? 0 : countLines(waiting) + waitingSkipped;
    byId("pause").textContent = waiting === null ? "Pause" : more > 0 ? `Resume +${COUNT.format(more)}` : "Resume";
    byId("pause").setAttribute("aria-pressed", waiting !== null);
    byId("pause").title = waiting === null ? "Pause (p)" : "Resume (p)";

    byId("shown").textContent = filter.passesAll
        ? `${counted(heldLines)} held`
        : `${COUNT.format(shownLines)} of ${counted(heldLines)}`;
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

/** For those who hear the page: what changed by what they did. What arrives is not read out. */
function announce(text) {
    byId("announcement").textContent = text;
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
byId("pause").addEventListener("click", pauseOrResume);
byId("clear").addEventListener("click", clear);
byId("help").addEventListener("click", KEYS["?"]);
byId("latest").addEventListener("click", follow);
byId("all").addEventListener("click", () => filterBy(new Filter()));
byId("rows").addEventListener("click", rowClicked);
document.addEventListener("keydown", keyPressed);
window.addEventListener("hashchange", () => filterBy(Filter.ofHash(location.hash)));

byId("origin").textContent = location.origin;
filterBy(Filter.ofHash(location.hash));
connect();
