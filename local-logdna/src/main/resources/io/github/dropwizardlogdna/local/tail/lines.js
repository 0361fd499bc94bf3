// The lines that the page holds, and which of them it shows, in which order. Nothing here touches the document.

/** The page holds as many lines as the endpoint (LiveTail.java), and about as many bytes. */
const MAX_LINES = 50_000;
const MAX_SIZE = 32 * 1024 * 1024;

export const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** Other names of these levels: of other logging libraries, of syslog (RFC 5424, also as a digit), and pino's numbers. */
const SYNONYMS = new Map(Object.entries({
    TRACE: "FINER FINEST VERBOSE SILLY 10",
    DEBUG: "FINE CONFIG DBG 7 20",
    INFO: "INFORMATION INFORMATIONAL NOTICE 5 6 30",
    WARN: "WARNING WRN 4 40",
    ERROR: "ERR SEVERE 3 50",
    FATAL: "CRIT CRITICAL ALERT EMERG EMERGENCY PANIC 0 1 2 60",
}).flatMap(([level, names]) => names.split(" ").map(name => [name, level])));

export const BY_ARRIVAL = "arrival";
export const BY_TIME = "time";

const COMPARATORS = {
    [BY_ARRIVAL]: (a, b) => a.number - b.number,
    [BY_TIME]: (a, b) => a.timestamp - b.timestamp || a.number - b.number,
};

/** Entries are numbered in the order of arrival, which makes them easy to find after others were removed. */
let lastNumber = 0;

/** A received line, with the fields of BatchTail.java. */
export class Line {
    #haystack;

    /**
     * @param sent the line as the endpoint sent it
     * @param key identifies the line in every page of the same endpoint
     */
    constructor(sent, key) {
        this.number = ++lastNumber;
        this.key = key;
        this.sent = sent;
        this.date = new Date(sent.timestamp);
        this.timestamp = sent.timestamp;
        // Some texts begin with empty rows, to stand out in a file, and some end in a line break.
        this.text = sent.line.replace(/^(?:[ \t]*[\r\n])+/, "").replace(/[\r\n]\s*$/, "");
        this.level = sent.level;
        this.app = sent.app;
        this.env = sent.env;
        this.host = sent.host;
        this.tags = sent.tags;
        this.meta = parseMeta(sent.meta);
        this.size = sent.line.length + (this.meta === null ? 0 : JSON.stringify(this.meta).length);
        // A line without a level, or with an unknown one, counts as information.
        const name = (sent.level ?? "").trim().toUpperCase();
        this.rank = LEVELS.indexOf(SYNONYMS.get(name) ?? name);
        if (this.rank < 0) {
            this.rank = LEVELS.indexOf("INFO");
        }
    }

    /** The first row of the text. */
    get head() {
        const end = this.text.search(/\r\n|\r|\n/);
        return end < 0 ? this.text : this.text.slice(0, end);
    }

    /** The other rows of the text. */
    get rest() {
        return this.text.slice(this.head.length).replace(/^(\r\n|\r|\n)/, "");
    }

    get moreRows() {
        return this.text.split(/\r\n|\r|\n/).length - 1;
    }

    /** The text that a word of the filter is searched in. Holds the meta without quotes, too: status:502 finds "status":502. */
    get haystack() {
        if (this.#haystack === undefined) {
            const meta = this.meta === null ? "" : JSON.stringify(this.meta);
            this.#haystack = [this.text, this.level, this.app, this.env, this.host, this.tags?.join(" "), meta,
                meta.replaceAll('"', "")].join("\n").toLowerCase();
        }
        return this.#haystack;
    }

    /** All values of a field, in lower case: those of the line itself and those of its meta, where a.b is b in a. */
    values(name) {
        const values = [];
        const collect = value => {
            if (Array.isArray(value)) {
                value.forEach(collect);
            } else if (value !== null && value !== undefined) {
                values.push((typeof value === "object" ? JSON.stringify(value) : String(value)).toLowerCase());
            }
        };
        switch (name) {
            case "level":
                collect([this.level, LEVELS[this.rank]]);
                break;
            case "app":
                collect(this.app);
                break;
            case "env":
                collect(this.env);
                break;
            case "host":
            case "hostname":
                collect(this.host);
                break;
            case "tag":
            case "tags":
                collect(this.tags);
                break;
        }
        collectFields(this.meta, name, collect);
        return values;
    }

    /** The line as LogDNA's API takes it, together with its host and tags. */
    toJSON() {
        return Object.fromEntries(Object.entries(this.sent).filter(([, value]) => value !== null));
    }
}

/** A request that the endpoint refused: shown as a line, but not counted as one. */
export class Refusal extends Line {
    constructor(sent, key) {
        const { timestamp, status, reason, request, sender } = sent.refused;
        super({ timestamp, line: `${status} ${reason}`, level: "WARN", app: null, env: null, host: sender, tags: [],
            meta: { status, ...(request === null ? {} : { request }), sender } }, key);
        this.sent = sent;
        this.level = "REFUSED";
    }
}

function collectFields(object, name, collect) {
    if (typeof object !== "object" || object === null) {
        return;
    }
    for (const [key, value] of Object.entries(object)) {
        const lower = key.toLowerCase();
        if (lower === name) {
            collect(value);
        } else if (name.startsWith(`${lower}.`)) {
            collectFields(value, name.slice(lower.length + 1), collect);
        }
    }
}

/** JSON in a string that is nested more deeply stays a string: parsing it could exhaust the stack. */
const MAX_DEPTH = 32;

