// What clients of Socket.IO 2 (Engine.IO 3) do with this server. See browser_cases.js for what a case gets.

import { equal, next, take } from "./browser_cases.js";

const bytes = (buffer) => [...new Uint8Array(buffer)];
const ask = (socket, event, ...args) => new Promise((resolve) => {
    socket.emit(event, ...args, (...answer) => resolve(answer));
});

export const v2 = {
    async "connects, and is greeted"({ open }) {
        const socket = open();
        const [greeting] = await Promise.all([next(socket, "auth"), next(socket, "connect")]);
        equal([greeting.length, typeof socket.id], [1, "string"]);
    },

    async "gets arguments back as they were"({ open }) {
        const socket = open();
        const args = [1, -2.5, "é ☃ 😀 \u2028 \u0000 \u001e \\n \n", true, null, { a: [{}], "": "x" }, [[[]]]];
        socket.emit("message", ...args);
        equal(await next(socket, "message-back"), args);
    },

    async "gets a long text back"({ open }) {
        const socket = open();
        // As a form field, which is what JSONP sends, each of these takes 18 bytes.
        const text = "ß😀".repeat(5_000);
        socket.emit("message", text);
        equal((await next(socket, "message-back"))[0] === text, true);
    },

    async "acknowledgements go both ways"({ open }) {
        const socket = open();
        equal(await ask(socket, "message-with-ack", 1, "2"), [1, "2"]);
        socket.on("question", (first, answer) => answer({ first }));
        socket.emit("ask-me", 7);
        equal(await next(socket, "answered"), [{ answer: { first: 7 } }]);
    },

    async "binary goes both ways, between texts, in order"({ open }) {
        const socket = open();
        const arrivals = take(socket, "message-back", 3);
        socket.emit("message", "before é");
        socket.emit("message", new Uint8Array([0, 255, 30]).buffer, { deep: [new Uint8Array([1]).buffer] });
        socket.emit("message", "after");
        const [before, [first, { deep: [second] }], after] = await arrivals;
        equal([before, bytes(first), bytes(second), after], [["before é"], [0, 255, 30], [1], ["after"]]);
        const data = new Uint8Array(3_000).map((_, index) => index);
        equal(bytes((await ask(socket, "message-with-ack", data.buffer))[0]), [...data]);
    },

    async "100 events keep their order"({ open }) {
        const socket = open();
        const arrivals = take(socket, "message-back", 100);
        for (let n = 0; n < 100; n += 1) socket.emit("message", n);
        equal((await arrivals).flat(), Array.from({ length: 100 }, (_, n) => n));
    },

    async "a namespace's query is its auth"({ open }) {
        const socket = open("/custom?token=abc");
        equal(await next(socket, "auth"), [{ token: "abc" }]);
    },

    async "a middleware refuses with its data"({ open }) {
        const [error] = await next(open("/admin?token=wrong"), "error");
        equal(error, { code: "E_AUTH", retry: false });
        const friend = open("/admin?token=secret");
        equal(await ask(friend, "whoami"), ["admin"]);
    },

    async "an unknown namespace is refused"({ open }) {
        equal(await next(open("/nowhere"), "error"), ["Invalid namespace"]);
    },

    async "rooms reach the others, once each"({ open }) {
        const [ann, bob] = [open(), open()];
        const heard = [];
        for (const socket of [ann, bob]) socket.on("said", (text) => heard.push(text));
        await Promise.all([ask(ann, "join", "r"), ask(bob, "join", "r")]);
        const arrival = next(bob, "said");
        await ask(ann, "say", "r", "one");
        await arrival;
        await ask(bob, "leave", "r");
        await ask(ann, "say", "r", "two");
        await ask(bob, "message-with-ack");
        equal(heard, ["one"]);
    },

    async "the server may end it"({ open }) {
        const socket = open();
        socket.emit("disconnect-me", false);
        equal((await next(socket, "disconnect"))[0], "io server disconnect");
    },

    async "the heartbeat keeps a silent connection"({ open }) {
        const socket = open();
        await next(socket, "connect");
        let farewells = 0;
        socket.on("disconnect", () => farewells += 1);
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        equal([await ask(socket, "message-with-ack", "alive"), farewells], [["alive"], 0]);
    },

    async "a cut connection comes back"({ open, control }) {
        const socket = open();
        await next(socket, "connect");
        const farewell = next(socket, "disconnect");
        await control("block");
        await farewell;
        await control("unblock");
        await next(socket, "reconnect");
        equal(await ask(socket, "message-with-ack", "back"), ["back"]);
    },
};

export const v2Upgrade = {
    async "upgrades without losing or repeating anything"({ open }) {
        const socket = open();
        const got = [];
        socket.on("message-back", (n) => got.push(n));
        let isUpgraded = false;
        socket.io.engine.once("upgrade", () => isUpgraded = true);
        let sent = 0;
        while (!isUpgraded && sent < 5_000) {
            socket.emit("message", sent++);
            await new Promise((resolve) => setTimeout(resolve, 1));
        }
        equal(socket.io.engine.transport.name, "websocket");
        for (let more = 0; more < 10; more += 1) socket.emit("message", sent++);
        while (got.length < sent) await next(socket, "message-back");
        equal(got, Array.from({ length: sent }, (_, n) => n));
    },
};
