import { el, testid } from "../dom.js";
import { messageNumber } from "../room-connection.js";
import { MessageRow, waitingRow } from "./message-row.js";

/** How many rows the page keeps; the oldest go first. */
const MOST_ROWS = 500;

/** How near the end counts as reading along, in pixels. */
const NEAR_END = 80;

/** The messages of a room in their order, each once, with days between them and what is not sent yet at the end. */
export class Timeline {
    #context;
    /** @type {Map<number, MessageRow>} In the order of the room. */
    #rows = new Map();
    #list = el("ol", { ...testid("messages") });
    #outboxList = el("ol", { "aria-label": "Not sent yet", ...testid("outbox") });
    #empty = el("p", { class: "empty-room", hidden: true }, "Nothing has been said here yet. Write the first message.");
    #earlier = el("button", {
        type: "button", class: "quiet earlier", hidden: true, onclick: () => this.#loadEarlier(), ...testid("earlier"),
    }, "Show earlier messages");
    newestButton = el("button", {
        type: "button", class: "primary to-newest", hidden: true, onclick: () => this.#toEnd(), ...testid("to-newest"),
    }, "↓ Newest");

    /**
     * @param {object} context
     * @param {() => string} context.user
     * @param {(id: number, reaction: string) => void} context.react
     * @param {(id: number) => Promise<{ messages: object[], hasMore: boolean }>} context.earlier
     * @param {import("../outbox.js").Outbox} context.outbox
     */
    constructor(context) {
        this.#context = context;
        this.element = el("main", {
            class: "timeline", tabIndex: 0, "aria-label": "Messages", onscroll: () => this.#scrolled(),
        }, this.#earlier, this.#empty, this.#list, this.#outboxList);
    }

    /** Adds a page of history; a fresh one replaces what came before it, since something may be missing between. */
    addHistory(messages, isFresh, hasMore) {
        const first = messages.length > 0 ? messageNumber(messages[0].id) : Infinity;
        if (isFresh) for (const number of [...this.#rows.keys()]) if (number < first) this.#remove(number);
        const isFirst = this.#rows.size === 0;
        this.#staying(() => {
            messages.forEach((message) => this.#insert(message));
            // Who came while the first page was on its way came after what was said before.
            if (isFirst) this.#list.append(...this.#list.querySelectorAll(".event"));
        });
        if (isFresh) this.#earlier.hidden = !hasMore;
        this.#empty.hidden = this.#rows.size > 0;
    }

    /** Adds a message that has just been sent; `false` where it is here already. */
    addMessage(message) {
        const before = this.#rows.size;
        this.#staying(() => this.#insert(message));
        if (this.#rows.size === before) return false;
        this.#empty.hidden = true;
        this.#trim();
        return true;
    }

    /** Adds a line about who came or went. @param {string} text */
    addEvent(text) {
        this.#staying(() => this.#list.append(el("li", { class: "event", dir: "auto" }, text)));
    }

    /** @param {{ id?: number, message_id: number | string, reactions: Record<string, string[]> }} update And counts. */
    updateReactions(update) {
        const row = this.#rows.get(messageNumber(update.id ?? update.message_id));
        if (row) this.#staying(() => row.showReactions(update));
    }

    /** @param {import("../outbox.js").OutboxEntry[]} entries */
    showOutbox(entries) {
        const { outbox } = this.#context;
        const rows = entries.map((entry) => waitingRow(entry, () => outbox.retry(entry), () => outbox.remove(entry)));
        const grows = rows.length > this.#outboxList.children.length;
        this.#staying(() => this.#outboxList.replaceChildren(...rows));
        if (grows) this.#toEnd();
    }

    #insert(message) {
        const number = messageNumber(message.id);
        const known = this.#rows.get(number);
        if (known) return known.showReactions(message);
        const row = new MessageRow(message, number, this.#context);
        const next = this.#successor(number);
        this.#list.insertBefore(row.element, next?.element ?? null);
        this.#rows.set(number, row);
        if (next) this.#rows = new Map([...this.#rows].sort(([a], [b]) => a - b));
        this.#separateDays(row, next);
    }

    /** The row before which a message belongs; nearly always none. */
    #successor(number) {
        let next;
        for (const [other, row] of [...this.#rows].reverse()) {
            if (other < number) break;
            next = row;
        }
        return next;
    }

    /** Each day begins with its date. */
    #separateDays(row, next) {
        const rows = [...this.#rows.values()];
        const previous = rows[rows.indexOf(row) - 1];
        if (previous?.day !== row.day) row.element.before(daySeparator(row));
        if (next && next.day === row.day) {
            const separator = next.element.previousElementSibling;
            if (separator?.matches(".day")) separator.remove();
        }
    }

    #remove(number) {
        const { element } = this.#rows.get(number);
        if (element.previousElementSibling?.matches(".day")) element.previousElementSibling.remove();
        element.remove();
        this.#rows.delete(number);
    }

    #trim() {
        // What one looks at stays; the reader who went back gets the rest with "earlier".
        if (this.#rows.size <= MOST_ROWS || !this.#isAtEnd()) return;
        while (this.#rows.size > MOST_ROWS) this.#remove(this.#rows.keys().next().value);
        this.#earlier.hidden = false;
        while (this.#list.firstElementChild?.matches(".event")) this.#list.firstElementChild.remove();
    }

    async #loadEarlier() {
        const first = this.#rows.keys().next().value;
        this.#earlier.disabled = true;
        try {
            const { messages, hasMore } = await this.#context.earlier(first);
            const anchor = this.#rows.get(first).element;
            const top = anchor.offsetTop - this.element.scrollTop;
            messages.forEach((message) => this.#insert(message));
            this.element.scrollTop = anchor.offsetTop - top;
            this.#earlier.hidden = !hasMore;
        } catch {
            // The button stays for another attempt.
        } finally {
            this.#earlier.disabled = false;
        }
    }

    /** Changes what is shown; the reader at the end stays at the end, another one stays where they are. */
    #staying(change) {
        const wasAtEnd = this.#isAtEnd();
        change();
        if (wasAtEnd) this.#toEnd();
        else this.newestButton.hidden = false;
    }

    #isAtEnd() {
        const { scrollHeight, scrollTop, clientHeight } = this.element;
        return scrollHeight - scrollTop - clientHeight < NEAR_END;
    }

    #toEnd() {
        this.element.scrollTop = this.element.scrollHeight;
        this.newestButton.hidden = true;
    }

    #scrolled() {
        if (this.#isAtEnd()) this.newestButton.hidden = true;
    }
}

function daySeparator({ date }) {
    const form = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
    return el("li", { class: "day" }, date.toLocaleDateString(undefined, form));
}
