import { Emitter } from "./emitter.js";
import { PollingTransport, TransportError, WebSocketTransport } from "./transports.js";

/** How many packets go into one POST: python-engineio takes no more. */
const PACKETS_A_POST = 16;

/**
 * @typedef {object} EngineOptions
 * @property {string} path Where the server listens, default `/socket.io/`.
 * @property {("polling" | "websocket")[]} transports The first one opens, default polling then websocket.
 * @property {boolean} upgrade Whether polling moves to a WebSocket, default true.
 * @property {boolean} tryAllTransports Whether the next transport is tried where the first cannot open, default false.
 * @property {Record<string, string>} query Added to each URL.
 * @property {boolean} withCredentials Whether cookies go to another origin, default false.
 * @property {Record<string, string>} extraHeaders Added to polling requests; a browser's WebSocket takes none.
 * @property {string[]} protocols WebSocket subprotocols.
 */

/**
 * One Engine.IO 4 session: opens a transport, upgrades it, answers the heartbeat.
 *
 * Reports `open` (handshake), `message` (string or ArrayBuffer), `ping`, `upgrade` (transport), `upgradeError` (error)
 * and, exactly once, `close` (reason, details).
 */
export class Engine extends Emitter {
    /** The session id: a secret between this page and the server. @type {string | undefined} */
    id;
    /** @type {"opening" | "open" | "closed"} */
    readyState = "opening";
    /** @type {PollingTransport | WebSocketTransport} */
    transport;
    #target;
    #options;
    #waitingTransports;
    #handshake = { pingInterval: 25_000, pingTimeout: 20_000, maxPayload: Infinity, upgrades: [] };
    /** @type {(string | ArrayBuffer | ArrayBufferView | Blob)[]} Packets that no transport has taken yet. */
    #queue = [];
    #flushing = false;
    /** The WebSocket that is being tried out. @type {WebSocketTransport | null} */
    #candidate = null;
    #upgrading = false;
    #deadline = Infinity;
    #timer;

