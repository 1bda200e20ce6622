/**
 * Calls listeners by event name, in the order in which they were added.
 *
 * A listener may add or remove listeners while it runs; that takes effect with the next event.
 */
export class Emitter {
    /** @type {Map<string, Function[]>} */
    #listeners = new Map();

    /**
     * Calls `listener` on each `event` from now on.
     * @param {string} event
     * @param {(...args: any[]) => void} listener
     */
    on(event, listener) {
        this.#listeners.set(event, [...this.listeners(event), listener]);
        return this;
    }

    /**
     * Calls `listener` on the next `event` only.
     * @param {string} event
     * @param {(...args: any[]) => void} listener
     */
    once(event, listener) {
        const wrapper = (...args) => {
            this.off(event, wrapper);
            listener.apply(this, args);
        };
        wrapper.listener = listener;
        return this.on(event, wrapper);
    }

    /**
     * Removes one listener, all listeners of an event, or (without arguments) all listeners.
     * @param {string} [event]
     * @param {Function} [listener]
     */
    off(event, listener) {
        if (event === undefined) this.#listeners.clear();
        else if (listener === undefined) this.#listeners.delete(event);
        else this.#remove(event, listener);
        return this;
    }

    /**
     * The listeners of `event`, as a list that later changes do not touch.
     * @param {string} event
     * @returns {Function[]}
     */
    listeners(event) {
        return this.#listeners.get(event) ?? [];
    }

    /** @param {string} event */
    hasListeners(event) {
        return this.listeners(event).length > 0;
    }

    /**
     * Calls the listeners of an event that the connection itself reports.
     * @param {string} event
     * @param {...any} args
     */
    _report(event, ...args) {
        for (const listener of this.listeners(event)) callSafely(listener, this, args);
    }

    #remove(event, listener) {
        const found = this.listeners(event);
        const index = found.findLastIndex((each) => each === listener || each.listener === listener);
        if (index < 0) return;
        if (found.length === 1) this.#listeners.delete(event);
        else this.#listeners.set(event, found.toSpliced(index, 1));
    }
}

/**
 * Calls what an application gave us. Its error goes to the page's error handler and disturbs neither the connection nor
 * the other listeners.
 * @param {Function} listener
 * @param {unknown} receiver
 * @param {unknown[]} args
 */
export function callSafely(listener, receiver, args) {
    try {
        listener.apply(receiver, args);
    } catch (error) {
        queueMicrotask(() => {
            throw error;
        });
    }
}
