// The life of connections, managers and namespaces, told once for the official client and for ours. Needs the handlers
// of Examples/InteropServer. Cases get what those of browser_cases.js get, and `io`.

import { equal, next } from "./browser_cases.js";

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A manager for one case; without sockets that want it, it is closed. */
export async function managed({ io }, options, body) {
    const manager = new io.Manager(location.origin, { reconnectionDelay: 10, ...options });
    const sockets = new Set();
    const socket = (nsp) => {
        const made = manager.socket(nsp);
        sockets.add(made);
        return made;
    };
    try {
        await body(manager, socket);
    } finally {
        for (const each of sockets) each.disconnect();
    }
}

/** Notes every event of that name. */
export function noted(emitter, event) {
    const seen = [];
    emitter.on(event, (...args) => seen.push(args));
    return seen;
}

/** A namespace that no case before has used: the clients remember those that they know. */
export const fresh = (name) => `/dynamic-${name}-${Math.random().toString(36).slice(2)}`;

/** An answer of the server: what was on its way comes before it. */
export const settle = (socket) => socket.emitWithAck("get-id");

/** How managers and their sockets come and go. */
export const lives = {
    async "nothing is done before it is asked for"({ io }) {
        const socket = io(location.origin, { forceNew: true, autoConnect: false });
        await pause(100);
        equal([Boolean(socket.io.engine), socket.connected, socket.active], [false, false, false]);
        socket.connect();
        await next(socket, "connect");
    },

    async "two sockets of one namespace have a connection each"({ io }) {
        const [one, two] = [io(`${location.origin}/`), io(`${location.origin}/`)];
        equal(one.io === two.io, false);
        await Promise.all([next(one, "connect"), next(two, "connect")]);
        equal(one.id === two.id, false);
    },

    async "another query or another path has a connection of its own"({ io }) {
        const [one, two] = [io(`${location.origin}/?one`), io(`${location.origin}/`)];
        equal(one.io === two.io, false);
        const [here, there] = [io(`${location.origin}/`, { path: "/a/" }), io(`${location.origin}/`, { path: "/b/" })];
        equal(here.io === there.io, false);
        equal([here.io.opts.path, there.io.opts.path], ["/a/", "/b/"]);
        for (const socket of [here, there]) socket.disconnect();
    },

    async "namespaces of one server share a connection"({ io }) {
        const [one, two] = ["one", "two"].map((name) => io(location.origin + fresh(name)));
        equal(one.io === two.io, true);
        await Promise.all([next(one, "connect"), next(two, "connect")]);
        equal([await settle(one), await settle(two)], [one.id, two.id]);
    },

    async "a namespace can be joined over an open connection, and when all others have gone"(given) {
        await managed(given, {}, async (manager, socketOf) => {
            const main = socketOf("/");
            await next(main, "connect");
            const second = socketOf("/custom");
            await next(second, "connect");
            second.disconnect();
            main.disconnect();
            const third = socketOf(fresh("third"));
            await next(third, "connect");
            equal([main.connected, second.connected, await settle(third)], [false, false, third.id]);
        });
    },

    async "one namespace is left while another is joined"(given) {
        await managed(given, {}, async (manager, socketOf) => {
            const first = socketOf(fresh("first"));
            await next(first, "connect");
            const second = socketOf(fresh("second"));
            first.disconnect();
            await next(second, "connect");
            equal([first.connected, second.connected], [false, true]);
        });
    },

    async "the connection lasts until the last namespace is left"(given) {
        await managed(given, {}, async (manager, socketOf) => {
            const [first, second] = [socketOf(fresh("first")), socketOf(fresh("second"))];
            await Promise.all([next(first, "connect"), next(second, "connect")]);
            const [farewells, closes] = [noted(second, "disconnect"), noted(manager, "close")];
            first.disconnect();
            equal(await settle(second), second.id);
            equal([farewells, closes], [[], []]);
            const end = next(manager, "close");
            second.disconnect();
            await end;
            equal(farewells.length, 1);
        });
    },

    async "a manager has one socket for a namespace, and calls it back"(given) {
        await managed(given, {}, async (manager, socketOf) => {
            const socket = socketOf("/");
            await next(socket, "connect");
            socket.disconnect();
            const again = socketOf("/");
            equal([again === socket, again.active], [true, true]);
            await next(again, "connect");
        });
    },

    async "a namespace that is asked for twice is joined once"(given) {
        await managed(given, {}, async (manager, socketOf) => {
            await next(manager, "open");
            const [one, two] = [socketOf("/"), socketOf("/")];
            equal(one === two, true);
            const greetings = noted(one, "auth");
            await next(one, "connect");
            await settle(one);
            equal(greetings.length, 1);
        });
    },

    async "a lost connection comes back under another id"({ open, control }) {
        const socket = open("/", { reconnectionDelay: 10 });
        await next(socket, "connect");
        const { id } = socket;
        const [attempt, back] = [next(socket.io, "reconnect_attempt"), next(socket.io, "reconnect")];
        await control("cut");
        equal(await attempt, [1]);
        equal(socket.id, undefined);
        await back;
        if (!socket.connected) await next(socket, "connect");
        equal([socket.id === id, Boolean(socket.recovered)], [false, false]);
    },

    async "a socket that went and was called back comes back by itself, too"({ open, control }) {
        const socket = open("/", { reconnectionDelay: 10 });
        await next(socket, "connect");
        socket.disconnect();
        socket.connect();
        await next(socket, "connect");
        const back = next(socket.io, "reconnect");
        await control("cut");
        await back;
    },

    async "disconnect() and connect() in one breath are one farewell"({ open }) {
        const socket = open("/");
        const farewells = noted(socket, "disconnect");
        await next(socket, "connect");
        socket.disconnect().connect();
        await next(socket, "connect");
        equal(farewells.map(([reason]) => reason), ["io client disconnect"]);
        equal(await settle(socket), socket.id);
    },

    async "disconnect() while connecting is no error"({ open }) {
        const socket = open("/", { timeout: 100 });
        const [errors, refusals] = [noted(socket.io, "error"), noted(socket, "connect_error")];
        socket.disconnect();
        await pause(300);
        equal([errors, refusals, socket.connected], [[], [], false]);
    },

    async "a server that takes too long to answer is an error"({ open }) {
        // The server lets nobody in within this time.
        const socket = open("/", { timeout: 50, query: { slow: 1 }, reconnection: false });
        const [error] = await next(socket, "connect_error");
        equal([error instanceof Error, error.message.length > 0, socket.connected], [true, true, false]);
    },

    async "a connection that stays tries nothing, and reports no error"(given) {
        await managed(given, {}, async (manager, socketOf) => {
            const [attempts, errors] = [noted(manager, "reconnect_attempt"), noted(manager, "error")];
            const socket = socketOf(fresh("calm"));
            const refusals = noted(socket, "connect_error");
            await next(socket, "connect");
            await pause(200);
            equal([attempts, errors, refusals], [[], [], []]);
        });
    },

    async "a connection that is lost reports no connect_error"({ open, control }) {
        const socket = open("/", { reconnectionDelay: 10 });
        await next(socket, "connect");
        const refusals = noted(socket, "connect_error");
        await control("cut");
        await next(socket, "connect");
        equal(refusals, []);
    },

    async "attempts are counted, end, and begin again with connect()"(given) {
        await given.control("block");
        await managed(given, { reconnectionAttempts: 2 }, async (manager, socketOf) => {
            const attempts = noted(manager, "reconnect_attempt");
            const errors = noted(manager, "reconnect_error");
            const socket = socketOf(fresh("never"));
            await next(manager, "reconnect_failed");
            equal([attempts, errors.length], [[[1], [2]], 2]);
            socket.connect();
            await next(manager, "reconnect_failed");
            equal(attempts, [[1], [2], [1], [2]]);
        });
    },

    async "a namespace that is asked for meanwhile adds no attempts"(given) {
        await given.control("block");
        await managed(given, { reconnectionAttempts: 2 }, async (manager, socketOf) => {
            const attempts = noted(manager, "reconnect_attempt");
            socketOf(fresh("first"));
            await next(manager, "reconnect_attempt");
            socketOf(fresh("second"));
            await next(manager, "reconnect_failed");
            equal(attempts, [[1], [2]]);
        });
    },

    async "nothing is tried where reconnection is off"(given) {
        await given.control("block");
        await managed(given, { reconnection: false }, async (manager, socketOf) => {
            const attempts = noted(manager, "reconnect_attempt");
            socketOf(fresh("never"));
            await next(manager, "error");
            await pause(200);
            equal(attempts, []);
        });
    },

    async "disconnect() ends the attempts, and connect() begins them again"({ open, control }) {
        await control("block");
        const socket = open("/", { reconnectionDelay: 10, reconnectionDelayMax: 20 });
        await next(socket.io, "reconnect_attempt");
        socket.disconnect();
        const attempts = noted(socket.io, "reconnect_attempt");
        await pause(200);
        equal([attempts, socket.active], [[], false]);
        socket.connect();
        await next(socket.io, "reconnect_attempt");
        await control("unblock");
        await next(socket, "connect");
    },

    async "disconnect() at the first error prevents the attempts"({ open, control }) {
        await control("block");
        const socket = open("/", { reconnectionDelay: 10 });
        await next(socket, "connect_error");
        const attempts = noted(socket.io, "reconnect_attempt");
        socket.disconnect();
        await pause(200);
        equal(attempts, []);
        await control("unblock");
    },

    async "one namespace may give up while another comes back"(given) {
        await managed(given, { reconnectionDelayMax: 20 }, async (manager, socketOf) => {
            const [first, second] = [socketOf("/"), socketOf(fresh("second"))];
            await Promise.all([next(first, "connect"), next(second, "connect")]);
            await given.control("block");
            await next(manager, "reconnect_attempt");
            first.disconnect();
            const returns = noted(first, "connect");
            await given.control("unblock");
            await next(second, "connect");
            await settle(second);
            equal([returns, first.connected, second.connected], [[], false, true]);
        });
    },

    async "a refusal in words is final: nothing is tried again"({ open, control }) {
        const socket = open("/admin", { auth: { token: "wrong" }, reconnectionDelay: 10 });
        const refusals = noted(socket, "connect_error");
        await next(socket, "connect_error");
        await control("cut");
        await pause(300);
        equal([refusals.length, socket.active], [1, false]);
    },
};
