// The two ways in which Engine.IO 4 packets travel. Both report "open", "packet", "drain" and "close" (reason, error).

import { Emitter } from "./emitter.js";

const SEPARATOR = "\u001e";

/** What a slow WebSocket may still hold while it counts as able to take a volatile event. */
const WRITABLE_BYTES = 65_536;

/**
 * @typedef {object} Target Where a transport finds its server.
 * @property {(transport: string) => URL} url
 * @property {RequestInit} request Added to each request.
 * @property {string | string[]} [protocols] WebSocket subprotocols.
 */

/** An error of the connection itself, with the HTTP status where there is one. */
export class TransportError extends Error {
    /** @param {string} message @param {unknown} [description] */
    constructor(message, description) {
        super(message);
        this.type = "TransportError";
        this.description = description;
    }
}

/** Long polling: one GET always waits for packets, POSTs carry ours one after the other. */
export class PollingTransport extends Emitter {
    name = "polling";
    #target;
    #aborter = new AbortController();
    #paused = false;
    #closed = false;
    /** @type {Promise<void>} */
    #polling = Promise.resolve();
    /** @type {Promise<void> | null} */
    #posting = null;

    /** @param {Target} target */
    constructor(target) {
        super();
        this.#target = target;
    }

    get writable() {
        return !this.#posting && !this.#paused;
    }

    open() {
        this.#polling = this.#poll();
    }

    /** Sends packets in one POST; only when `writable`. */
    send(packets) {
        this.#posting = this.#post(packets, {}).then(() => {
            this.#posting = null;
            if (!this.#closed) this._report("drain");
        }, (error) => this.#fail(error));
    }

    /** Asks for nothing more, and waits for what is under way. */
    async pause() {
        this.#paused = true;
        await Promise.all([this.#polling, this.#posting]);
    }

    /** Asks again after a pause. */
    resume() {
        this.#paused = false;
        this.open();
    }

    /** Sends the last packets and a close in the background; reports nothing any more. */
    close(packets = []) {
        if (this.#closed) return;
        this.#closed = true;
        const last = Promise.resolve(this.#posting).then(() => this.#post([...packets, "1"], { keepalive: true }));
        // Whether the server heard it or not, there is nobody left to tell.
        last.catch(() => {}).finally(() => this.#aborter.abort());
    }

    /** Stops at once, without a word to the server. */
    abandon() {
        this.#closed = true;
        this.#aborter.abort();
    }

    async #poll() {
        try {
            while (!this.#paused && !this.#closed) {
                const text = await this.#request({ method: "GET" });
                for (const packet of text.split(SEPARATOR)) {
                    if (this.#closed) return;
                    this._report("packet", packet[0] === "b" ? fromBase64(packet.slice(1)) : packet);
                }
            }
        } catch (error) {
            this.#fail(error);
        }
    }

    async #post(packets, options) {
        const texts = await Promise.all(packets.map((each) => typeof each === "string" ? each : toBase64(each)));
        await this.#request({
            method: "POST", body: texts.join(SEPARATOR),
            headers: { "Content-Type": "text/plain;charset=UTF-8" }, ...options,
        });
    }

    async #request(init) {
        const { request } = this.#target;
        const response = await fetch(this.#target.url("polling"), {
            cache: "no-store", signal: this.#aborter.signal, ...request, ...init,
            headers: { ...request.headers, ...init.headers },
        });
        const text = await response.text();
        if (response.ok) return text;
        const what = `The server answered ${response.status} to ${init.method}${cause(text)}.`;
        throw new TransportError(what, response.status);
    }

    #fail(error) {
        if (this.#closed) return;
        this.abandon();
        const isTelling = error instanceof TransportError || error instanceof DOMException;
        const details = isTelling ? error : new TransportError("The server cannot be reached.", error);
        this._report("close", "transport error", details);
    }
}

/** One WebSocket: a text frame is a packet, a binary frame is a binary message. */
export class WebSocketTransport extends Emitter {
    name = "websocket";
    #target;
    /** @type {WebSocket | null} */
    #socket = null;
    #closed = false;

    /** @param {Target} target */
    constructor(target) {
        super();
        this.#target = target;
    }

    get writable() {
        return this.#socket?.readyState === WebSocket.OPEN && this.#socket.bufferedAmount < WRITABLE_BYTES;
    }

    open() {
        const socket = new WebSocket(this.#target.url("websocket"), this.#target.protocols ?? []);
        this.#socket = socket;
        socket.binaryType = "arraybuffer";
        socket.onopen = () => this._report("open");
        socket.onmessage = ({ data }) => !this.#closed && this._report("packet", data);
        socket.onclose = ({ code, reason }) => this.#end("transport close", { description: reason, code });
        socket.onerror = () => this.#end("transport error", new TransportError("The WebSocket cannot be opened."));
    }

    send(packets) {
        for (const packet of packets) this.#socket?.send(packet);
        queueMicrotask(() => this._report("drain"));
    }

    /** Sends the last packets, then closes; reports nothing any more. */
    close(packets = []) {
        if (this.#closed) return;
        if (this.#socket?.readyState === WebSocket.OPEN) for (const packet of packets) this.#socket.send(packet);
        this.abandon();
    }

    abandon() {
        this.#closed = true;
        this.#socket?.close();
    }

    #end(reason, details) {
        if (this.#closed) return;
        this.abandon();
        this._report("close", reason, details);
    }
}

/** What an error answer says, when it is Engine.IO's `{code, message}`. */
function cause(text) {
    try {
        return `: ${JSON.parse(text).message}`;
    } catch {
        return "";
    }
}

async function toBase64(data) {
    const buffer = data instanceof Blob ? await data.arrayBuffer() : data;
    const bytes = ArrayBuffer.isView(buffer)
        ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
    let text = "";
    // In parts, for a call takes only so many arguments.
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return `b${btoa(text)}`;
}

function fromBase64(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}
