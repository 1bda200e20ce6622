/**
 * Socket.IO 5 over Engine.IO 4 for browsers, without dependencies or build step.
 *
 * ```js
 * import { io } from "./socket.js";
 * const socket = io();
 * socket.on("connect", () => socket.emit("hello", "world"));
 * const answer = await socket.timeout(5000).emitWithAck("question", { life: 42 });
 * ```
 *
 * The server also offers it at `/socket.io/socket.io.js` as a classic script that sets the global `io`, and at
 * `/socket.io/socket.io.esm.min.js` as one module. Both are made from these files by joining them, so the files keep to
 * this form: one line per import or re-export, `export` before declarations only, no two top-level names alike.
 */

import { Manager } from "./socket/manager.js";

/** The revision of the Socket.IO protocol. */
export const protocol = 5;

/** Managers by server and path, for namespaces that share a connection. @type {Map<string, Manager>} */
const managers = new Map();

/**
 * Connects to a namespace of a Socket.IO server.
 *
 * The namespace is the path of `url`: `io("/admin")`, `io("https://example.org/admin")`. Sockets of one server share a
 * connection unless `forceNew` is set or the namespace is in use already.
 * @param {string | object} [url] The page's own origin by default; an object counts as `options`.
 * @param {object} [options] See `defaults` in manager.js; also `auth`, `forceNew`, `multiplex`, `extraHeaders`.
 */
export function io(url = "", options = {}) {
    if (typeof url === "object") return io("", url);
    const [, scheme, host = "", nsp = "/"] = /^(?:([a-z]+:)?\/\/)?([^/?#]*)(\/[^?#]*)?/i.exec(url);
    const page = globalThis.location;
    const server = host === "" ? page.origin : `${scheme?.replace("ws", "http") ?? page.protocol}//${host}`;
    const query = Object.fromEntries(new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? ""));
    const given = { ...options, query: { ...query, ...options.query } };
    const key = `${server} ${given.path ?? ""}`;
    const known = managers.get(key);
    const isApart = given.forceNew || given.multiplex === false || known?.has(nsp);
    const manager = known && !isApart ? known : new Manager(server, given);
    if (!isApart) managers.set(key, manager);
    return manager.socket(nsp, given);
}

export { Manager, defaults } from "./socket/manager.js";
export { Socket } from "./socket/namespace-socket.js";
export { Engine } from "./socket/engine.js";
