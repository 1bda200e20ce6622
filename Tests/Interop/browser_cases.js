// What a Socket.IO client and server do together, told once for every browser client and server.
// Each case gets `open(nsp?, options?)`, which connects to the server under test and is tidied up afterwards, and
// `control(action)`, which acts on the network or the server: "cut", "block", "unblock".

/** Resolves with the arguments of the next `event`. */
export function next(socket, event) {
    return new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
}

/** Resolves with the arguments of the next `count` events of that name. */
export function take(socket, event, count) {
    return new Promise((resolve) => {
        const taken = [];
        const listener = (...args) => {
            if (taken.push(args) < count) return;
            socket.off(event, listener);
            resolve(taken);
        };
        socket.on(event, listener);
    });
}

export function equal(actual, expected, what = "value") {
    const [left, right] = [show(actual), show(expected)];
    if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}

function show(value) {
    return JSON.stringify(value, (_, each) => each === undefined ? "undefined" : bytes(each) ?? each);
}

function bytes(value) {
    if (value instanceof ArrayBuffer) return { bytes: [...new Uint8Array(value)] };
    if (!ArrayBuffer.isView(value)) return null;
    return { bytes: [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] };
}

async function rejection(promise) {
    try {
        await promise;
    } catch (error) {
        return error.message;
    }
    throw new Error("the promise was kept, but should have been broken");
}

