import { Emitter } from "./emitter.js";
import { Engine } from "./engine.js";
import { PacketDecoder } from "./packet.js";
import { Socket } from "./namespace-socket.js";

/** What a manager and its sockets do unless told otherwise; times in milliseconds. */
export const defaults = Object.freeze({
    path: "/socket.io/",
    transports: ["polling", "websocket"],
    upgrade: true,
    tryAllTransports: false,
    withCredentials: false,
    query: {},
    autoConnect: true,
    timeout: 20_000,
    reconnection: true,
    reconnectionAttempts: Infinity,
    reconnectionDelay: 1_000,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 0.5,
    ackTimeout: undefined,
    sendBufferLimit: 1_000,
});

/**
 * One connection to a server, shared by the sockets of its namespaces, and reopened when it breaks.
 *
 * Reports `open`, `close` (reason, details), `error` (error), `ping`, `reconnect_attempt` (number),
 * `reconnect` (attempts), `reconnect_error` (error) and `reconnect_failed`.
 */
export class Manager extends Emitter {
    /** The session under way or the last one. @type {Engine | undefined} */
    engine;
    #server;
    #options;
    /** @type {Map<string, Socket>} */
    #sockets = new Map();
    #decoder = new PacketDecoder();
    #state = "closed";
    #wantsConnection = false;
    #attempts = 0;
    /** @type {number | undefined} */
    #retryTimer;

    /** @param {string | URL} server @param {object} [options] See `defaults`, plus what `EngineOptions` names. */
    constructor(server, options = {}) {
        super();
        this.#server = new URL(server, globalThis.location?.href);
        const given = Object.entries(options).filter(([, value]) => value !== undefined);
        this.#options = { ...defaults, ...Object.fromEntries(given) };
        globalThis.addEventListener?.("online", () => this.#retryNow());
        globalThis.addEventListener?.("offline", () => this.#wentOffline());
        if (this.#options.autoConnect) this.open();
    }

    get opts() {
        return this.#options;
    }

    get isOpen() {
        return this.#state === "open";
    }

    get isAlive() {
        return this.isOpen && this.engine.isAlive;
    }

    get isWritable() {
        return this.isOpen && this.engine.writable;
    }

    /** How many packets wait for the transport. */
    get waiting() {
        return this.isOpen ? this.engine.waiting : 0;
    }

    /** The delay before the next attempt: doubles with each, with jitter so that clients do not return all at once. */
    get nextDelay() {
        const { reconnectionDelay, reconnectionDelayMax, randomizationFactor } = this.#options;
        const jitter = 1 + randomizationFactor * (2 * Math.random() - 1);
        return Math.min(reconnectionDelay * 2 ** Math.min(this.#attempts, 30) * jitter, reconnectionDelayMax);
    }

    /**
     * The socket of a namespace; the same one each time.
     * @param {string} nsp
     * @param {object} [options] `auth`, and what else differs from the manager's.
     */
    socket(nsp, options = {}) {
        let socket = this.#sockets.get(nsp);
        if (!socket) {
            socket = new Socket(this, nsp, { ...this.#options, ...options });
            this.#sockets.set(nsp, socket);
            if (this.#options.autoConnect) socket.connect();
        } else if (this.#options.autoConnect && !socket.active) {
            socket.connect();
        }
        return socket;
    }

    /** Whether this manager already has a socket of that namespace. */
    has(nsp) {
        return this.#sockets.has(nsp);
    }

    /** Opens the connection unless it is open or on its way. */
    open() {
        this.#wantsConnection = true;
        if (this.#state !== "closed" || this.#retryTimer !== undefined) return this;
        this.#dial();
        return this;
    }

    connect() {
        return this.open();
    }

    /** Closes the connection for all namespaces, and tries no more. */
    close() {
        this.#wantsConnection = false;
        this.#attempts = 0;
        this.#cancelRetry();
        this.engine?.close("forced close");
        return this;
    }

    disconnect() {
        return this.close();
    }

    _left() {
        const isNeeded = [...this.#sockets.values()].some((socket) => socket.active);
        if (!isNeeded) this.close();
    }

    _send(messages) {
        if (this.isOpen) this.engine.send(messages);
    }

    #dial() {
        this.#state = "opening";
        this.#decoder = new PacketDecoder();
        const engine = new Engine(this.#server, this.#options);
        this.engine = engine;
        const { timeout } = this.#options;
        const late = new Error("The server took too long to answer.");
        const timer = timeout === false ? undefined : setTimeout(() => engine.close("transport error", late), timeout);
        engine.on("open", () => {
            clearTimeout(timer);
            this.#opened();
        });
        engine.on("message", (message) => this.#received(message));
        engine.on("ping", () => this._report("ping"));
        engine.on("close", (reason, details) => {
            clearTimeout(timer);
            this.#closed(reason, details);
        });
    }

    #opened() {
        const attempts = this.#attempts;
        this.#attempts = 0;
        this.#state = "open";
        this._report("open");
        for (const socket of this.#activeSockets()) socket._opened();
        if (attempts > 0) this._report("reconnect", attempts);
    }

    #received(message) {
        try {
            const packet = this.#decoder.add(message);
            if (packet) this.#sockets.get(packet.nsp)?._received(packet);
        } catch (error) {
            this.engine.close("parse error", error);
        }
    }

    #closed(reason, details) {
        const wasOpen = this.#state === "open";
        this.#state = "closed";
        if (wasOpen) {
            this._report("close", reason, details);
            for (const socket of this.#sockets.values()) socket._closed(reason, details);
        } else if (this.#wantsConnection) {
            const error = details instanceof Error ? details : new Error("The connection closed before it was open.");
            this._report("error", error);
            if (this.#attempts > 0) this._report("reconnect_error", error);
            for (const socket of this.#activeSockets()) socket._failed(error);
        }
        this.#retryLater();
    }

    #retryLater() {
        if (!this.#wantsConnection || !this.#options.reconnection || this.#retryTimer !== undefined) return;
        if (this.#state !== "closed") return;
        if (this.#attempts >= this.#options.reconnectionAttempts) {
            this.#attempts = 0;
            this.#wantsConnection = false;
            return this._report("reconnect_failed");
        }
        const delay = this.nextDelay;
        this.#attempts += 1;
        this.#retryTimer = setTimeout(() => this.#retryNow(), delay);
    }

    #retryNow() {
        if (this.#retryTimer === undefined) return;
        this.#cancelRetry();
        this._report("reconnect_attempt", this.#attempts);
        if (this.#wantsConnection) this.#dial();
    }

    #cancelRetry() {
        clearTimeout(this.#retryTimer);
        this.#retryTimer = undefined;
    }

    #wentOffline() {
        // This very machine is reachable without a network.
        if (["localhost", "127.0.0.1", "[::1]"].includes(this.#server.hostname)) return;
        if (this.#state !== "closed") this.engine.close("transport close", { description: "network connection lost" });
    }

    #activeSockets() {
        return [...this.#sockets.values()].filter((socket) => socket.active);
    }
}
