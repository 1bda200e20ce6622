// What sockets say and what becomes of it, told once for the official client and for ours, and what only the official
// one has. Needs the handlers of Examples/InteropServer.

import { equal, next, take } from "./browser_cases.js";
import { fresh, managed, noted, pause, settle } from "./lifecycle_cases.js";

/** What sockets say, and what becomes of it. */
export const talk = {
    async "the server knows a socket by the id that the client has"({ open }) {
        for (const nsp of ["/", "/custom"]) {
            const socket = open(nsp);
            const id = await settle(socket);
            equal([id === socket.id, id.length > 0, id === socket.io.engine.id], [true, true, false], nsp);
        }
    },

    async "the query reaches the server, however it is given"({ open, io }) {
        const table = [
            [open("/", { query: { e: "f" } }), { e: "f" }],
            [io(`${location.origin}/?c=d&e=%C3%A9`, { forceNew: true }), { c: "d", e: "é" }],
            [open("/custom", { query: { "&a": "&=?a #+%" } }), { "&a": "&=?a #+%" }],
        ];
        for (const [socket, expected] of table) {
            const { query } = await socket.emitWithAck("get-handshake");
            for (const [name, value] of Object.entries(expected)) equal(query[name], value, name);
        }
    },

    async "the auth reaches the server, and is not in the query"({ open }) {
        for (const auth of [{ a: "b", c: "d" }, (done) => done({ a: "b", c: "d" })]) {
            const handshake = await open("/custom", { auth }).emitWithAck("get-handshake");
            equal([handshake.auth, handshake.query.a], [{ a: "b", c: "d" }, undefined]);
        }
    },

    async "dates go as texts"({ open }) {
        const socket = open();
        const date = new Date();
        socket.emit("message", date, { date });
        equal(await next(socket, "message-back"), [date.toISOString(), { date: date.toISOString() }]);
        equal(await socket.emitWithAck("message-with-ack", date), date.toISOString());
    },

    async "texts of several bytes a character keep their order"({ open }) {
        const socket = open();
        const texts = ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "", "👩‍👩‍👧"];
        const arrivals = take(socket, "message-back", texts.length);
        for (const text of texts) socket.emit("message", text);
        equal((await arrivals).flat(), texts);
    },

    async "binary between texts keeps its place, an ArrayBuffer as well as a Blob"({ open }) {
        const socket = open();
        const data = new Uint8Array([1, 2, 3]);
        const arrivals = take(socket, "message-back", 5);
        socket.emit("message", new Blob([data]));
        socket.emit("message", "second");
        socket.emit("message", { hello: "lol", message: data.buffer, goodbye: "gotcha" });
        socket.emit("message", { hello: "lol", message: new Blob([data]), goodbye: "gotcha" });
        socket.emit("message", "last");
        const [first, second, third, fourth, last] = (await arrivals).flat();
        const shown = (value) => [...new Uint8Array(value instanceof ArrayBuffer ? value : value.buffer)];
        equal([shown(first), second, last], [[1, 2, 3], "second", "last"]);
        for (const each of [third, fourth]) {
            equal([each.hello, shown(each.message), each.goodbye], ["lol", [1, 2, 3], "gotcha"]);
        }
    },

    async "events from before the connection go before those that its listener sends"({ open }) {
        const socket = open("/", { autoConnect: false });
        const order = [];
        const say = (text) => new Promise((resolve) => {
            socket.emit("message-with-ack", text, (answer) => resolve(order.push(answer)));
        });
        const first = say("first");
        const second = new Promise((resolve) => socket.on("connect", () => say("second").then(resolve)));
        socket.connect();
        await Promise.all([first, second]);
        equal(order, ["first", "second"]);
    },

    async "a volatile event is dropped without a connection"({ open }) {
        const socket = open("/", { autoConnect: false });
        const answers = [];
        socket.volatile.emit("get-id", () => answers.push("volatile"));
        const kept = new Promise((resolve) => socket.emit("get-id", () => resolve(answers.push("kept"))));
        socket.connect();
        await kept;
        await settle(socket);
        equal(answers, ["kept"]);
    },

    async "a volatile event is sent where the way is free"({ open }) {
        const socket = open();
        await next(socket, "connect");
        let isAnswered = false;
        while (!isAnswered) {
            socket.volatile.emit("get-id", () => isAnswered = true);
            await pause(50);
        }
    },

    async "catch-all listeners: the one put in front is first, and one taken away hears nothing"({ open }) {
        const socket = open("/custom");
        const heard = [];
        const unwanted = () => heard.push("unwanted");
        for (const way of ["Any", "AnyOutgoing"]) {
            socket[`on${way}`](unwanted);
            socket[`off${way}`](unwanted);
            equal(socket[`listeners${way}`]().length, 0);
            socket[`on${way}`](() => heard.push(`${way} 3`));
            socket[`prepend${way}`](() => heard.push(`${way} 2`));
            socket[`prepend${way}`](() => heard.push(`${way} 1`));
        }
        await next(socket, "auth");
        equal(heard, ["Any 1", "Any 2", "Any 3"]);
        if (!socket.connected) await next(socket, "connect");
        socket.emit("nobody-listens");
        equal(heard.slice(3), ["AnyOutgoing 1", "AnyOutgoing 2", "AnyOutgoing 3"]);
    },

    async "catch-all listeners for what is sent see binary as it was given"({ open }) {
        const socket = open("/custom");
        await next(socket, "connect");
        const data = Uint8Array.of(1, 2, 3);
        const seen = [];
        socket.onAnyOutgoing((...args) => seen.push(args));
        socket.emit("my-event", data);
        equal([seen.length, seen[0][0], seen[0][1] === data], [1, "my-event", true]);
    },

    async "an event whose time is over before there is a connection is not sent"({ open }) {
        const socket = open("/", { autoConnect: false });
        const error = await new Promise((resolve) => socket.timeout(50).emit("message", "late", resolve));
        equal(error instanceof Error, true);
        const echoes = noted(socket, "message-back");
        socket.connect();
        await settle(socket);
        equal(echoes, []);
    },

    async "a time-out is told once, also where the answer still comes"({ open }) {
        const socket = open();
        await next(socket, "connect");
        const answers = [];
        socket.timeout(0).emit("slow-ack", 42, (...args) => answers.push(args));
        await pause(300);
        await settle(socket);
        equal([answers.length, answers[0][0] instanceof Error], [1, true]);
    },

    async "an answer in time comes behind null"({ open }) {
        const socket = open();
        const answer = new Promise((resolve) => {
            socket.timeout(30_000).emit("message-with-ack", 42, (...all) => resolve(all));
        });
        equal(await answer, [null, 42]);
    },

    async "ackTimeout is the time for every acknowledgement"({ open }) {
        const socket = open("/", { ackTimeout: 50 });
        const error = await new Promise((resolve) => socket.emit("nobody-listens", resolve));
        equal(error instanceof Error, true);
    },

    async "at disconnect() those who wait hear an error, where they can"({ open }) {
        const [plain, timed] = [open(), open("/", { ackTimeout: 30_000 })];
        await Promise.all([next(plain, "connect"), next(timed, "connect")]);
        const calls = [];
        const failure = (promise) => promise.then(() => "an answer", (error) => error instanceof Error && "an error");
        plain.emit("nobody-listens", () => calls.push("a callback without a time"));
        plain.timeout(30_000).emit("nobody-listens", (error) => calls.push(error instanceof Error));
        timed.emit("nobody-listens", (error) => calls.push(error instanceof Error));
        const promises = [plain.emitWithAck("nobody-listens"), plain.timeout(30_000).emitWithAck("nobody-listens")];
        plain.disconnect();
        timed.disconnect();
        equal(await Promise.all(promises.map(failure)), ["an error", "an error"]);
        await pause(50);
        equal(calls, [true, true]);
    },

    async "what was not sent yet is answered after the next connection"({ open }) {
        const socket = open();
        await next(socket, "connect");
        socket.disconnect();
        const answer = new Promise((resolve) => socket.emit("message-with-ack", "a", resolve));
        socket.connect();
        equal(await answer, "a");
    },

    async "a name that connections use is refused"({ open }) {
        const socket = open();
        for (const name of ["connect", "connect_error", "disconnect", "disconnecting"]) {
            let message = "";
            try { socket.emit(name, "x"); } catch (error) { ({ message } = error); }
            equal(/reserved/.test(message), true, name);
        }
    },
};