/** Breaks the connection and keeps it broken until the sockets have noticed. */
async function lose(control, ...sockets) {
    const farewells = sockets.map((socket) => next(socket, "disconnect"));
    await control("block");
    const reasons = await Promise.all(farewells);
    await control("unblock");
    return reasons.map(([reason]) => reason);
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Cases for every transport. */
export const everywhere = {
    async "connects and has an id"({ open }) {
        const socket = open();
        equal(socket.connected, false);
        await next(socket, "connect");
        equal([socket.connected, socket.disconnected, socket.active, typeof socket.id], [true, false, true, "string"]);
        equal(socket.id === socket.io.engine.id, false, "the public id is the secret one");
    },

    async "sends auth given as an object"({ open }) {
        const socket = open("/", { auth: { token: "abc", deep: { n: [1, null] } } });
        equal((await next(socket, "auth"))[0], { token: "abc", deep: { n: [1, null] } });
    },

    async "sends auth given as a function"({ open }) {
        const socket = open("/custom", { auth: (done) => setTimeout(() => done({ token: "later" }), 5) });
        equal((await next(socket, "auth"))[0], { token: "later" });
    },

    async "gets arguments back as they were"({ open }) {
        const socket = open();
        const args = [1, -2.5, "é ☃ 😀 \u2028 \u0000 \u001e", true, null, { a: [{}], "": "x" }, [[[]]]];
        socket.emit("message", ...args);
        equal(await next(socket, "message-back"), args);
    },

    async "gets a text of 60,000 characters back"({ open }) {
        const socket = open();
        socket.emit("message", "ß".repeat(30_000));
        equal((await next(socket, "message-back"))[0].length, 30_000);
    },

    async "acknowledges to a callback and to a promise"({ open }) {
        const socket = open();
        const answer = new Promise((resolve) => socket.emit("message-with-ack", 1, "2", (...args) => resolve(args)));
        equal(await answer, [1, "2"]);
        equal(await socket.emitWithAck("message-with-ack", { three: 3 }), { three: 3 });
        equal(await socket.timeout(10_000).emitWithAck("message-with-ack", "in time"), "in time");
    },

    async "a missing acknowledgement times out"({ open }) {
        const socket = open();
        equal(await rejection(socket.timeout(50).emitWithAck("nobody-listens")), "operation has timed out");
        const error = await new Promise((resolve) => socket.timeout(50).emit("nobody-listens", resolve));
        equal(error.message, "operation has timed out");
    },

    async "answers the server's question"({ open }) {
        const socket = open();
        socket.on("question", (first, second, answer) => answer({ first, second }));
        socket.emit("ask-me", 1, "two");
        equal((await next(socket, "answered"))[0], { answer: { first: 1, second: "two" } });
    },

    async "the server notices an answer that does not come"({ open }) {
        const socket = open();
        socket.emit("ask-me", 1);
        equal((await next(socket, "answered"))[0], { error: "operation has timed out" });
    },

    async "binary goes both ways, at any depth, in order"({ open }) {
        const socket = open();
        const view = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
        socket.emit("message", new Uint8Array([0, 255]).buffer, { deep: [{ view }] }, "text", new Uint8Array(0));
        socket.emit("message", "after");
        const [[first, { deep: [{ view: second }] }, text, empty], after] = await take(socket, "message-back", 2);
        equal([first, second, text, empty].map((each) => bytes(each) ?? each),
            [{ bytes: [0, 255] }, { bytes: [1, 2, 3] }, "text", { bytes: [] }]);
        equal(after, ["after"]);
    },

    async "binary in acknowledgements goes both ways"({ open }) {
        const socket = open();
        const data = new Uint8Array(2000).map((_, index) => index);
        equal(bytes(await socket.emitWithAck("message-with-ack", data)), bytes(data));
        socket.on("question", (bin, answer) => answer(bin));
        socket.emit("ask-me", new Uint8Array([7, 8]));
        equal(bytes((await next(socket, "answered"))[0].answer), { bytes: [7, 8] });
    },

    async "a Blob is sent as its bytes"({ open }) {
        const socket = open();
        socket.emit("message", new Blob(["hello"]));
        socket.emit("message", "after");
        const [[blob], after] = await take(socket, "message-back", 2);
        equal([bytes(blob), after], [{ bytes: [104, 101, 108, 108, 111] }, ["after"]]);
    },

    async "200 events keep their order"({ open }) {
        const socket = open();
        const arrivals = take(socket, "message-back", 200);
        for (let n = 0; n < 200; n += 1) socket.emit("message", n);
        equal((await arrivals).flat(), Array.from({ length: 200 }, (_, n) => n));
    },

    async "namespaces share one connection"({ open }) {
        const main = open();
        const custom = main.io.socket("/custom");
        await Promise.all([next(main, "connect"), next(custom, "connect")]);
        equal(main.id === custom.id, false, "one id");
        custom.disconnect();
        equal(await main.emitWithAck("message-with-ack", "still here"), "still here");
        custom.connect();
        await next(custom, "connect");
        custom.disconnect();
    },

    async "an unknown namespace is refused in words"({ open }) {
        const socket = open("/nowhere");
        const [error] = await next(socket, "connect_error");
        equal([error.message.length > 0, socket.connected, socket.active], [true, false, false]);
    },

    async "a middleware's refusal carries its data, and a second attempt may do better"({ open }) {
        const socket = open("/admin", { auth: { token: "wrong" } });
        const [error] = await next(socket, "connect_error");
        equal([error.message, error.data], ["not authorized", { code: "E_AUTH", retry: false }]);
        equal(socket.active, false);
        socket.auth = { token: "secret" };
        socket.connect();
        await next(socket, "connect");
        equal(await socket.emitWithAck("whoami"), "admin");
    },

    async "rooms: to the others, once each, and no more after leaving"({ open }) {
        const [ann, bob, eve] = [open(), open(), open()];
        const heard = [];
        for (const [name, socket] of Object.entries({ ann, bob, eve })) {
            socket.on("said", (text) => heard.push(`${name}: ${text}`));
            await socket.emitWithAck("join", name === "eve" ? "other" : "r");
        }
        const arrival = next(bob, "said");
        await ann.emitWithAck("say", "r", "one");
        await arrival;
        await bob.emitWithAck("leave", "r");
        await ann.emitWithAck("say", "r", "two");
        // What was on its way to Bob or Eve would come before these answers.
        await Promise.all([bob.emitWithAck("message-with-ack"), eve.emitWithAck("message-with-ack")]);
        equal(heard, ["bob: one"]);
    },

    async "disconnect() says so, and connect() comes back"({ open }) {
        const socket = open();
        await next(socket, "connect");
        const farewell = next(socket, "disconnect");
        socket.disconnect();
        equal((await farewell)[0], "io client disconnect");
        equal([socket.connected, socket.active, socket.id], [false, false, undefined]);
        socket.connect();
        await next(socket, "connect");
        equal(await socket.emitWithAck("message-with-ack", "back"), "back");
    },

    async "the server may end the namespace"({ open }) {
        const socket = open();
        socket.emit("disconnect-me", false);
        equal((await next(socket, "disconnect"))[0], "io server disconnect");
        equal(socket.active, false);
    },

    async "a server's full disconnect keeps the client away"({ open, isReference }) {
        if (isReference) return;
        const socket = open();
        socket.emit("disconnect-me", true);
        equal((await next(socket, "disconnect"))[0], "io server disconnect");
        equal(socket.active, false);
    },

    async "events sent before the connection are kept, in order"({ open }) {
        const socket = open("/", { autoConnect: false });
        const arrivals = take(socket, "message-back", 2);
        socket.emit("message", "one");
        socket.volatile.emit("message", "dropped");
        socket.emit("message", "two");
        socket.connect();
        equal((await arrivals).flat(), ["one", "two"]);
    },

    async "catch-all listeners see both directions"({ open }) {
        const socket = open();
        const seen = [];
        socket.onAny((event, ...args) => event !== "message-back" || seen.push(["in", event, ...args]));
        socket.onAnyOutgoing((event, ...args) => seen.push(["out", event, ...args]));
        socket.emit("message", 1);
        await next(socket, "message-back");
        equal(seen, [["out", "message", 1], ["in", "message-back", 1]]);
    },

    async "listeners: once, off, and a reserved name"({ open }) {
        const socket = open();
        let count = 0;
        const listener = () => count += 1;
        socket.on("message-back", listener);
        socket.once("message-back", listener);
        socket.emit("message");
        await socket.emitWithAck("message-with-ack");
        equal(count, 2);
        socket.off("message-back", listener);
        socket.emit("message");
        await socket.emitWithAck("message-with-ack");
        equal([count, socket.hasListeners("message-back")], [2, false]);
        let refusal;
        try { socket.emit("disconnect"); } catch (error) { refusal = error.message; }
        equal(/reserved/.test(refusal), true, "a reserved name is refused");
    },

    async "the heartbeat keeps a silent connection"({ open }) {
        const socket = open();
        await next(socket, "connect");
        let farewells = 0;
        socket.on("disconnect", () => farewells += 1);
        await pause(4_000);
        equal([farewells, await socket.emitWithAck("message-with-ack", "alive")], [0, "alive"]);
    },

    async "a cut connection comes back by itself"({ open, control }) {
        const socket = open("/", { auth: { who: "me" } });
        await next(socket, "connect");
        const [attempt, echo] = [next(socket.io, "reconnect_attempt"), next(socket, "message-back")];
        const [reason] = await lose(control, socket);
        equal(["transport close", "transport error", "ping timeout"].includes(reason), true, reason);
        equal(socket.active, true);
        socket.emit("message", "while away");
        await attempt;
        equal(await echo, ["while away"]);
    },

    async "an acknowledgement that can no longer come is refused"({ open, control }) {
        const socket = open();
        await next(socket, "connect");
        const answer = rejection(socket.timeout(60_000).emitWithAck("nobody-listens"));
        await socket.emitWithAck("message-with-ack");
        await lose(control, socket);
        equal(await answer, "socket has been disconnected");
    },
};

/** Cases for one way of connecting. */
export const once = {
    async "upgrades from polling to a WebSocket without losing or repeating anything"({ open }) {
        const socket = open("/", { transports: ["polling", "websocket"] });
        const got = [];
        socket.on("message-back", (n) => got.push(n));
        let isUpgraded = false;
        socket.io.engine.once("upgrade", () => isUpgraded = true);
        let sent = 0;
        while (!isUpgraded && sent < 5_000) {
            socket.emit("message", sent++);
            await pause(1);
        }
        equal(socket.io.engine.transport.name, "websocket");
        for (let more = 0; more < 10; more += 1) socket.emit("message", sent++);
        while (got.length < sent) await next(socket, "message-back");
        equal(got, Array.from({ length: sent }, (_, n) => n));
    },

    async "stays with polling where asked to"({ open }) {
        const socket = open("/", { transports: ["polling", "websocket"], upgrade: false });
        await next(socket, "connect");
        await pause(300);
        equal(socket.io.engine.transport.name, "polling");
    },

    async "splits polling payloads at the server's limit"({ open }) {
        const socket = open("/", { transports: ["polling"] });
        await next(socket, "connect");
        const arrivals = take(socket, "message-back", 8);
        for (let n = 0; n < 8; n += 1) socket.emit("message", "é".repeat(20_000));
        equal((await arrivals).flat().map((text) => text.length), Array(8).fill(20_000));
    },

    async "gives up after the attempts it was allowed"({ open, control }) {
        await control("block");
        const socket = open("/", { reconnectionAttempts: 2, reconnectionDelay: 10 });
        let errors = 0;
        socket.on("connect_error", () => errors += 1);
        await next(socket.io, "reconnect_failed");
        equal([errors, socket.connected], [3, false]);
        await control("unblock");
        socket.connect();
        await next(socket, "connect");
    },

    async "tries again until the server is there"({ open, control }) {
        await control("block");
        const socket = open("/", { reconnectionDelay: 10, reconnectionDelayMax: 50 });
        await next(socket, "connect_error");
        equal(socket.active, true);
        await control("unblock");
        await next(socket, "connect");
    },

    async "a restarted server gets its clients back"({ open, control }) {
        const socket = open("/", { reconnectionDelay: 10 });
        await next(socket, "connect");
        const farewell = next(socket, "disconnect");
        await control("restart");
        await farewell;
        equal(await socket.emitWithAck("message-with-ack", "again"), "again");
    },
};

/** Cases for a server that restores sessions. */
export const recovery = {
    async "what was missed during a cut arrives, in order, under the same id"({ open, control }) {
        const [ann, bob] = [open("/", { reconnectionDelay: 1_500 }), open("/", { reconnectionDelay: 10 })];
        await Promise.all([ann.emitWithAck("join", "r"), next(bob, "connect")]);
        const [id, got] = [ann.id, []];
        ann.on("said", (text) => got.push(text));
        await lose(control, ann, bob);
        await next(bob, "connect");
        for (const text of ["one", "two", "three"]) await bob.emitWithAck("say", "r", text);
        await next(ann, "connect");
        equal([ann.recovered, ann.id, got], [true, id, ["one", "two", "three"]]);
        await bob.emitWithAck("say", "r", "four");
        await ann.emitWithAck("message-with-ack");
        equal(got, ["one", "two", "three", "four"]);
    },

    async "recovers a second time, and before any event was received"({ open, control }) {
        const socket = open("/custom", { reconnectionDelay: 10 });
        await next(socket, "connect");
        const { id } = socket;
        for (let turn = 0; turn < 2; turn += 1) {
            await lose(control, socket);
            await next(socket, "connect");
            equal([socket.recovered, socket.id], [true, id], `turn ${turn}`);
        }
    },

    async "a clean goodbye is not recovered"({ open }) {
        const socket = open();
        await next(socket, "connect");
        socket.disconnect();
        socket.connect();
        await next(socket, "connect");
        equal(socket.recovered, false);
    },
};
