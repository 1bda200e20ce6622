import { el, testid } from "../dom.js";

/** @typedef {{ room: string, user: string, password: string }} Form */

/** What is asked for where a field was left empty. */
const WISHES = {
    user: "Enter the name you want to go by.", room: "Enter a room.", password: "Choose a password for the room.",
};

/** The form at which a room is joined or created. */
export class Door {
    #actions;
    #fields;
    #notice = el("p", { class: "notice error", role: "alert", ...testid("door-error") });
    #buttons;

    /**
     * @param {{ room?: string, user?: string }} known
     * @param {Record<"enter" | "create", (form: Form) => Promise<void>>} actions Each rejects with a sentence.
     */
    constructor(known, actions) {
        this.#actions = actions;
        this.#fields = {
            user: field("user", "Your name", { value: known.user ?? "", autocomplete: "nickname", maxLength: 64 }),
            room: field("room", "Room", { value: known.room ?? "", autocomplete: "off", maxLength: 64 }),
            password: field("password", "Room password", { type: "password", autocomplete: "current-password" }),
        };
        this.#buttons = [
            el("button", { type: "submit", class: "primary", ...testid("join") }, "Join room"),
            el("button", { type: "button", onclick: () => this.#submit("create"), ...testid("create") }, "Create room"),
        ];
        this.element = this.#build();
    }

    /** Shows a sentence, or nothing. @param {string} sentence */
    show(sentence) {
        this.#notice.textContent = sentence;
    }

    focus() {
        const inputs = Object.values(this.#fields).map(({ input }) => input);
        (inputs.find((input) => input.value === "") ?? inputs[0]).focus();
    }

    #build() {
        const { user, room, password } = this.#fields;
        const suggest = el(
            "button", { type: "button", onclick: () => this.#suggest(), ...testid("suggest") }, "Suggest");
        return el("main", { class: "door" }, el("form", {
            class: "door-card", noValidate: true, "aria-label": "Join or create a room", ...testid("door"),
            onsubmit: (event) => {
                event.preventDefault();
                this.#submit("enter");
            },
        },
        el("h1", {}, el("img", { src: new URL("../../favicon.svg", import.meta.url).href, alt: "" }), "Parley"),
        el("p", { class: "hint" }, "Join a room with its password. To start one, choose a room and a password, press ",
            el("strong", {}, "Create room"), " and tell both to the people you want to talk with."),
        labelled(user), labelled(room, suggest), labelled(password), this.#notice,
        el("div", { class: "door-actions" }, ...this.#buttons)));
    }

    #suggest() {
        const { input } = this.#fields.room;
        input.value = String(10_000 + crypto.getRandomValues(new Uint32Array(1))[0] % 90_000);
        this.#fields.password.input.focus();
    }

    async #submit(action) {
        const form = Object.fromEntries(Object.entries(this.#fields).map(([name, { input }]) => [name, input.value]));
        form.user = form.user.trim();
        form.room = form.room.trim();
        const needed = action === "create" ? ["user", "room", "password"] : ["user", "room"];
        const missing = needed.find((name) => form[name] === "");
        if (missing) return this.#ask(missing);
        this.show("");
        for (const button of this.#buttons) button.disabled = true;
        try {
            await this.#actions[action](form);
        } catch (error) {
            this.show(error.message);
        } finally {
            for (const button of this.#buttons) button.disabled = false;
        }
    }

    #ask(missing) {
        this.show(WISHES[missing]);
        this.#fields[missing].input.focus();
    }
}

function field(name, label, properties) {
    const id = `door-${name}`;
    return { id, label, input: el("input", { id, name, type: "text", required: true, ...testid(id), ...properties }) };
}

function labelled({ id, label, input }, beside) {
    const control = beside ? el("div", { class: "beside" }, input, beside) : input;
    return el("div", { class: "field" }, el("label", { for: id }, label), control);
}
