// The elements of a row. Texts become text nodes only: nothing that was logged is ever read as HTML.

import { Divider, LEVELS } from "./lines.js";

/** Fields that say where a line comes from, and would crowd out what it is about. */
const NOT_AT_A_GLANCE = new Set(["logger", "thread", "exception", "caller", "markers", "region", "linePart", "lineParts", "elapsedMs"]);

/** How much of `meta` a folded row shows. */
const GLANCE_FIELDS = 6;
const GLANCE_LENGTH = 40;

const CLOCK = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23",
});

const COUNT = new Intl.NumberFormat("en");

export function drawRow(entry, unfolded) {
    return entry instanceof Divider ? drawDivider(entry) : drawLine(entry, unfolded);
}

function drawDivider(divider) {
    return element("div", { class: "row divider", role: "row", id: `row-${divider.number}` },
        element("span", { role: "gridcell" }, divider.text));
}

function drawLine(line, unfolded) {
    const row = element("div", {
        class: `row ${LEVELS[line.rank].toLowerCase()}`,
        role: "row",
        id: `row-${line.number}`,
        "aria-expanded": unfolded,
        "aria-level": 1,
    });
    const more = line.moreRows;
    row.append(element("div", { class: "cells" },
        element("span", { class: "fold", "aria-hidden": true }),
        element("span", { class: "time", role: "gridcell", title: isoTime(line) }, clockTime(line)),
        element("span", { class: "level", role: "gridcell" }, line.level ?? "–"),
        element("span", { class: "app", role: "gridcell", title: line.app ?? "" }, line.app ?? "–"),
        element("span", { class: "host", role: "gridcell", title: line.host ?? "" }, line.host ?? "–"),
        element("span", { class: "line", role: "gridcell" },
            element("span", { class: "text" }, line.head),
            more > 0 ? element("span", { class: "chip" }, `+${COUNT.format(more)} ${more === 1 ? "line" : "lines"}`) : "",
            unfolded ? "" : element("span", { class: "glance" }, ...glance(line)))));
    if (unfolded) {
        row.append(drawDetails(line));
    }
    return row;
}

function drawDetails(line) {
    const details = element("div", { class: "details", role: "gridcell" });
    if (line.moreRows > 0) {
        details.append(element("pre", { class: "rest" }, line.rest));
    }
    const table = element("dl", { class: "fields" });
    const add = (name, value) => table.append(element("div", {}, element("dt", {}, name), drawValue(value)));
    add("timestamp", isoTime(line));
    if (line.env) {
        add("env", line.env);
    }
    if (line.tags?.length > 0) {
        add("tags", line.tags.join(", "));
    }
    if (isObject(line.meta)) {
        Object.entries(line.meta).forEach(([name, value]) => add(name, value));
    } else if (line.meta !== null) {
        add("meta", line.meta);
    }
    details.append(table);
    return details;
}

function drawValue(value) {
    return typeof value === "object" && value !== null
        ? element("dd", {}, element("pre", {}, JSON.stringify(value, null, 2)))
        : element("dd", { class: typeof value }, String(value));
}

/** The first fields of `meta` that are short, and that the text doesn't tell already. */
function glance({ text, meta }) {
    if (!isObject(meta)) {
        return [];
    }
    return Object.entries(meta)
        .filter(([name, value]) => !NOT_AT_A_GLANCE.has(name) && typeof value !== "object" && value !== ""
            && String(value).length <= GLANCE_LENGTH && !text.includes(String(value)))
        .slice(0, GLANCE_FIELDS)
        .flatMap(([name, value]) => [element("i", {}, name), element("b", {}, String(value))]);
}

function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A timestamp can be any number; not every one is a date. */
function clockTime(line) {
    return isNaN(line.date) ? String(line.timestamp) : CLOCK.format(line.date);
}

function isoTime(line) {
    return isNaN(line.date) ? String(line.timestamp) : line.date.toISOString();
}

function element(name, attributes, ...children) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
    // Strings become text nodes.
    made.append(...children);
    return made;
}
