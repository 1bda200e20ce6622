// The page: the door where a room is joined or created, then the room.

import { createRoom, verifyRoom } from "./api.js";
import { RoomConnection } from "./room-connection.js";
import { loadSession, saveSession } from "./session.js";
import { Door } from "./ui/door.js";
import { RoomView } from "./ui/room-view.js";

const app = document.getElementById("app");

/** Shows the door, with what is known already and why the reader is here. */
function showDoor(known = {}, refusal = "") {
    document.title = "Parley";
    const room = known.room ?? decodeURIComponent(location.hash.slice(1));
    const door = new Door({ ...known, room }, { enter, create });
    app.replaceChildren(door.element);
    door.show(refusal);
    door.focus();
}

async function create(form) {
    await createRoom(form.room, form.password);
    await enter(form);
}

async function enter({ room, user, password }) {
    // Without a password one may still be let in: to a room that has none, or from an address it knows.
    if (password === "") return showRoom({ room, user });
    const token = await verifyRoom(room, password);
    showRoom({ room, user, token }, password);
}

function showRoom(session, password) {
    history.replaceState(null, "", `#${encodeURIComponent(session.room)}`);
    const connection = new RoomConnection(session, password);
    const leave = async () => {
        saveSession(null);
        await connection.close();
        showDoor({ room: connection.room, user: connection.user });
    };
    const view = new RoomView(connection, leave);
    connection.on("session", saveSession);
    connection.on("state", (state, sentence) => {
        if (state !== "refused") return;
        saveSession(null);
        connection.close();
        showDoor({ room: connection.room, user: connection.user }, sentence);
    });
    app.replaceChildren(view.element);
    connection.open();
    view.focus();
}

const session = loadSession();
if (session) showRoom(session);
else showDoor();
