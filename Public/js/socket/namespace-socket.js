import { callSafely, Emitter } from "./emitter.js";
import { PacketType, encodePacket } from "./packet.js";

/** Names that the connection itself reports; no application may send them. */
const RESERVED = new Set([
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
]);

const OLD_SERVER = "The server speaks an older Socket.IO: it needs version 3 or later.";

/**
 * The end of one namespace: sends events, receives them, and lives on through reconnections.
 *
 * Reports `connect`, `connect_error` (error, with `data` of a middleware) and `disconnect` (reason, details). A
 * listener of an event gets its arguments, and a function as the last one where the server wants an acknowledgement.
 */
export class Socket extends Emitter {
    /** The public id, while connected. @type {string | undefined} */
    id;
    connected = false;
    /** Whether the last connection resumed the one before, with all that was missed. */
    recovered = false;
    #manager;
    #nsp;
    #options;
    #isActive = false;
    #flags = {};
    #ackCount = 0;
    /** @type {Map<number, { settle: Function, wantsError: boolean, timer?: number }>} */
    #acks = new Map();
    /** Events to send once connected. @type {{ id?: number, args: any[], messages: any[] }[]} */
    #sendBuffer = [];
    /** Missed events arrive before the word that the connection is back. @type {{ data: any[], id?: number }[]} */
    #receiveBuffer = [];
    #privateId;
    #lastOffset;
    /** @type {Record<"in" | "out", Function[]>} */
    #catchAll = { in: [], out: [] };

    /** @param {import("./manager.js").Manager} manager @param {string} nsp @param {object} options */
    constructor(manager, nsp, options) {
        super();
        this.#manager = manager;
        this.#nsp = nsp;
        this.#options = options;
        /** Sent with each CONNECT: an object, or a function that hands one to its callback. */
        this.auth = options.auth;
    }

    /** The manager whose connection this socket shares. */
    get io() {
        return this.#manager;
    }

    get nsp() {
        return this.#nsp;
    }

    get disconnected() {
        return !this.connected;
    }

    /** Whether the socket is connected or will go on trying to be. */
    get active() {
        return this.#isActive;
    }

    /** Drops the next event where it cannot leave at once. */
    get volatile() {
        this.#flags.volatile = true;
        return this;
    }

    /** Kept for likeness: in a browser the WebSocket decides on compression. */
    compress() {
        return this;
    }

    /**
     * Gives the next event's acknowledgement so much time; its callback then takes an error first.
     * @param {number} milliseconds
     */
    timeout(milliseconds) {
        this.#flags.timeout = milliseconds;
        return this;
    }