/** What only the official client has: sending again what was not acknowledged, and switches of its manager. */
export const official = {
    async "events with retries keep their order and are sent one by one"({ open }) {
        const socket = open("/", { retries: 1, ackTimeout: 30_000 });
        const order = [];
        const sent = noted(socket.io.engine, "packetCreate");
        const answers = [1, 2, 3].map((number) => new Promise((resolve) => {
            socket.emit("message-with-ack", number, (error, value) => resolve(order.push([error, value])));
        }));
        await Promise.all(answers);
        equal(order, [[null, 1], [null, 2], [null, 3]]);
        const events = sent.map(([{ data }]) => data).filter((data) => String(data).startsWith("2"));
        equal(events, [1, 2, 3].map((number, id) => `2${id}["message-with-ack",${number}]`));
    },

    async "an event that is never acknowledged is sent as often as it may be"({ open }) {
        const socket = open("/", { retries: 3, ackTimeout: 100 });
        const echoes = noted(socket, "message-back");
        const error = await new Promise((resolve) => socket.emit("message", "x", resolve));
        equal(error instanceof Error, true);
        socket.io.opts.retries = 0;
        while (echoes.length < 4) await next(socket, "message-back");
        equal(echoes.length, 4);
    },

    async "retries wait for the connection"({ open }) {
        const socket = open("/", { autoConnect: false, retries: 3, ackTimeout: 10_000 });
        const answer = new Promise((resolve) => socket.emit("message-with-ack", 1, (...all) => resolve(all)));
        await pause(100);
        socket.connect();
        equal(await answer, [null, 1]);
    },

    async "a volatile event is dropped while others are on their way"({ open }) {
        const socket = open();
        await next(socket, "connect");
        const answers = [];
        const kept = new Promise((resolve) => socket.emit("get-id", () => resolve(answers.push("kept"))));
        socket.volatile.emit("get-id", () => answers.push("volatile"));
        await kept;
        await pause(100);
        equal(answers, ["kept"]);
    },

    async "reconnection can be switched off while it goes on"(given) {
        await given.control("block");
        await managed(given, {}, async (manager, socketOf) => {
            socketOf(fresh("never"));
            await next(manager, "reconnect_error");
            manager.reconnection(false);
            const attempts = noted(manager, "reconnect_attempt");
            await pause(200);
            equal(attempts, []);
        });
    },

    async "what cannot be read ends the connection, and it comes back"(given) {
        await managed(given, {}, async (manager, socketOf) => {
            const socket = socketOf("/");
            await next(socket, "connect");
            const { engine } = manager;
            const back = next(manager, "reconnect");
            engine.emit("data", "bad");
            await back;
            equal([manager.engine === engine, engine.readyState], [false, "closed"]);
        });
    },
};
