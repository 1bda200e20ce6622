import { el, testid } from "../dom.js";

/** How long a connection may be away before the reader is told, in milliseconds: most are back sooner. */
const QUIET = 700;

/** The bars under the header: whether the connection is there, and what was refused. */
export class Notices {
    #countWaiting;
    #state = "connecting";
    #timer;
    #connection = el("span", { role: "status", ...testid("connection") });
    #bar;
    #refusal = el("p", { class: "notice error", role: "alert", ...testid("room-error") });

    /** @param {() => void} tryNow @param {() => number} countWaiting */
    constructor(tryNow, countWaiting) {
        this.#countWaiting = countWaiting;
        this.#bar = el("div", { class: "notice warn", hidden: true }, this.#connection, " ",
            el("button", { type: "button", class: "quiet", onclick: tryNow, ...testid("try-now") }, "Try now"));
        this.element = el("div", { class: "notices" }, this.#bar, this.#refusal);
        addEventListener("online", () => this.update());
        addEventListener("offline", () => this.update());
    }

    /** @param {"connecting" | "joined" | "away" | "refused"} state */
    setState(state) {
        this.#state = state;
        clearTimeout(this.#timer);
        if (state === "joined") this.update();
        else this.#timer = setTimeout(() => this.update(), QUIET);
    }

    /** @param {string} sentence */
    refuse(sentence) {
        this.#refusal.textContent = sentence;
    }

    update() {
        const isAway = this.#state !== "joined";
        this.#bar.hidden = !isAway;
        this.#connection.textContent = isAway ? this.#sentence() : "";
    }

    #sentence() {
        const state = this.#state === "connecting" ? "Connecting…" : "Connection lost. Reconnecting…";
        const count = this.#countWaiting();
        const waiting = count === 1 ? "1 message is waiting." : count > 1 ? `${count} messages are waiting.` : "";
        return `${navigator.onLine ? state : "Offline."} ${waiting}`;
    }
}
