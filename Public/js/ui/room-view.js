import { el, testid } from "../dom.js";
import { Composer } from "./composer.js";
import { Notices } from "./notices.js";
import { People } from "./people.js";
import { Timeline } from "./timeline.js";

/** A room on the screen: what the connection reports goes to the parts, what the reader does goes to the connection. */
export class RoomView {
    #connection;
    #leave;
    #timeline;
    #composer;
    #people;
    #notices;
    #online = el("span", { class: "online", ...testid("online-count") }, "…");
    #typing = el("p", { class: "typing", role: "status", ...testid("typing") });
    #unread = 0;

    /** @param {import("../room-connection.js").RoomConnection} connection @param {() => void} leave */
    constructor(connection, leave) {
        this.#connection = connection;
        this.#leave = leave;
        this.#timeline = new Timeline({
            user: () => connection.user,
            react: (id, reaction) => connection.react(id, reaction),
            earlier: (id) => connection.earlier(id),
            outbox: connection.outbox,
        });
        this.#composer = new Composer(
            (text) => connection.outbox.add(text), (isTyping) => connection.setTyping(isTyping));
        this.#people = new People();
        this.#notices = new Notices(() => connection.tryNow(), () => connection.outbox.waiting);
        this.element = this.#build();
        this.#listen();
    }

    focus() {
        this.#composer.focus();
        this.#seen();
    }

    #build() {
        const unfold = () => toggle.setAttribute("aria-expanded", String(this.#people.toggle()));
        const toggle = el("button", {
            type: "button", class: "quiet people-toggle", "aria-expanded": "false", "aria-controls": "people",
            onclick: unfold, ...testid("people-toggle"),
        }, this.#online);
        const leave = el(
            "button", { type: "button", class: "quiet", onclick: this.#leave, ...testid("leave") }, "Leave");
        return el("div", { class: "room away", ...testid("room") },
            el("header", { class: "room-header" },
                el("h1", { title: this.#connection.room, ...testid("room-name") }, `# ${this.#connection.room}`),
                el("span", { class: "spacer" }), toggle, leave),
            this.#notices.element, this.#timeline.element, this.#timeline.newestButton, this.#typing,
            this.#composer.element, this.#people.element);
    }

    #listen() {
        const connection = this.#connection;
        connection.on("state", (state) => {
            this.element.classList.toggle("away", state !== "joined");
            this.#notices.setState(state);
            if (state === "joined") this.#notices.refuse("");
        });
        connection.on("messages", (...page) => this.#timeline.addHistory(...page));
        connection.on("message", (message) => this.#received(message));
        connection.on("status", (text) => this.#timeline.addEvent(text));
        connection.on("reactions", (update) => this.#timeline.updateReactions(update));
        connection.on("typing", (names) => this.#showTyping(names));
        connection.on("refusal", (sentence) => this.#notices.refuse(sentence));
        connection.on("online", (count, names) => this.#showOnline(count, names));
        connection.outbox.on("changed", (entries) => {
            this.#timeline.showOutbox(entries);
            this.#notices.update();
        });
        document.addEventListener("visibilitychange", () => this.#seen());
    }

    #received(message) {
        if (!this.#timeline.addMessage(message) || message.user_id === this.#connection.user) return;
        const line = `${message.username ?? message.user_id}: ${message.message}`;
        document.getElementById("log").replaceChildren(el("p", {}, line));
        if (document.hidden) this.#unread += 1;
        this.#showTitle();
    }

    #seen() {
        if (!document.hidden) this.#unread = 0;
        this.#showTitle();
    }

    #showTitle() {
        if (!this.element.isConnected) return;
        document.title = `${this.#unread > 0 ? `(${this.#unread}) ` : ""}#${this.#connection.room} · Parley`;
    }

    #showOnline(count, names) {
        this.#online.textContent = `${count} online`;
        this.#people.show(count, names, this.#connection.user);
    }

    #showTyping(names) {
        const others = names.map(String).filter((name) => name !== this.#connection.user);
        this.#typing.textContent = typingLine(others);
    }
}

function typingLine(names) {
    if (names.length === 0) return "";
    if (names.length === 1) return `${names[0]} is typing…`;
    return names.length === 2 ? `${names[0]} and ${names[1]} are typing…` : "Several people are typing…";
}
