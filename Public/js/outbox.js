import { Emitter } from "./socket/emitter.js";

/**
 * @typedef {object} OutboxEntry
 * @property {string} clientID Lets the server recognise a message that it has already.
 * @property {string} text
 * @property {string | null} refusal Why the server did not take it.
 */

/**
 * Messages on their way to the server, in order. One that got no answer is sent again after the reconnection, under the
 * same client id, so that it is neither lost nor doubled.
 *
 * Reports `changed` (entries).
 */
export class Outbox extends Emitter {
    /** @type {OutboxEntry[]} */
    #entries = [];
    #send;
    #isSending = false;
    isRunning = false;

    /** @param {(entry: OutboxEntry) => Promise<unknown>} send Rejects with `isPassing` where a later attempt may do. */
    constructor(send) {
        super();
        this.#send = send;
    }

    /** How many messages wait for the connection. */
    get waiting() {
        return this.#entries.filter((entry) => entry.refusal === null).length;
    }

    /** @param {string} text */
    add(text) {
        this.#entries.push({ clientID: crypto.randomUUID?.() ?? fallbackID(), text, refusal: null });
        this.#changed();
        this.#next();
    }

    /** Sends a refused message once more. @param {OutboxEntry} entry */
    retry(entry) {
        entry.refusal = null;
        this.#changed();
        this.#next();
    }

    /** @param {OutboxEntry} entry */
    remove(entry) {
        this.#entries = this.#entries.filter((each) => each !== entry);
        this.#changed();
    }

    start() {
        this.isRunning = true;
        this.#next();
    }

    stop() {
        this.isRunning = false;
    }

    async #next() {
        const entry = this.#entries.find((each) => each.refusal === null);
        if (!entry || !this.isRunning || this.#isSending) return;
        this.#isSending = true;
        try {
            await this.#send(entry);
            this.remove(entry);
        } catch (error) {
            if (!error.isPassing) entry.refusal = error.message;
            this.#changed();
        }
        this.#isSending = false;
        this.#next();
    }

    #changed() {
        this._report("changed", this.#entries);
    }
}

/** `crypto.randomUUID` exists on secure origins only, and a chat in the home network may have none. */
function fallbackID() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