/** Parses meta that was sent as a string of JSON, which LogDNA shows but does not index. */
function parseMeta(meta) {
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

/** A remark between two lines. */
export class Divider {
    /** @param timestamp of the line that follows */
    constructor(text, timestamp) {
        this.number = ++lastNumber;
        this.timestamp = timestamp;
        this.text = text;
        this.size = text.length;
    }
}

/** How many of these entries, the oldest, exceed what the page holds. */
export function countExcess(entries) {
    let size = 0;
    const most = Math.min(entries.length, MAX_LINES);
    for (let kept = 0; kept < most; kept++) {
        size += entries[entries.length - 1 - kept].size;
        if (size > MAX_SIZE && kept > 0) {
            return entries.length - kept;
        }
    }
    return entries.length - most;
}

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"?`;

/** A word is name=value, where both may be in quotes, or whatever has no space in it. */
const WORDS = new RegExp(String.raw`(?<name>${QUOTED}|[^\s="]+)=(?<value>${QUOTED}|\S*)|\S+`, "g");

/** A part of a filter: a text that must be found, or a field that must have a value. */
class Word {
    constructor(source, name, value) {
        this.source = source;
        this.text = source.toLowerCase();
        this.name = name === undefined ? null : unquote(name).toLowerCase();
        this.value = value === undefined ? null : unquote(value).toLowerCase();
        // The closing quote is missing while the value is being typed.
        this.isPrefix = value === "" || (value?.startsWith('"') && !isClosed(value));
    }

    isFoundIn(line) {
        const values = this.name === null ? [] : line.values(this.name);
        // A line without this field may still have "name=value" in its text.
        return values.length === 0
            ? line.haystack.includes(this.text)
            : values.some(value => this.isPrefix ? value.startsWith(this.value) : value === this.value);
    }
}

function quote(text) {
    return /^[^\s="\\]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function isClosed(quoted) {
    return /^"(?:[^"\\]|\\.)*"$/.test(quoted);
}

function unquote(text) {
    return text.startsWith('"') ? text.slice(1, isClosed(text) ? -1 : undefined).replace(/\\(.)/g, "$1") : text;
}

/** The word of a filter that finds the lines with this value in this field. */
export function fieldWord(name, value) {
    return `${quote(name)}=${quote(String(value))}`;
}

/** A lowest level, and words that must all be found. */
export class Filter {
    constructor(text = "", level = LEVELS[0]) {
        this.text = text;
        this.level = LEVELS.includes(level) ? level : LEVELS[0];
        this.rank = LEVELS.indexOf(this.level);
        this.words = [...text.matchAll(WORDS)].map(match => new Word(match[0], match.groups.name, match.groups.value));
    }

    get passesAll() {
        return this.rank === 0 && this.words.length === 0;
    }

    passes(entry) {
        return entry instanceof Divider || (entry.rank >= this.rank && this.words.every(word => word.isFoundIn(entry)));
    }

    /** This filter, narrowed to one value of a field. */
    withField(name, value) {
        const others = this.words.filter(word => word.name !== name.toLowerCase()).map(word => word.source);
        return new Filter([...others, fieldWord(name, value)].join(" "), this.level);
    }
}

/** The newest entries, and those of them that pass the filter, in the order of arrival or of their timestamps. */
export class Lines {
    filter = new Filter();
    order = BY_ARRIVAL;
    /** In the order of arrival. */
    held = [];
    shown = [];
    heldLines = 0;
    shownLines = 0;

    /**
     * Adds entries and removes the oldest.
     *
     * @returns how many lines were added to those shown, which entries were removed from them, and whether entries were
     *     added anywhere but at the end
     */
    add(entries) {
        // Not push(...entries), which puts each of thousands on the stack.
        this.held = this.held.concat(entries);
        const passed = entries.filter(entry => this.filter.passes(entry));
        const inserted = this.#merge(passed);
        const cut = countExcess(this.held);
        let gone = [];
        if (cut > 0) {
            this.held = this.held.slice(cut);
            gone = this.#removeBefore(this.held[0].number);
        }
        this.#count();
        return { added: countLines(passed), gone, inserted };
    }

    #merge(entries) {
        const compare = COMPARATORS[this.order];
        const sorted = entries.toSorted(compare);
        if (this.shown.length === 0 || sorted.length === 0 || compare(this.shown.at(-1), sorted[0]) < 0) {
            this.shown = this.shown.concat(sorted);
            return false;
        }
        // Only the end changes, however many entries precede it. The sort takes what is in order already in one pass.
        const place = this.#placeOf(sorted[0]);
        this.shown = this.shown.slice(0, place).concat(this.shown.slice(place).concat(sorted).sort(compare));
        return true;
    }

    #removeBefore(number) {
        const gone = this.shown.filter(entry => entry.number < number);
        if (gone.length > 0) {
            this.shown = this.shown.filter(entry => entry.number >= number);
        }
        return gone;
    }

    filterBy(filter, order = this.order) {
        this.filter = filter;
        this.order = order;
        const passed = filter.passesAll ? this.held : this.held.filter(entry => filter.passes(entry));
        this.shown = order === BY_ARRIVAL ? passed : passed.toSorted(COMPARATORS[order]);
        this.#count();
    }

    clear() {
        this.held = [];
        this.shown = [];
        this.#count();
    }

    /** The index of an entry among those shown, or -1. */
    indexOf(entry) {
        const index = this.#placeOf(entry);
        return this.shown[index] === entry ? index : -1;
    }

    #placeOf(entry) {
        const compare = COMPARATORS[this.order];
        let low = 0;
        let high = this.shown.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (compare(this.shown[middle], entry) < 0) {
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

/** Whether an entry is a line that the endpoint took. */
export function isLine(entry) {
    return entry instanceof Line && !(entry instanceof Refusal);
}

export function countLines(entries) {
    return entries.reduce((count, entry) => isLine(entry) ? count + 1 : count, 0);
}
