import { el, testid } from "../dom.js";

/** Who is online: a column at a desk, folded away on a phone. */
export class People {
    #list = el("ul", { ...testid("people-list") });

    constructor() {
        this.element = el("aside", { id: "people", class: "people", hidden: true, "aria-label": "Who is online" },
            el("h2", {}, "Online"), this.#list);
    }

    /** Folds or unfolds the list; returns whether it is open then. */
    toggle() {
        this.element.hidden = !this.element.hidden;
        return !this.element.hidden;
    }

    /** @param {number} count @param {(string | object)[] | undefined} names @param {string} self */
    show(count, names, self) {
        if (!names) return;
        const texts = names.map((name) => typeof name === "string" ? name : name.username ?? name.user_id);
        const rows = texts.map((name) => el("li", { class: name === self ? "self" : "", dir: "auto" },
            name === self ? `${name} (you)` : name));
        if (count > texts.length) rows.push(el("li", {}, `and ${count - texts.length} more`));
        this.#list.replaceChildren(...rows);
    }
}