    /** @param {URL} server @param {EngineOptions} options */
    constructor(server, options) {
        super();
        this.#options = options;
        this.#target = {
            url: (transport) => this.#url(server, transport),
            request: {
                credentials: options.withCredentials ? "include" : "same-origin", headers: options.extraHeaders ?? {},
            },
            protocols: options.protocols,
        };
        this.#waitingTransports = [...options.transports];
        this.#openNext();
    }

    /** How many packets wait for the transport. */
    get waiting() {
        return this.#queue.length;
    }

    /** Whether a packet sent now would leave at once. */
    get writable() {
        return this.readyState === "open" && this.transport.writable && !this.#upgrading && this.#queue.length === 0;
    }

    /** False once the server has been silent for too long; then the session closes. */
    get isAlive() {
        if (this.readyState !== "open") return false;
        if (Date.now() <= this.#deadline) return true;
        queueMicrotask(() => this.#end("ping timeout"));
        return false;
    }

    /**
     * Sends messages in order.
     * @param {(string | ArrayBuffer | ArrayBufferView | Blob)[]} messages
     */
    send(messages) {
        this.#push(...messages.map((each) => typeof each === "string" ? `4${each}` : each));
    }

    /** Ends the session; what was sent before still goes out. */
    close(reason = "forced close", details) {
        if (this.readyState !== "open") return this.#end(reason, details);
        this.transport.close(this.#queue.splice(0));
        this.#finish(reason, details);
    }

    #url(server, transport) {
        const url = new URL(this.#options.path, server);
        if (transport === "websocket") url.protocol = server.protocol.replace("http", "ws");
        const query = { ...this.#options.query, EIO: "4", transport };
        if (this.id !== undefined) query.sid = this.id;
        url.search = new URLSearchParams(query).toString();
        return url;
    }

    #create(name) {
        return name === "polling" ? new PollingTransport(this.#target) : new WebSocketTransport(this.#target);
    }

    #openNext() {
        this.#adopt(this.#create(this.#waitingTransports.shift()));
        // After the caller has had time to listen.
        queueMicrotask(() => this.readyState === "opening" && this.transport.open());
    }

    #adopt(transport) {
        this.transport = transport;
        transport.off();
        transport.on("packet", (packet) => this.#receive(packet));
        transport.on("drain", () => this.#flushSoon());
        transport.on("close", (reason, details) => this.#transportClosed(reason, details));
    }

    #transportClosed(reason, details) {
        const canTryAnother = this.readyState === "opening" && this.#options.tryAllTransports;
        if (canTryAnother && this.#waitingTransports.length > 0) this.#openNext();
        else this.#end(reason, details);
    }

    #receive(packet) {
        if (this.readyState === "closed") return;
        if (typeof packet !== "string") return this._report("message", packet);
        switch (packet[0]) {
            case "0": return this.#opened(packet.slice(1));
            case "1": return this.#end("transport close");
            case "2":
                this.#heard();
                this.#push("3");
                return this._report("ping");
            case "4": return this._report("message", packet.slice(1));
            case "6": return;
            default: return this.#end("parse error", new Error("The server sent a packet of no known type."));
        }
    }

    #opened(json) {
        try {
            Object.assign(this.#handshake, JSON.parse(json));
        } catch (error) {
            return this.#end("parse error", error);
        }
        this.id = this.#handshake.sid;
        this.readyState = "open";
        this.#heard();
        this._report("open", this.#handshake);
        this.#flushSoon();
        if (this.readyState === "open") this.#probe();
    }

    /** The server pings; it has `pingInterval` and `pingTimeout` together to do so. */
    #heard() {
        const patience = this.#handshake.pingInterval + this.#handshake.pingTimeout;
        this.#deadline = Date.now() + patience;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#end("ping timeout"), patience);
    }

    #push(...packets) {
        if (this.readyState === "closed") return;
        this.#queue.push(...packets);
        this.#flushSoon();
    }

    /** Gathers all that is sent in one turn of the page into one POST. */
    #flushSoon() {
        if (this.#flushing) return;
        this.#flushing = true;
        queueMicrotask(() => {
            this.#flushing = false;
            this.#flush();
        });
    }

    #flush() {
        if (this.readyState !== "open" || this.#upgrading || this.#queue.length === 0) return;
        const isPolling = this.transport.name === "polling";
        if (isPolling && !this.transport.writable) return;
        this.transport.send(this.#queue.splice(0, isPolling ? this.#fittingCount() : this.#queue.length));
    }

    /** How many of the waiting packets one POST may carry; at least one, for the server to judge. */
    #fittingCount() {
        let size = 0;
        for (let count = 0; count < this.#queue.length; count += 1) {
            size += encodedSize(this.#queue[count]) + (count > 0 ? 1 : 0);
            if (count > 0 && (size > this.#handshake.maxPayload || count === PACKETS_A_POST)) return count;
        }
        return this.#queue.length;
    }

    #probe() {
        const { upgrade, transports } = this.#options;
        const isPossible = this.transport.name === "polling" && this.#handshake.upgrades.includes("websocket");
        if (!upgrade || !isPossible || !transports.includes("websocket")) return;
        const candidate = this.#create("websocket");
        this.#candidate = candidate;
        candidate.on("open", () => candidate.send(["2probe"]));
        candidate.on("packet", (packet) => {
            if (packet === "3probe") return this.#upgrade(candidate);
            candidate.abandon();
            this.#probeFailed();
        });
        candidate.on("close", (_, error) => this.#probeFailed(error));
        candidate.open();
    }

    async #upgrade(candidate) {
        const polling = this.transport;
        this.#upgrading = true;
        await polling.pause();
        if (this.#candidate !== candidate || this.readyState !== "open") return;
        this.#candidate = null;
        this.#upgrading = false;
        polling.abandon();
        this.#adopt(candidate);
        candidate.send(["5"]);
        this._report("upgrade", candidate);
        this.#flush();
    }

    #probeFailed(error) {
        this.#candidate = null;
        const wasUpgrading = this.#upgrading;
        this.#upgrading = false;
        this._report("upgradeError", error ?? new TransportError("The server refused the WebSocket."));
        if (!wasUpgrading) return;
        this.transport.pause().then(() => {
            if (this.readyState !== "open") return;
            this.transport.resume();
            this.#flush();
        });
    }

    #end(reason, details) {
        if (this.readyState === "closed") return;
        this.transport.abandon();
        this.#finish(reason, details);
    }

    #finish(reason, details) {
        if (this.readyState === "closed") return;
        this.readyState = "closed";
        clearTimeout(this.#timer);
        this.#candidate?.abandon();
        this.#candidate = null;
        this._report("close", reason, details);
    }
}

/** What a packet takes in a polling payload, in bytes. */
function encodedSize(packet) {
    if (typeof packet === "string") return new Blob([packet]).size;
    return 1 + 4 * Math.ceil((packet.byteLength ?? packet.size) / 3);
}
