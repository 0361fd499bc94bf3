// What the page knows of lines, and which of them it shows. No document in here.

/** What the page keeps; the endpoint holds as many (LiveTail.java). */
export const MAX_LINES = 50_000;

export const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

/** What other programs call these levels. */
const SYNONYMS = new Map(Object.entries({
    TRACE: "FINER FINEST VERBOSE",
    DEBUG: "FINE CONFIG DBG",
    INFO: "INFORMATION INFORMATIONAL NOTICE",
    WARN: "WARNING",
    ERROR: "ERR SEVERE CRIT CRITICAL FATAL ALERT EMERG EMERGENCY PANIC",
}).flatMap(([level, names]) => names.split(" ").map(name => [name, level])));

/** Where each entry stands in the order of arrival: entries are found again by it, however many went before them. */
let lastNumber = 0;

/** A line as it arrived: the fields of BatchTail.java. */
export class Line {
    #haystack;

    constructor({ timestamp, line, level, app, env, host, tags, meta }) {
        this.number = ++lastNumber;
        this.date = new Date(timestamp);
        this.timestamp = timestamp;
        // Some begin with empty rows, to stand out in a file: then the first row that says something is shown.
        this.text = line.replace(/^(?:[ \t]*[\r\n])+/, "");
        this.level = level;
        this.app = app;
        this.env = env;
        this.host = host;
        this.tags = tags;
        this.meta = fields(meta);
        // A line of no level, or of one that nobody knows, is taken for information.
        const name = (level ?? "").trim().toUpperCase();
        this.rank = LEVELS.indexOf(SYNONYMS.get(name) ?? name);
        if (this.rank < 0) {
            this.rank = LEVELS.indexOf("INFO");
        }
    }

    /** The first row of the text, and all that follows it. */
    get head() {
        const end = this.text.search(/\r\n|\r|\n/);
        return end < 0 ? this.text : this.text.slice(0, end);
    }

    get rest() {
        return this.text.slice(this.head.length).replace(/^(\r\n|\r|\n)/, "");
    }

    get moreRows() {
        return this.text.split(/\r\n|\r|\n/).length - 1;
    }

    /** Where the filter looks; made when it first does. Without quotes, too, so that status:502 finds "status":502. */
    get haystack() {
        if (this.#haystack === undefined) {
            const meta = this.meta === null ? "" : JSON.stringify(this.meta);
            this.#haystack = [this.text, this.level, this.app, this.env, this.host, this.tags?.join(" "), meta,
                meta.replaceAll('"', "")].join("\n").toLowerCase();
        }
        return this.#haystack;
    }
}

/** A request that the endpoint refused: reads as a line, and counts as none. */
export class Refusal extends Line {
    constructor({ timestamp, status, reason, request, sender }) {
        super({ timestamp, line: `${status} ${reason}`, level: "WARN", app: null, env: null, host: sender, tags: [],
            meta: { status, ...(request === null ? {} : { request }), sender } });
        this.level = "REFUSED";
    }
}

/** Deeper JSON within a string is shown as the string: nobody reads it, and it could exhaust the stack. */
const MAX_DEPTH = 32;

/** Meta that was sent as a string of JSON, which LogDNA shows and doesn't index, reads the same here. */
function fields(meta) {
    if (typeof meta !== "string") {
        return meta ?? null;
    }
    let depth = 0;
    for (const character of meta) {
        if (character === "{" || character === "[") {
            depth++;
            if (depth > MAX_DEPTH) {
                return meta;
            }
        } else if (character === "}" || character === "]") {
            depth--;
        }
    }
    try {
        return JSON.parse(meta);
    } catch {
        return meta;
    }
}

/** Something to say between two lines. */
export class Divider {
    constructor(text) {
        this.number = ++lastNumber;
        this.text = text;
    }
}

/** The lowest level, and words that must all be found. */
export class Filter {
    constructor(text = "", level = LEVELS[0]) {
        this.text = text;
        this.level = LEVELS.includes(level) ? level : LEVELS[0];
        this.rank = LEVELS.indexOf(this.level);
        this.words = text.toLowerCase().split(/\s+/).filter(word => word !== "");
    }

    get passesAll() {
        return this.rank === 0 && this.words.length === 0;
    }

    passes(entry) {
        return entry instanceof Divider
            || (entry.rank >= this.rank && this.words.every(word => entry.haystack.includes(word)));
    }

    /** As the part of an address behind its "#", and back. */
    toHash() {
        const hash = new URLSearchParams();
        if (this.rank > 0) {
            hash.set("level", this.level);
        }
        if (this.text.trim() !== "") {
            hash.set("text", this.text);
        }
        return hash.toString();
    }

    static ofHash(hash) {
        const values = new URLSearchParams(hash.replace(/^#/, ""));
        return new Filter(values.get("text") ?? "", values.get("level") ?? undefined);
    }
}

/** The last entries, in the order of their arrival, and those of them that pass the filter. */
export class Lines {
    filter = new Filter();
    held = [];
    shown = [];
    heldLines = 0;
    shownLines = 0;

    /** Adds entries and lets go of the oldest; tells how many lines came to be shown, and which entries went. */
    add(entries) {
        // Not push(...entries): that puts each of thousands on the stack.
        this.held = this.held.concat(entries);
        const passed = entries.filter(entry => this.filter.passes(entry));
        this.shown = this.shown.concat(passed);
        const cut = Math.max(0, this.held.length - MAX_LINES);
        let gone = [];
        if (cut > 0) {
            this.held = this.held.slice(cut);
            gone = this.shown.slice(0, this.#firstAtOrAfter(this.held[0].number));
            this.shown = this.shown.slice(gone.length);
        }
        this.#count();
        return { added: countLines(passed), gone };
    }

    filterBy(filter) {
        this.filter = filter;
        this.shown = filter.passesAll ? this.held : this.held.filter(entry => filter.passes(entry));
        this.#count();
    }

    clear() {
        this.held = [];
        this.shown = [];
        this.#count();
    }

    /** The place of an entry among those shown; -1 where it is not. */
    indexOf(entry) {
        const index = this.#firstAtOrAfter(entry.number);
        return this.shown[index] === entry ? index : -1;
    }

    #firstAtOrAfter(number) {
        let low = 0;
        let high = this.shown.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (this.shown[middle].number < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    #count() {
        this.heldLines = countLines(this.held);
        this.shownLines = countLines(this.shown);
    }
}

export function countLines(entries) {
    return entries.reduce((count, entry) => entry instanceof Line && !(entry instanceof Refusal) ? count + 1 : count, 0);
}
