// Our browser client alone, against a server that is played by the case: what no real server would ever do, and limits.
// Each case gets `io` and a `stage` on which WebSocket, fetch and timers are the case's.

import { equal, next } from "./browser_cases.js";

const OPEN = '0{"sid":"secret","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';

/** The other end of a WebSocket. */
class PlayedSocket {
    static OPEN = 1;
    readyState = 0;
    bufferedAmount = 0;
    sent = [];

    constructor(url) {
        this.url = String(url);
        this.constructor.made.push(this);
    }

    send(data) {
        this.sent.push(data);
    }

    close() {
        this.readyState = 3;
    }

    /** Opens, and says what it says. */
    say(...messages) {
        if (this.readyState === 0) {
            this.readyState = 1;
            this.onopen();
        }
        for (const data of messages) this.onmessage({ data });
    }

    drop() {
        this.readyState = 3;
        this.onclose({ code: 1006, reason: "" });
    }
}

/** What the page is given in place of the network and of the time. */
export class Stage {
    sockets = [];
    requests = [];
    delays = [];
    #kept = { WebSocket: globalThis.WebSocket, fetch: globalThis.fetch, setTimeout: globalThis.setTimeout };

    constructor() {
        const { sockets, requests } = this;
        globalThis.WebSocket = class extends PlayedSocket {
            static made = sockets;
        };
        globalThis.fetch = (url, init) => new Promise((resolve, reject) => {
            init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
            const answer = (text, status = 200) => resolve({ ok: status < 400, status, text: async () => text });
            requests.push({ url: new URL(url), method: init.method, body: init.body, answer });
        });
    }

    /** Notes delays instead of waiting; `run` ends the longest kept wait. */
    holdTimers() {
        globalThis.setTimeout = (callback, delay) => {
            this.delays.push(delay);
            this.run = callback;
            return -1;
        };
    }

    /** The latest socket, once there are so many. */
    async socket(count = 1) {
        while (this.sockets.length < count) await turn();
        return this.sockets.at(-1);
    }

    /** The first request that a test has not taken yet. */
    async request(method) {
        for (;;) {
            const index = this.requests.findIndex((request) => request.method === method);
            if (index >= 0) return this.requests.splice(index, 1)[0];
            await turn();
        }
    }

