/**
 * Builds an element by nodes; text never becomes markup.
 * @param {string} tag
 * @param {Record<string, any>} [properties] `onclick` and its like add listeners, `data` sets data attributes, `class`
 *   and what holds a hyphen are attributes, all else are properties of the element; `undefined` is left out.
 * @param {...(Node | string | null | undefined)} children
 */
export function el(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) set(element, name, value);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

const ATTRIBUTES = new Set(["class", "for", "role"]);

function set(element, name, value) {
    if (value === undefined) return;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name.includes("-") || ATTRIBUTES.has(name)) element.setAttribute(name, value);
    else element[name] = value;
}

/** What a test finds an element by. */
export function testid(name) {
    return { "data-testid": name };
}
