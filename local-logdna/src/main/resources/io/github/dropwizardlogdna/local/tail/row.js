// The elements of a row. All texts become text nodes: nothing that was logged is interpreted as HTML.

import { toHash } from "./address.js";
import { Divider, Filter, LEVELS, fieldWord } from "./lines.js";

/** Fields about the origin of a line, which would leave no room for those about its subject. */
const NOT_AT_A_GLANCE = new Set(["logger", "thread", "exception", "caller", "markers", "linePart", "lineParts", "elapsedMs"]);

/** The number of fields of `meta` that a folded row shows. */
const GLANCE_FIELDS = 6;
const GLANCE_LENGTH = 40;

/** The longest value that a filter can be made of: the filter's field takes no more than 500 characters. */
const FILTER_LENGTH = 200;

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
        element("span", { class: "level", role: "gridcell", title: line.level ?? "" }, line.level ?? "–"),
        element("span", { class: "app", role: "gridcell", title: line.app ?? "" }, line.app ?? "–"),
        element("span", { class: "host", role: "gridcell", title: line.host ?? "" }, line.host ?? "–"),
        element("span", { class: "line", role: "gridcell" },
            element("span", { class: "text" }, line.head),
            more > 0 ? element("span", { class: "chip" }, `+${COUNT.format(more)} ${more === 1 ? "line" : "lines"}`) : "",
            unfolded ? "" : drawGlance(line))));
    if (unfolded) {
        row.append(drawDetails(line));
    }
    return row;
}

/** The fields come first: a stack trace can be longer than the view. */
function drawDetails(line) {
    const details = element("div", { class: "details", role: "gridcell" });
    const table = element("dl", { class: "fields" });
    const add = (name, ...values) => table.append(element("div", {}, element("dt", {}, ...breakable(name)), ...values));
    const addField = (name, value) => add(name, drawValue(name, value));
    add("timestamp", element("dd", {},
        element("a", { class: "link", href: toHash({ lineKey: line.key }), title: "A link to this line" }, isoTime(line))));
    for (const name of ["level", "app", "env", "host"]) {
        if (line[name]) {
            addField(name, line[name]);
        }
    }
    if (line.tags?.length > 0) {
        add("tags", element("dd", {}, ...line.tags.flatMap((tag, i) => i === 0
            ? [fieldLink("tags", tag, tag)]
            : [", ", fieldLink("tags", tag, tag)])));
    }
    if (isObject(line.meta)) {
        for (const [name, value] of Object.entries(line.meta)) {
            if (isFlat(value)) {
                Object.entries(value).forEach(([inner, innerValue]) => addField(`${name}.${inner}`, innerValue));
            } else {
                addField(name, value);
            }
        }
    } else if (line.meta !== null) {
        add("meta", element("dd", {}, isScalar(line.meta) ? String(line.meta) : json(line.meta)));
    }
    details.append(table);
    if (line.moreRows > 0) {
        details.append(element("pre", { class: "rest" }, line.rest));
    }
    return details;
}

/** A long name like exception.message breaks after a dot. */
function breakable(name) {
    return name.split(/(?<=\.)/).flatMap((part, i) => i === 0 ? [part] : [element("wbr", {}), part]);
}

function drawValue(name, value) {
    if (!isScalar(value)) {
        return element("dd", {}, json(value));
    }
    const text = String(value);
    return element("dd", { class: typeof value }, value !== null && text.length <= FILTER_LENGTH ? fieldLink(name, value, text) : text);
}

function json(value) {
    return element("pre", {}, JSON.stringify(value, null, 2));
}

function drawGlance(line) {
    const glance = element("span", { class: "glance" }, ...glanceFields(line));
    // Hundreds of stops would keep the Tab key from getting anywhere; the same links are stops in an unfolded row.
    glance.querySelectorAll("a").forEach(link => link.tabIndex = -1);
    return glance;
}

/** The first fields of `meta` that are short. */
function glanceFields({ meta }) {
    if (!isObject(meta)) {
        return [];
    }
    return Object.entries(meta)
        .filter(([name, value]) => !NOT_AT_A_GLANCE.has(name) && isScalar(value) && value !== null && value !== ""
            && String(value).length <= GLANCE_LENGTH)
        .slice(0, GLANCE_FIELDS)
        .map(([name, value]) => fieldLink(name, value, element("i", {}, name), "=", element("b", {}, String(value))));
}

/** A link to the lines with this value in this field. */
function fieldLink(name, value, ...children) {
    const word = fieldWord(name, value);
    const link = element("a", { class: "field", href: toHash({ filter: new Filter(word) }), title: `Show only ${word}` }, ...children);
    link.dataset.name = name;
    link.dataset.value = String(value);
    return link;
}

/** Whether a value is an object like `exception`, whose own fields take a row each. */
function isFlat(value) {
    return isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isScalar);
}

function isScalar(value) {
    return typeof value !== "object" || value === null;
}

function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A timestamp can be any number, even one that is not a date. */
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
