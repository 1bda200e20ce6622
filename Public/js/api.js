// The REST calls of the page. Each rejects with an `ApiError` whose message is a sentence for the reader.

/** What the server refused, or that it could not be reached. */
export class ApiError extends Error {
    /** @param {string} message @param {number} [status] The HTTP status, where there was an answer. */
    constructor(message, status) {
        super(message);
        this.status = status;
    }
}

/** What to do where the API has only a word for what is wrong, by status. */
const WISHES = {
    401: "This is not the password of the room. Check it and try again.",
    404: "There is no such room. Check its name, or create it.",
};

/** How often a page of history is asked for where the server has no room for it. */
const ATTEMPTS = 4;

/** @param {string} room @param {string} password */
export async function createRoom(room, password) {
    await request("/room/create", post({ room_id: room, password }));
}

/**
 * Exchanges a room's password for a token.
 * @param {string} room @param {string} password
 * @returns {Promise<string>}
 */
export async function verifyRoom(room, password) {
    try {
        const { token } = await request(`/chat/${encodeURIComponent(room)}/verify`, post({ password }));
        return token;
    } catch (error) {
        throw WISHES[error.status] ? new ApiError(WISHES[error.status], error.status) : error;
    }
}

/**
 * A page of a room's messages, oldest first, and whether there are further ones: a page may have fewer than it is asked
 * for.
 * @param {import("./session.js").Session} session
 * @param {{ limit?: number, before?: number, after?: number }} page Message ids.
 * @returns {Promise<{ messages: object[], hasMore: boolean }>}
 */
export async function history({ room, user, token }, page) {
    const query = new URLSearchParams({ user_id: user });
    for (const [name, value] of Object.entries(page)) if (value !== undefined) query.set(name, String(value));
    const url = `/chat/${encodeURIComponent(room)}/messages?${query}`;
    const init = { headers: token ? { Authorization: `Bearer ${token}` } : {} };
    for (let attempt = 1; ; attempt += 1) {
        const response = await reach(url, init);
        const wait = Number(response.headers.get("Retry-After") ?? NaN);
        if (response.ok || attempt === ATTEMPTS || !(wait <= 10)) {
            return { messages: await content(response), hasMore: response.headers.get("X-Has-More") === "true" };
        }
        // Not at the moment at which all others come again.
        await new Promise((done) => setTimeout(done, 1000 * wait * (1 + Math.random())));
    }
}

function post(body) {
    return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function request(url, init) {
    return content(await reach(url, init));
}

async function reach(url, init) {
    try {
        return await fetch(url, { cache: "no-store", credentials: "same-origin", ...init });
    } catch {
        throw new ApiError("The server cannot be reached. Check the connection and try again.");
    }
}

async function content(response) {
    const body = await response.json().catch(() => null);
    if (response.ok && body !== null) return body;
    const sentence = body?.error ?? body?.message ?? `The server answered ${response.status}. Try again.`;
    throw new ApiError(sentence, response.status);
}