    strike() {
        Object.assign(globalThis, this.#kept);
    }
}

const kept = globalThis.setTimeout;
const turn = () => new Promise((resolve) => kept(resolve, 0));
const webSocket = { transports: ["websocket"], forceNew: true };
const polling = { transports: ["polling"], forceNew: true };

/** A socket of `/` that is connected, and the server's end. */
async function connected(io, stage, options = {}) {
    const socket = io("/", { ...webSocket, ...options });
    const server = await stage.socket(stage.sockets.length + 1);
    server.say(OPEN, '40{"sid":"public","pid":"private"}');
    await turn();
    server.sent.length = 0;
    return { socket, server };
}

/** The same over polling. */
async function polled(io, stage, open = OPEN) {
    const socket = io({ ...polling, reconnection: false });
    (await stage.request("GET")).answer(open);
    (await stage.request("POST")).answer("ok");
    (await stage.request("GET")).answer('40{"sid":"p"}');
    while (!socket.connected) await turn();
    return socket;
}

export const alone = {
    async "reads the server and the namespace out of a URL"({ io, stage }) {
        const { host, protocol } = location;
        const table = {
            "": [host, "/"], "/": [host, "/"], "/admin": [host, "/admin"], "/admin?x=1&y=é": [host, "/admin"],
            "http://example.org": ["example.org", "/"], "https://example.org:444/a/b": ["example.org:444", "/a/b"],
            "ws://example.org/chat": ["example.org", "/chat"], "example.org:81": ["example.org:81", "/"],
            "//example.org/n#m": ["example.org", "/n"],
        };
        for (const [url, [server, nsp]] of Object.entries(table)) {
            const socket = io(url, webSocket);
            const made = new URL((await stage.socket(stage.sockets.length + 1)).url);
            equal([made.host, made.pathname, socket.nsp], [server, "/socket.io/", nsp], url);
            equal(made.protocol, url.startsWith("https") ? "wss:" : "ws:", url);
            if (url.includes("?")) equal(made.searchParams.get("y"), "é");
            socket.disconnect();
        }
        equal(protocol, "http:");
    },

    async "asks for protocol 4 at the path, with the query, and joins with the auth"({ io, stage }) {
        io({ ...webSocket, path: "/chat/", query: { a: "1 &" }, auth: { token: "t" } });
        const server = await stage.socket();
        const url = new URL(server.url);
        equal(url.pathname, "/chat/");
        equal([...url.searchParams], [["a", "1 &"], ["EIO", "4"], ["transport", "websocket"]]);
        server.say(OPEN);
        await turn();
        equal(server.sent, ['40{"token":"t"}']);
    },

    async "a handshake that is no JSON is an error, not an exception"({ io, stage }) {
        const socket = io({ ...webSocket, reconnection: false });
        const failure = next(socket, "connect_error");
        (await stage.socket()).say("0{");
        equal((await failure)[0] instanceof Error, true);
    },

    async "what no server may send closes the connection"({ io, stage }) {
        const bad = [
            "9", "4", "49", "42", "42{}", "42[]", "42[null]", "42[{}]", "43{}", "42[1", "41{}", "44", "44null", "40null",
            "40[", '451-["a",{"_placeholder":true,"num":0}]|42["text"]',
            '451-["a",{"_placeholder":true,"num":1}]|binary', '451-["a",{"_placeholder":true,"num":-1}]|binary',
            '451-["a",{"_placeholder":true,"num":"0"}]|binary', "binary",
        ];
        for (const messages of bad) {
            const { socket, server } = await connected(io, stage, { reconnection: false });
            const farewell = next(socket, "disconnect");
            server.say(...messages.split("|").map((each) => each === "binary" ? new ArrayBuffer(1) : each));
            equal((await Promise.race([farewell, turn().then(() => ["still open"])]))[0], "parse error", messages);
            equal(server.readyState, 3, messages);
        }
    },

    async "puts attachments where their placeholders stand"({ io, stage }) {
        const { socket, server } = await connected(io, stage);
        const arrival = next(socket, "a");
        const place = (num) => `{"_placeholder":true,"num":${num}}`;
        server.say(`452-["a",${place(1)},{"x":[${place(0)}]}]`, new Uint8Array([1]).buffer, new Uint8Array([2]).buffer);
        equal(await arrival, [new Uint8Array([2]), { x: [new Uint8Array([1])] }]);
    },

    async "answers a ping"({ io, stage }) {
        const { server } = await connected(io, stage);
        server.say("2");
        await turn();
        equal(server.sent, ["3"]);
    },

    async "a silent server is left after its interval and its time-out"({ io, stage }) {
        const socket = io({ ...webSocket, reconnection: false });
        const server = await stage.socket();
        const start = performance.now();
        server.say('0{"sid":"s","upgrades":[],"pingInterval":60,"pingTimeout":40,"maxPayload":1}', '40{"sid":"p"}');
        equal((await next(socket, "disconnect"))[0], "ping timeout");
        equal(performance.now() - start >= 99, true, "not too early");
    },

    async "an acknowledgement counts once, and one nobody asked for is ignored"({ io, stage }) {
        const { socket, server } = await connected(io, stage);
        let count = 0;
        socket.emit("a", () => count += 1);
        await turn();
        equal(server.sent, ['420["a"]']);
        server.say("430[]", "430[]", "4399[]");
        equal([count, socket.connected], [1, true]);
    },

    async "acknowledges an event once, however often the listener does"({ io, stage }) {
        const { socket, server } = await connected(io, stage);
        socket.on("a", (answer) => [answer(1), answer(2)]);
        server.say('427["a"]');
        await turn();
        equal(server.sent, ["437[1]"]);
    },

    async "an error in a listener is the page's, not the connection's"({ io, stage }) {
        const { socket, server } = await connected(io, stage);
        const heard = [];
        const trap = (event) => [heard.push(event.message), event.preventDefault()];
        addEventListener("error", trap, { once: true });
        socket.on("a", () => {
            throw new Error("from the listener");
        });
        socket.on("a", () => heard.push("second listener"));
        server.say('42["a"]');
        await turn();
        equal([heard, socket.connected], [["second listener", "Uncaught Error: from the listener"], true]);
    },

    async "sendBufferLimit events wait while offline, and one more is refused in words"({ io, stage }) {
        const socket = io({ ...webSocket, sendBufferLimit: 3 });
        for (let n = 0; n < 3; n += 1) socket.emit("a", n);
        let refusal = "";
        try { socket.emit("a", 3); } catch (error) { refusal = error.message; }
        equal(refusal, "3 events wait for the connection already: wait for it, or raise sendBufferLimit.");
        const server = await stage.socket();
        server.say(OPEN, '40{"sid":"p"}');
        await turn();
        equal(server.sent.slice(1), ['42["a",0]', '42["a",1]', '42["a",2]']);
    },

    async "disconnect() before the answer leaves the namespace when it comes"({ io, stage }) {
        const manager = new io.Manager(location.origin, { ...webSocket });
        manager.socket("/");
        const late = manager.socket("/late");
        const server = await stage.socket();
        server.say(OPEN, '40{"sid":"p"}');
        late.disconnect();
        server.say('40/late,{"sid":"q"}');
        await turn();
        equal([server.sent, late.connected], [["40", "40/late,", "41/late,"], false]);
    },

    async "a version 2 server is named as such"({ io, stage }) {
        const socket = io({ ...webSocket });
        const failure = next(socket, "connect_error");
        (await stage.socket()).say(OPEN, "40");
        equal(/older Socket\.IO/.test((await failure)[0].message), true);
    },

    async "delays double with jitter up to the longest"({ io, stage }) {
        const socket = io({ ...webSocket, reconnectionDelay: 100, reconnectionDelayMax: 1_000, timeout: false });
        stage.holdTimers();
        for (let attempt = 0; attempt < 6; attempt += 1) {
            (await stage.socket(attempt + 1)).drop();
            stage.run();
        }
        const bounds = [[50, 150], [100, 300], [200, 600], [400, 1_000], [800, 1_000], [1_000, 1_000]];
        equal(stage.delays.length, bounds.length);
        stage.delays.forEach((delay, index) => {
            const [least, most] = bounds[index];
            equal(delay >= least && delay <= most, true, `attempt ${index}: ${delay}`);
        });
        socket.disconnect();
    },

    async "comes back at once when the network does"({ io, stage }) {
        const slow = { reconnectionDelay: 600_000, reconnectionDelayMax: 600_000 };
        const { socket, server } = await connected(io, stage, slow);
        server.drop();
        equal(stage.sockets.length, 1);
        dispatchEvent(new Event("online"));
        (await stage.socket(2)).say(OPEN, '40{"sid":"again"}');
        equal(socket.id, "again");
    },

    async "a lost network ends connections to elsewhere, and not those to this machine"({ io, stage }) {
        const here = await connected(io, stage);
        const there = io("http://example.org", { ...webSocket });
        (await stage.socket(2)).say(OPEN, '40{"sid":"p"}');
        dispatchEvent(new Event("offline"));
        equal([here.socket.connected, there.connected], [true, false]);
    },

    async "resumes with the private id and the last offset; missed events come before connect"({ io, stage }) {
        const { socket, server } = await connected(io, stage, { reconnectionDelay: 0, auth: { t: 1 } });
        const log = [];
        socket.on("m", (text) => log.push(text));
        socket.on("connect", () => log.push(`connected ${socket.recovered}`));
        server.say('42["m","one","offset1"]');
        server.drop();
        const second = await stage.socket(2);
        second.say(OPEN);
        await turn();
        equal(second.sent, ['40{"pid":"private","offset":"offset1","t":1}']);
        second.say('42["m","two","offset2"]');
        equal(log, ["one"]);
        second.say('40{"sid":"public","pid":"private"}');
        equal(log, ["one", "two", "connected true"]);
        second.drop();
        const third = await stage.socket(3);
        third.say(OPEN, '40{"sid":"other","pid":"fresh"}');
        await turn();
        equal([third.sent, log.at(-1)], [['40{"pid":"private","offset":"offset2","t":1}'], "connected false"]);
        third.drop();
        const fourth = await stage.socket(4);
        fourth.say(OPEN);
        await turn();
        equal(fourth.sent, ['40{"pid":"fresh","t":1}'], "the offset of a session that is over");
    },

    async "missed events that were cut off before connect come once"({ io, stage }) {
        const { socket, server } = await connected(io, stage, { reconnectionDelay: 0 });
        const log = [];
        socket.on("m", (text) => log.push(text));
        server.drop();
        const second = await stage.socket(2);
        second.say(OPEN, '42["m","missed","o"]');
        second.drop();
        const third = await stage.socket(3);
        third.say(OPEN, '42["m","missed","o"]', '40{"sid":"public","pid":"private"}');
        equal(log, ["missed"]);
    },

    async "falls back to the next transport where asked to"({ io, stage }) {
        const socket = io({ transports: ["websocket", "polling"], tryAllTransports: true, forceNew: true });
        (await stage.socket()).drop();
        (await stage.request("GET")).answer(OPEN);
        equal((await stage.request("POST")).body, "40");
        socket.disconnect();
    },

    async "a POST has at most maxPayload bytes, to the byte"({ io, stage }) {
        const socket = await polled(io, stage, OPEN.replace("1000000", "20"));
        // 42["ééé"] is 12 bytes, 42["bb"] 8: with the separator between them 21, one more than may be.
        for (const text of ["ééé", "bb", "ccc", "d"]) socket.emit(text);
        const bodies = [];
        for (let post; bodies.join("").split("42").length < 5; post.answer("ok")) {
            post = await stage.request("POST");
            bodies.push(post.body);
        }
        equal(bodies, ['42["ééé"]', '42["bb"]\u001e42["ccc"]', '42["d"]']);
    },

    async "a POST has at most 16 packets"({ io, stage }) {
        const socket = await polled(io, stage);
        for (let n = 0; n < 17; n += 1) socket.emit("a");
        const counts = [];
        for (let part = 0; part < 2; part += 1) {
            const post = await stage.request("POST");
            counts.push(post.body.split("\u001e").length);
            post.answer("ok");
        }
        equal(counts, [16, 1]);
    },

    async "says good-bye over polling, behind what was sent before"({ io, stage }) {
        const socket = await polled(io, stage);
        socket.emit("last");
        socket.disconnect();
        equal((await stage.request("POST")).body, '42["last"]\u001e41\u001e1');
    },

    async "an error answer of the server is told in its words"({ io, stage }) {
        const socket = io({ ...polling, reconnection: false });
        const failure = next(socket, "connect_error");
        (await stage.request("GET")).answer('{"code":4,"message":"not from there"}', 403);
        const [error] = await failure;
        equal([error.message, error.description], ["The server answered 403 to GET: not from there.", 403]);
    },
};