    connect() {
        if (this.connected) return this;
        const isNew = !this.#isActive;
        this.#isActive = true;
        this.#manager.open();
        if (isNew && this.#manager.isOpen) this._opened();
        return this;
    }

    open() {
        return this.connect();
    }

    /** Leaves the namespace and tries no more; the last socket closes the connection. */
    disconnect() {
        if (this.connected) this.#manager._send(encodePacket({ type: PacketType.DISCONNECT, nsp: this.#nsp }));
        this.#isActive = false;
        this._closed("io client disconnect");
        this.#manager._left();
        return this;
    }

    close() {
        return this.disconnect();
    }

    /**
     * Sends an event, or keeps it until the connection is back. A function as the last argument is called with the
     * acknowledgement.
     * @param {string} event
     * @param {...any} args
     * @throws {Error} where the name is reserved or too many events wait already.
     */
    emit(event, ...args) {
        const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
        const flags = this.#takeFlags();
        this.#dispatch([event, ...args], flags, ack && { settle: ack, wantsError: flags.timeout !== undefined });
        return this;
    }

    /** Sends the event `message`. */
    send(...args) {
        return this.emit("message", ...args);
    }

    /**
     * Sends an event and waits for the acknowledgement's first argument.
     * @param {string} event
     * @param {...any} args
     * @returns {Promise<any>} Rejects on a time-out, and when the connection goes before the answer.
     */
    emitWithAck(event, ...args) {
        return new Promise((resolve, reject) => {
            const settle = (error, value) => error ? reject(error) : resolve(value);
            this.#dispatch([event, ...args], this.#takeFlags(), { settle, wantsError: true });
        });
    }

    /** Calls `listener` with the name and arguments of each event received. */
    onAny(listener) {
        this.#catchAll.in.push(listener);
        return this;
    }

    prependAny(listener) {
        this.#catchAll.in.unshift(listener);
        return this;
    }

    offAny(listener) {
        this.#catchAll.in = without(this.#catchAll.in, listener);
        return this;
    }

    listenersAny() {
        return this.#catchAll.in;
    }

    /** Calls `listener` with the name and arguments of each event when it is sent. */
    onAnyOutgoing(listener) {
        this.#catchAll.out.push(listener);
        return this;
    }

    prependAnyOutgoing(listener) {
        this.#catchAll.out.unshift(listener);
        return this;
    }

    offAnyOutgoing(listener) {
        this.#catchAll.out = without(this.#catchAll.out, listener);
        return this;
    }

    listenersAnyOutgoing() {
        return this.#catchAll.out;
    }

    #takeFlags() {
        const flags = { timeout: this.#options.ackTimeout, ...this.#flags };
        this.#flags = {};
        return flags;
    }

    #dispatch(args, { volatile, timeout }, ack) {
        if (RESERVED.has(args[0])) throw new Error(`"${args[0]}" is a reserved name: choose another for the event.`);
        const isReady = this.connected && this.#manager.isAlive;
        if (volatile && !(isReady && this.#manager.isWritable)) return;
        const limit = this.#options.sendBufferLimit;
        if ((isReady ? this.#manager.waiting : this.#sendBuffer.length) >= limit) {
            throw new Error(`${limit} events wait for the connection already: wait for it, or raise sendBufferLimit.`);
        }
        const id = ack && this.#ackCount++;
        const messages = encodePacket({ type: PacketType.EVENT, nsp: this.#nsp, data: args, id });
        if (ack) this.#expect(id, ack, timeout);
        if (isReady) this.#transmit({ args, messages });
        else this.#sendBuffer.push({ id, args, messages });
    }

    #expect(id, ack, timeout) {
        this.#acks.set(id, ack);
        if (timeout === undefined) return;
        ack.timer = setTimeout(() => {
            this.#acks.delete(id);
            this.#sendBuffer = this.#sendBuffer.filter((each) => each.id !== id);
            callSafely(ack.settle, this, [new Error("operation has timed out")]);
        }, timeout);
    }

    #transmit({ args, messages }) {
        for (const listener of [...this.#catchAll.out]) callSafely(listener, this, args);
        this.#manager._send(messages);
    }

    /** The connection is open: ask to join the namespace. */
    _opened() {
        const join = (auth) => {
            const data = this.#privateId ? { pid: this.#privateId, offset: this.#lastOffset, ...auth } : auth;
            this.#manager._send(encodePacket({ type: PacketType.CONNECT, nsp: this.#nsp, data }));
        };
        if (typeof this.auth === "function") this.auth(join);
        else join(this.auth);
    }

    /** The connection could not be opened. */
    _failed(error) {
        if (!this.connected) this._report("connect_error", error);
    }

    /** The connection, or this namespace on it, is gone. */
    _closed(reason, details) {
        const wasConnected = this.connected;
        this.connected = false;
        this.id = undefined;
        // Undelivered, so their offset was not noted: the server sends them again.
        this.#receiveBuffer = [];
        if (reason.startsWith("io ")) this.#privateId = undefined;
        this.#abandonAcks();
        if (wasConnected) this._report("disconnect", reason, details);
    }

    /** @param {import("./packet.js").Packet} packet */
    _received({ type, data, id }) {
        if (!this.#isActive) return this.#receivedLate(type);
        switch (type) {
            case PacketType.CONNECT: return this.#joined(data);
            case PacketType.EVENT: return this.#receivedEvent(data, id);
            case PacketType.ACK: return this.#acknowledged(id, data);
            case PacketType.DISCONNECT:
                this.#isActive = false;
                this._closed("io server disconnect");
                return this.#manager._left();
            case PacketType.CONNECT_ERROR:
                this.#isActive = false;
                this._report("connect_error", connectError(data));
                return this.#manager._left();
        }
    }

    /** The server let us in after we gave up asking: leave again. */
    #receivedLate(type) {
        if (type !== PacketType.CONNECT) return;
        this.#manager._send(encodePacket({ type: PacketType.DISCONNECT, nsp: this.#nsp }));
    }

    #receivedEvent(data, id) {
        if (this.connected) this.#deliver(data, id);
        else this.#receiveBuffer.push({ data, id });
    }

    #joined(data) {
        if (typeof data?.sid !== "string") return this._failed(new Error(OLD_SERVER));
        this.id = data.sid;
        this.recovered = data.pid !== undefined && data.pid === this.#privateId;
        this.#privateId = data.pid;
        // An offset of a session that is over would make the next recovery fail.
        if (!this.recovered) this.#lastOffset = undefined;
        this.connected = true;
        for (const { data, id } of this.#receiveBuffer.splice(0)) this.#deliver(data, id);
        for (const each of this.#sendBuffer.splice(0)) this.#transmit(each);
        this._report("connect");
    }

    #deliver([event, ...args], id) {
        if (this.#privateId && typeof args.at(-1) === "string") this.#lastOffset = args.at(-1);
        if (id !== undefined) args.push(this.#acknowledger(id));
        for (const listener of [...this.#catchAll.in]) callSafely(listener, this, [event, ...args]);
        this._report(event, ...args);
    }

    #acknowledger(id) {
        let isSent = false;
        return (...data) => {
            if (isSent) return;
            isSent = true;
            this.#manager._send(encodePacket({ type: PacketType.ACK, nsp: this.#nsp, data, id }));
        };
    }

    #acknowledged(id, data) {
        const ack = this.#acks.get(id);
        if (!ack) return;
        this.#acks.delete(id);
        clearTimeout(ack.timer);
        callSafely(ack.settle, this, ack.wantsError ? [null, ...data] : data);
    }

    /** Nobody will answer what was sent on a connection that is gone; what still waits may yet be answered. */
    #abandonAcks() {
        const waiting = new Set(this.#sendBuffer.map(({ id }) => id));
        for (const [id, ack] of this.#acks) {
            if (waiting.has(id)) continue;
            this.#acks.delete(id);
            clearTimeout(ack.timer);
            if (ack.wantsError) callSafely(ack.settle, this, [new Error("socket has been disconnected")]);
        }
    }
}

/** What a middleware or an unknown namespace answered; version 2 servers send the bare message. */
function connectError(answer) {
    const { message, data } = typeof answer === "string" ? { message: answer } : answer;
    return Object.assign(new Error(message), { data });
}

function without(listeners, listener) {
    return listener === undefined ? [] : listeners.filter((each) => each !== listener);
}
