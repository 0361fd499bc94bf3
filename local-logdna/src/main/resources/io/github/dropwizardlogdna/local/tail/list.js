// A long list in which only the rows in view have elements.

/** Rows drawn beyond each edge of the view, so that scrolling shows no gap. */
const MARGIN = 12;

/** Rows kept in view above one that is longer than the view. */
const CONTEXT = 5;

/**
 * Shows the entries of `lines.shown` in the scrolling element `view`, as children of `content`. All folded rows have the
 * same height, which is measured once for each width; unfolded rows are measured when they are drawn. So the position of a
 * row follows from its index and the few unfolded rows before it.
 */
export class List {
    #view;
    #content;
    #lines;
    #draw;
    #rows = new Map();
    #heights = new Map();
    #unfolded = [];
    #rowHeight = 0;
    #changed;

    /** Whether the view stays at the end as entries arrive. */
    following = true;
    selected = null;

    /**
     * @param draw creates the element of an entry, unfolded or not
     * @param changed called when the user has scrolled
     */
    constructor(view, content, lines, draw, changed) {
        this.#view = view;
        this.#content = content;
        this.#lines = lines;
        this.#draw = draw;
        this.#changed = changed;
        view.addEventListener("scroll", () => this.#scrolled(), { passive: true });
        new ResizeObserver(() => this.#resized()).observe(view);
        this.#measureRow();
    }

    isUnfolded(entry) {
        return this.#heights.has(entry);
    }

    /** Unfolds or folds a row. The view stops following, so that the row stays where it is. */
    fold(entry, unfold) {
        if (this.isUnfolded(entry) === unfold) {
            return;
        }
        if (unfold) {
            this.#heights.set(entry, this.#rowHeight);
            this.following = false;
        } else {
            this.#heights.delete(entry);
        }
        this.#forget(entry);
        this.render();
    }

    select(entry) {
        const before = this.selected;
        this.selected = entry;
        for (const changed of [before, entry]) {
            this.#mark(changed);
        }
    }

    /**
     * Adds entries to the lines. The rows in view stay where they are, wherever entries are added or removed.
     *
     * @returns how many lines were added to those shown
     */
    add(entries) {
        const inView = this.following ? [] : this.#inView();
        const { added, gone, inserted } = this.#lines.add(entries);
        for (const entry of gone) {
            this.#heights.delete(entry);
            if (entry === this.selected) {
                this.selected = null;
            }
        }
        if (!this.following && (inserted || gone.length > 0)) {
            this.render();
            const anchor = inView.find(({ entry }) => this.#lines.indexOf(entry) >= 0);
            this.#view.scrollTop = anchor === undefined ? 0 : this.#top(this.#lines.indexOf(anchor.entry)) - anchor.offset;
        }
        return added;
    }

    /** The entries in view, with their distance from its top. */
    #inView() {
        this.#locate();
        const top = this.#view.scrollTop;
        const from = this.#indexAt(top);
        return this.#lines.shown.slice(from, this.#indexAt(top + this.#viewHeight()) + 1)
            .map((entry, i) => ({ entry, offset: this.#top(from + i) - top }));
    }

    forgetAll() {
        this.#heights.clear();
        this.selected = null;
        this.following = true;
    }

    toEnd() {
        this.following = true;
        this.render();
    }

    /** Whether the end is in view. */
    get atEnd() {
        return this.#view.scrollHeight - this.#view.clientHeight - this.#view.scrollTop < this.#rowHeight / 2;
    }

    /** Scrolls as little as possible to show the row. Of a long row it shows the beginning, with some rows above it. */
    reveal(entry) {
        const index = this.#lines.indexOf(entry);
        if (index < 0) {
            return;
        }
        // The content's height limits the scroll position, and may have changed.
        this.render();
        const top = this.#top(index);
        const bottom = top + (this.#heights.get(entry) ?? this.#rowHeight);
        const height = this.#viewHeight();
        const context = Math.min(CONTEXT * this.#rowHeight, height / 4);
        if (top < this.#view.scrollTop) {
            this.#view.scrollTop = top;
        } else if (bottom > this.#view.scrollTop + height) {
            this.#view.scrollTop = Math.max(this.#view.scrollTop, Math.min(bottom - height, top - context));
        }
        this.render();
    }

    /** The index of the first or last row that is completely in view. */
    edge(last) {
        const y = last ? this.#view.scrollTop + this.#viewHeight() - this.#rowHeight : this.#view.scrollTop + this.#rowHeight - 1;
        return Math.min(this.#lines.shown.length - 1, this.#indexAt(Math.max(0, y)));
    }

    /** Updates the elements to the lines, the filter and the scroll position. */
    render() {
        // Repeated if unfolded rows are higher than assumed.
        for (let pass = 0; pass < 3 && this.#renderOnce(); pass++);
        if (this.selected !== null && this.#rows.has(this.selected)) {
            this.#view.setAttribute("aria-activedescendant", this.#rows.get(this.selected).id);
        } else {
            this.#view.removeAttribute("aria-activedescendant");
        }
    }

    #renderOnce() {
        this.#locate();
        const entries = this.#lines.shown;
        this.#content.style.height = `${this.#top(entries.length)}px`;
        if (this.following) {
            this.#view.scrollTop = this.#view.scrollHeight;
        }
        const top = this.#view.scrollTop;
        const from = Math.max(0, this.#indexAt(top) - MARGIN);
        const to = Math.min(entries.length, this.#indexAt(top + this.#viewHeight()) + 1 + MARGIN);

        const wanted = new Set(entries.slice(from, to));
        for (const [entry, row] of this.#rows) {
            if (!wanted.has(entry)) {
                row.remove();
                this.#rows.delete(entry);
            }
        }
        let place = this.#content.firstChild;
        for (let index = from; index < to; index++) {
            const entry = entries[index];
            let row = this.#rows.get(entry);
            if (row === undefined) {
                row = this.#draw(entry, this.isUnfolded(entry));
                this.#rows.set(entry, row);
                this.#mark(entry);
            }
            // In the order of the list, for screen readers and for selecting text across rows.
            if (row === place) {
                place = row.nextSibling;
            } else {
                this.#content.insertBefore(row, place);
            }
            row.style.transform = `translateY(${this.#top(index)}px)`;
            // The heading is row 1.
            row.setAttribute("aria-rowindex", index + 2);
        }
        this.#view.setAttribute("aria-rowcount", entries.length + 1);
        return this.#measureUnfolded();
    }

    /** Measures the unfolded rows; returns whether a height has changed. */
    #measureUnfolded() {
        let changed = false;
        for (const { entry } of this.#unfolded) {
            const height = this.#rows.get(entry)?.getBoundingClientRect().height;
            if (height !== undefined && Math.abs(height - this.#heights.get(entry)) > 0.5) {
                this.#heights.set(entry, height);
                changed = true;
            }
        }
        return changed;
    }

    #mark(entry) {
        this.#rows.get(entry)?.setAttribute("aria-selected", entry === this.selected);
    }

    #forget(entry) {
        this.#rows.get(entry)?.remove();
        this.#rows.delete(entry);
    }

    /** Finds the unfolded rows among those that pass the filter. */
    #locate() {
        this.#unfolded = [...this.#heights]
            .map(([entry, height]) => ({ entry, index: this.#lines.indexOf(entry), extra: height - this.#rowHeight }))
            .filter(({ index }) => index >= 0)
            .sort((a, b) => a.index - b.index);
    }

    #top(index) {
        let top = index * this.#rowHeight;
        for (const unfolded of this.#unfolded) {
            if (unfolded.index >= index) {
                break;
            }
            top += unfolded.extra;
        }
        return top;
    }

    #indexAt(y) {
        for (const unfolded of this.#unfolded) {
            const top = unfolded.index * this.#rowHeight;
            if (y < top + this.#rowHeight) {
                break;
            }
            if (y < top + this.#rowHeight + unfolded.extra) {
                return unfolded.index;
            }
            y -= unfolded.extra;
        }
        return Math.floor(y / this.#rowHeight);
    }

    /** The height of the view below its heading, which stays at the top. */
    #viewHeight() {
        return this.#view.clientHeight - this.#content.offsetTop;
    }

    #scrolled() {
        this.following = this.atEnd;
        this.#changed();
    }

    #resized() {
        this.#measureRow();
        this.#changed();
    }

    #measureRow() {
        const probe = document.createElement("div");
        probe.className = "row";
        this.#content.append(probe);
        this.#rowHeight = probe.getBoundingClientRect().height;
        probe.remove();
    }
}
