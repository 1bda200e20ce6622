import { el, testid } from "../dom.js";

const CHOICES = [
    ["👍", "thumbs up"], ["❤️", "heart"], ["😂", "laughing"], ["😮", "surprised"], ["😢", "sad"], ["🎉", "party"],
];

/** One message of the timeline. */
export class MessageRow {
    #user;
    #react;
    #reactions = el("div", { class: "message-reactions" });

    /**
     * @param {object} message As the server sends it.
     * @param {number} number
     * @param {{ user: () => string, react: (id: number, reaction: string) => void }} context
     */
    constructor(message, number, { user, react }) {
        this.#user = user;
        this.#react = (reaction) => react(number, reaction);
        this.date = new Date(message.timestamp);
        this.day = this.date.toDateString();
        this.element = this.#build(message, number);
        this.showReactions(message);
    }

    #build(message, number) {
        const isOwn = message.user_id === this.#user();
        const name = message.username ?? message.user_id;
        const author = isOwn ? `${name} (you)` : name;
        const time = this.date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
        const classes = isOwn ? "message own" : "message";
        return el("li", { class: classes, data: { id: String(number) }, ...testid("message") },
            el("div", { class: "message-head" },
                el("span", { class: "message-author", dir: "auto", ...testid("author") }, author),
                el("time", { dateTime: this.date.toISOString(), title: this.date.toLocaleString() }, time),
                this.#pickerButton()),
            el("p", { class: "message-text", dir: "auto", ...testid("text") }, message.message),
            this.#reactions);
    }

    /** @param {{ reactions?: Record<string, string[]>, reaction_counts?: Record<string, number> }} given Who gave which. */
    showReactions({ reactions = {}, reaction_counts: counts = {} }) {
        const chips = Object.entries(reactions).filter(([, users]) => users.length > 0)
            .map(([text, users]) => this.#chip(text, users, counts[text] ?? users.length));
        this.#reactions.replaceChildren(...chips);
    }

    #chip(text, users, count) {
        const isMine = users.includes(this.#user());
        const names = users.join(", ") + (count > users.length ? ` and ${count - users.length} others` : "");
        return el("button", {
            type: "button", class: "reaction", title: names, "aria-pressed": String(isMine),
            "aria-label": `${text}, ${count} from ${names}`, onclick: () => this.#react(text),
            ...testid("reaction"),
        }, `${text} ${count}`);
    }

    #pickerButton() {
        const button = el("button", {
            type: "button", class: "quiet react", "aria-label": "React", title: "React", "aria-expanded": "false",
            onclick: () => this.#openPicker(button), ...testid("react"),
        }, "☺+");
        return button;
    }

    #openPicker(button) {
        this.element.querySelector(".reaction-picker")?.remove();
        const close = () => {
            picker.remove();
            button.setAttribute("aria-expanded", "false");
            button.focus();
        };
        const choices = CHOICES.map(([text, name]) => el("button", {
            type: "button", "aria-label": name, title: name, ...testid("reaction-choice"),
            onclick: () => {
                close();
                this.#react(text);
            },
        }, text));
        const picker = el("div", {
            class: "reaction-picker", role: "group", "aria-label": "Choose a reaction",
            onkeydown: (event) => event.key === "Escape" && close(),
        }, ...choices);
        this.element.append(picker);
        button.setAttribute("aria-expanded", "true");
        choices[0].focus();
    }
}

/**
 * A message that the server has not taken yet.
 * @param {import("../outbox.js").OutboxEntry} entry
 * @param {() => void} retry
 * @param {() => void} remove
 */
export function waitingRow({ text, refusal }, retry, remove) {
    const state = refusal === null
        ? el("p", { class: "message-state" }, "Sending…")
        : el("p", { class: "message-state failed", role: "alert" }, `Not sent: ${refusal} `,
            el("button", { type: "button", onclick: retry, ...testid("retry") }, "Retry"), " ",
            el("button", { type: "button", onclick: remove, ...testid("delete") }, "Delete"));
    return el("li", { class: "message own waiting", ...testid("waiting") },
        el("p", { class: "message-text", dir: "auto" }, text), state);
}
