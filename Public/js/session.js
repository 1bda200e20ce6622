// What survives a reload of this tab: the room, the name and the tokens, never the password.

const KEY = "parley.session";

/**
 * @typedef {object} Session
 * @property {string} room
 * @property {string} user
 * @property {string} [token] Opens the room for an hour; not needed where the room or the address is open.
 * @property {string} [guestToken] Gives back the same name.
 */

/** @returns {Session | null} */
export function loadSession() {
    try {
        return JSON.parse(sessionStorage.getItem(KEY));
    } catch {
        return null;
    }
}

/** @param {Session | null} session */
export function saveSession(session) {
    try {
        if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
        else sessionStorage.removeItem(KEY);
    } catch {
        // Storage may be forbidden; then a reload asks for the password again.
    }
}
