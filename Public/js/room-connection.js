import { history, verifyRoom } from "./api.js";
import { Outbox } from "./outbox.js";
import { io } from "./socket.js";
import { Emitter } from "./socket/emitter.js";

/** How long an answer of the server may take, in milliseconds. */
const PATIENCE = 15_000;

/** How long the page waits by itself where the server asks it to slow down, in seconds. */
const LONGEST_WAIT = 10;

/** How many messages one page of history has. */
const PAGE = 100;

/** How many messages a gap may have before the timeline starts afresh. */
const GAP = 1_000;

/**
 * One room as this page is in it: joins, joins again after a reconnection, fills the gap, sends.
 *
 * Reports `state` ("connecting" | "joined" | "away" | "refused", sentence), `messages` (list, isFresh, hasMore),
 * `message`, `status` (text), `online` (count, names or undefined), `typing` (names), `reactions` (update), `refusal`
 * (sentence) and `session` (session), which is to be kept.
 */
export class RoomConnection extends Emitter {
    outbox;
    #session;
    #password;
    #socket;
    /** The newest message id that is shown. */
    #newest = 0;

    /** @param {import("./session.js").Session} session @param {string} [password] Held in memory only. */
    constructor(session, password) {
        super();
        this.#session = session;
        this.#password = password;
        this.outbox = new Outbox((entry) => this.#transmit(entry));
        this.#socket = io({ transports: ["websocket", "polling"], tryAllTransports: true, autoConnect: false });
        this.#listen();
    }

    get room() {
        return this.#session.room;
    }

    get user() {
        return this.#session.user;
    }

    open() {
        this._report("state", "connecting");
        this.#socket.connect();
    }

    /** Leaves the room for good. */
    async close() {
        this.outbox.stop();
        if (this.#socket.connected) await this.#ask("leave", this.#envelope()).catch(() => {});
        this.#socket.disconnect();
        this.#socket.off();
        this.off();
    }

    /** Connects anew, without waiting for the next attempt. */
    tryNow() {
        this.#socket.disconnect().connect();
    }

    /** @param {boolean} isTyping */
    setTyping(isTyping) {
        if (this.#socket.connected) this.#socket.volatile.emit("typing", this.#envelope({ is_typing: isTyping }));
    }

    /** Gives a reaction, or takes it back. @param {number} id @param {string} reaction */
    async react(id, reaction) {
        try {
            check(await this.#ask("reaction", this.#envelope({ message_id: id, reaction })));
        } catch (error) {
            this._report("refusal", sentence(error));
        }
    }

    /** Messages before the oldest one shown, and whether there may be more. @param {number} before */
    earlier(before) {
        return this.#history({ before, limit: PAGE });
    }

    #listen() {
        const socket = this.#socket;
        socket.on("connect", () => this.#enter());
        socket.on("connect_error", () => this._report("state", "away"));
        socket.on("disconnect", (reason) => {
            this.outbox.stop();
            this._report("state", "away");
            if (reason === "io server disconnect") socket.connect();
        });
        socket.on("message", (message) => this.#received(message));
        socket.on("status", ({ msg }) => this._report("status", msg));
        socket.on("online_count", ({ count, online }) => this._report("online", count, online));
        socket.on("typing_status", ({ typing_users: names = [] }) => this._report("typing", names));
        socket.on("reaction_update", (update) => this._report("reactions", update));
    }

    async #enter() {
        const { id } = this.#socket;
        try {
            await this.#join();
            if (this.#socket.id !== id) return;
            await this.#fillGap();
            if (this.#socket.id !== id) return;
            this._report("state", "joined");
            this.outbox.start();
        } catch (error) {
            // A connection that broke comes back and enters again; a refusal stands.
            if (this.#socket.id === id && !error.isPassing) this._report("state", "refused", sentence(error));
            else if (this.#socket.id === id) this.tryNow();
        }
    }

    async #join() {
        const answer = await this.#ask("join", this.#joinRequest());
        if (answer?.status === "error" && this.#password !== undefined) {
            await this.#renewToken();
            return this.#joined(check(await this.#ask("join", this.#joinRequest())));
        }
        this.#joined(check(answer));
    }

    #joinRequest() {
        const { token, guestToken } = this.#session;
        return this.#envelope({ token, guest_token: guestToken });
    }

    #joined({ user_id: user = this.user, guest_token: guestToken, online = [] }) {
        this.#keep({ user, guestToken: guestToken ?? this.#session.guestToken });
        this._report("online", online.length, online);
    }

    async #renewToken() {
        this.#keep({ token: await verifyRoom(this.room, this.#password) });
    }

    #keep(changes) {
        this.#session = { ...this.#session, ...changes };
        this._report("session", this.#session);
    }

    /** What was said while this page was away; messages that arrive meanwhile may come twice and count once. */
    async #fillGap() {
        if (this.#newest > 0) {
            const missed = await this.#history({ after: this.#newest, limit: GAP });
            if (!missed.hasMore) return this.#show(missed, false);
        }
        this.#show(await this.#history({ limit: PAGE }), true);
    }

    async #history(page) {
        try {
            return await history(this.#session, page);
        } catch (error) {
            if (error.status !== 401 || this.#password === undefined) throw error;
            await this.#renewToken();
            return history(this.#session, page);
        }
    }

    #show({ messages, hasMore }, isFresh) {
        for (const { id } of messages) this.#newest = Math.max(this.#newest, messageNumber(id));
        this._report("messages", messages, isFresh, hasMore);
    }

    #received(message) {
        // Until the gap is filled, what is shown must not hide that something before it is missing.
        if (this.outbox.isRunning) this.#newest = Math.max(this.#newest, messageNumber(message.id));
        this._report("message", message);
    }

    async #transmit({ clientID, text }) {
        return check(await this.#ask("message", this.#envelope({ message: text, client_id: clientID })));
    }

    #envelope(more = {}) {
        return { room: this.room, user_id: this.user, ...more };
    }

    async #ask(event, payload) {
        const { id } = this.#socket;
        try {
            const answer = await this.#socket.timeout(PATIENCE).emitWithAck(event, payload);
            if (answer?.error !== "rate_limited" || !(answer.retry_after <= LONGEST_WAIT)) return answer;
            await new Promise((done) => setTimeout(done, 1000 * answer.retry_after));
            if (this.#socket.id !== id) throw new Error("The connection closed meanwhile.");
        } catch (error) {
            throw Object.assign(error, { isPassing: true });
        }
        return this.#ask(event, payload);
    }
}

/** A message's id as a number that grows with the order of the room. */
export function messageNumber(id) {
    return Number(String(id).replace(/^msg_/, ""));
}

function check(answer) {
    if (answer?.status === "error") throw new Error(answer.message);
    return answer ?? {};
}

function sentence(error) {
    return error.isPassing ? "The server did not answer. Try again." : error.message;
}
