import { el, testid } from "../dom.js";

/** How long after the last key somebody still counts as typing, in milliseconds. */
const TYPING_PAUSE = 3_000;

/** How often "typing" is repeated while it goes on, in milliseconds. */
const TYPING_REPEAT = 5_000;

/** The box in which a message is written: Enter sends, Shift and Enter begins a new line. */
export class Composer {
    #send;
    #tellTyping;
    #input;
    #button = el("button", { type: "submit", class: "primary", disabled: true, ...testid("send") }, "Send");
    #typingSince = 0;
    #pauseTimer;

    /** @param {(text: string) => void} send @param {(isTyping: boolean) => void} tellTyping */
    constructor(send, tellTyping) {
        this.#send = send;
        this.#tellTyping = tellTyping;
        this.#input = el("textarea", {
            id: "composer-input", rows: 1, placeholder: "Write a message", maxLength: 5_000, dir: "auto",
            enterKeyHint: "send", onkeydown: (event) => this.#pressed(event), oninput: () => this.#changed(),
            ...testid("composer"),
        });
        this.element = el("form", {
            class: "composer", "aria-label": "Write a message",
            onsubmit: (event) => {
                event.preventDefault();
                this.#submit();
            },
        }, el("label", { for: "composer-input", class: "visually-hidden" }, "Message"), this.#input, this.#button);
    }

    focus() {
        this.#input.focus();
    }

    #pressed(event) {
        // While an input method composes, Enter belongs to it.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#submit();
    }

    #changed() {
        const isEmpty = this.#input.value.trim() === "";
        this.#button.disabled = isEmpty;
        clearTimeout(this.#pauseTimer);
        if (isEmpty) return this.#stopTyping();
        if (Date.now() - this.#typingSince > TYPING_REPEAT) {
            this.#typingSince = Date.now();
            this.#tellTyping(true);
        }
        this.#pauseTimer = setTimeout(() => this.#stopTyping(), TYPING_PAUSE);
    }

    #submit() {
        const text = this.#input.value.trim();
        if (text === "") return;
        this.#input.value = "";
        this.#changed();
        this.#send(text);
        this.focus();
    }

    #stopTyping() {
        clearTimeout(this.#pauseTimer);
        if (this.#typingSince > 0) this.#tellTyping(false);
        this.#typingSince = 0;
    }
}
