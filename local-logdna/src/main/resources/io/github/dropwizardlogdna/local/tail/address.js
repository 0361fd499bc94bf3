// The part of the address after the "#": it leads to a filter, an order and a line.

import { BY_ARRIVAL, BY_TIME, Filter, LEVELS } from "./lines.js";

export function toHash({ filter = new Filter(), order = BY_ARRIVAL, lineKey = null }) {
    const hash = new URLSearchParams();
    if (filter.level !== LEVELS[0]) {
        hash.set("level", filter.level);
    }
    if (filter.text.trim() !== "") {
        hash.set("text", filter.text);
    }
    if (order !== BY_ARRIVAL) {
        hash.set("order", order);
    }
    if (lineKey !== null) {
        hash.set("line", lineKey);
    }
    return hash.size === 0 ? "" : `#${hash}`;
}

export function ofHash(hash) {
    const values = new URLSearchParams(hash.replace(/^#/, ""));
    return {
        filter: new Filter(values.get("text") ?? "", values.get("level") ?? undefined),
        order: values.get("order") === BY_TIME ? BY_TIME : BY_ARRIVAL,
        lineKey: values.get("line"),
    };
}
