// Socket.IO 5 packets: `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`, attachments follow as binary messages.

/** The first digit of a packet. */
export const PacketType = Object.freeze({
    CONNECT: 0, DISCONNECT: 1, EVENT: 2, ACK: 3, CONNECT_ERROR: 4, BINARY_EVENT: 5, BINARY_ACK: 6,
});

/**
 * @typedef {object} Packet
 * @property {number} type One of `PacketType`; the binary kinds become `EVENT` and `ACK` once they are complete.
 * @property {string} nsp The namespace, with its slash.
 * @property {any} [data]
 * @property {number} [id] The ack id.
 */

/** True for what travels as an attachment: ArrayBuffer, typed arrays, DataView, Blob and File. */
function isBinary(value) {
    return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob;
}

/**
 * The messages that carry one packet: a text, then its attachments in depth-first order.
 * @param {Packet} packet
 * @returns {(string | ArrayBuffer | ArrayBufferView | Blob)[]}
 */
export function encodePacket({ type, nsp, data, id }) {
    const attachments = [];
    const json = data === undefined ? "" : JSON.stringify(data, (_, value) => {
        if (!isBinary(value)) return value;
        return { _placeholder: true, num: attachments.push(value) - 1 };
    });
    const binaryType = type === PacketType.EVENT ? PacketType.BINARY_EVENT : PacketType.BINARY_ACK;
    const head = attachments.length > 0 ? `${binaryType}${attachments.length}-` : `${type}`;
    return [`${head}${nsp === "/" ? "" : `${nsp},`}${id ?? ""}${json}`, ...attachments];
}

/** Puts packets together from the messages of one connection; throws on what no server may send. */
export class PacketDecoder {
    /** @type {{ packet: Packet, json: string, missing: number, attachments: ArrayBuffer[] } | null} */
    #partial = null;

    /**
     * Takes one message and returns the packet that it completes, if any.
     * @param {string | ArrayBuffer} message
     * @returns {Packet | null}
     */
    add(message) {
        return typeof message === "string" ? this.#addText(message) : this.#addAttachment(message);
    }

    #addText(text) {
        if (this.#partial) throw new Error("A text came where an attachment was due.");
        const match = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*)(?:,|$))?(\d+)?/.exec(text);
        if (!match) throw new Error("The packet has no known type.");
        const [head, type, count, nsp = "/", id] = match;
        const packet = { type: Number(type), nsp, id: id === undefined ? undefined : Number(id) };
        const json = text.slice(head.length);
        if (packet.type < PacketType.BINARY_EVENT) return finish(packet, json, []);
        packet.type -= PacketType.BINARY_EVENT - PacketType.EVENT;
        if (!(count > 0)) return finish(packet, json, []);
        this.#partial = { packet, json, missing: Number(count), attachments: [] };
        return null;
    }

    #addAttachment(attachment) {
        if (!this.#partial) throw new Error("An attachment came where none was due.");
        const { packet, json, missing, attachments } = this.#partial;
        if (attachments.push(attachment) < missing) return null;
        this.#partial = null;
        return finish(packet, json, attachments);
    }
}

function finish(packet, json, attachments) {
    packet.data = json === "" ? undefined : JSON.parse(json, (_, value) => revive(value, attachments));
    if (!isWellFormed(packet)) throw new Error("The packet's data does not suit its type.");
    return packet;
}

function revive(value, attachments) {
    if (value?._placeholder !== true || attachments.length === 0) return value;
    const attachment = Number.isInteger(value.num) ? attachments[value.num] : undefined;
    if (attachment === undefined) throw new Error("A placeholder names no attachment.");
    return attachment;
}

function isWellFormed({ type, data }) {
    switch (type) {
        case PacketType.CONNECT: return data === undefined || (typeof data === "object" && data !== null);
        case PacketType.DISCONNECT: return data === undefined;
        case PacketType.EVENT: return Array.isArray(data) && ["string", "number"].includes(typeof data[0]);
        case PacketType.ACK: return Array.isArray(data);
        default: return typeof data === "string" || (typeof data === "object" && data !== null);
    }
}
