// The least that a server can do for the loads of `parley bench`: one thread, epoll, one write for each socket and turn,
// fixed answers, no checks, no limits, no timers. What it costs is the kernel's share on this machine at this hour, the
// floor that `script/bench` measures Parley against. It trusts its peer and must listen on the loopback only.
//
//     cc -O2 floor.c -lcrypto && ./a.out PORT

#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 20000, BUFFER = 1 << 16 };

#define OPEN "\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":60000,\"maxPayload\":1000000}"
#define SOCKET_SID "{\"sid\":\"abcdefghijklmnopqrst\"}"

// A connection: what it was given in this turn, the tail of a frame that is not whole, and its room.
struct connection {
    char *out, *rest;
    int used, capacity, kept, room;
    char is_websocket, is_dirty, is_waiting;
};

// A room's members by descriptor, and their places for leaving.
struct room {
    char name[64];
    int members[MOST], count;
};

static struct connection connections[MOST];
static struct room *rooms[1024];
static int dirty[MOST], dirty_count, room_count, poller;

// Polling sessions: the descriptor of the waiting poll, and what waits for one.
static struct session {
    int poll, used;
    char packets[4096];
} *sessions[MOST];
static int session_count;

static void give(int fd, const void *bytes, int count) {
    struct connection *to = &connections[fd];
    if (to->used + count > to->capacity) {
        to->capacity = 2 * (to->used + count);
        to->out = realloc(to->out, to->capacity);
    }
    memcpy(to->out + to->used, bytes, count);
    to->used += count;
    if (!to->is_dirty) {
        to->is_dirty = 1;
        dirty[dirty_count++] = fd;
    }
}

static void watch(int fd, int events, int operation) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(poller, operation, fd, &event);
}

static void flush(int fd) {
    struct connection *it = &connections[fd];
    it->is_dirty = 0;
    int count = it->used ? send(fd, it->out, it->used, MSG_NOSIGNAL) : 0;
    if (count > 0 && count < it->used) memmove(it->out, it->out + count, it->used - count);
    if (count > 0) it->used -= count;
    if ((it->used > 0) != it->is_waiting) {
        it->is_waiting = it->used > 0;
        watch(fd, EPOLLIN | (it->is_waiting ? EPOLLOUT : 0), EPOLL_CTL_MOD);
    }
    // An idle connection holds no buffer.
    if (!it->used && it->capacity > 4096) {
        free(it->out);
        it->out = NULL;
        it->capacity = 0;
    }
}

static int make_frame(char *frame, const char *text, int count) {
    int head = count < 126 ? 2 : 4;
    frame[0] = (char)0x81;
    frame[1] = count < 126 ? count : 126;
    if (head == 4) frame[2] = count >> 8, frame[3] = count;
    memcpy(frame + head, text, count);
    return head + count;
}

static struct room *room_named(const char *name, int count) {
    for (int i = 0; i < room_count; i++)
        if (!strncmp(rooms[i]->name, name, count) && !rooms[i]->name[count]) return rooms[i];
    struct room *made = rooms[room_count++] = calloc(1, sizeof *made);
    memcpy(made->name, name, count);
    return made;
}

static void leave(int fd) {
    for (int i = 0; i < room_count; i++)
        for (int k = 0; k < rooms[i]->count; k++)
            if (rooms[i]->members[k] == fd) rooms[i]->members[k] = rooms[i]->members[--rooms[i]->count];
}

// Answers one Socket.IO packet of an Engine.IO message into `answer`; its length, or 0 for none.
static int answer(int fd, const char *packet, int count, char *into) {
    if (packet[0] == '0') return sprintf(into, "40" SOCKET_SID);
    const char *list = memchr(packet, '[', count);
    if (packet[0] != '2' || !list) return 0;
    int id = list - packet - 1, length = packet + count - list;
    if (list[2] == 'e') {
        const char *arguments = (const char *)memchr(list, ',', length) + 1;
        return sprintf(into, "43%.*s[%.*s", id, packet + 1, (int)(list + length - arguments), arguments);
    }
    const char *name = (const char *)memmem(list, length, "\"room\":\"", 8) + 8;
    struct room *room = room_named(name, (const char *)memchr(name, '"', list + length - name) - name);
    if (list[2] == 'j') {
        room->members[room->count++] = fd;
        return sprintf(into, "43%.*s[\"joined\"]", id, packet + 1);
    }
    char event[8192], frame[8200];
    int size = make_frame(frame, event, sprintf(event, "42%.*s", length, list));
    for (int i = 0; i < room->count; i++) give(room->members[i], frame, size);
    return sprintf(into, "43%.*s[\"sent\"]", id, packet + 1);
}

// --- WebSocket ---------------------------------------------------------------------------------------------------------

static void accept_upgrade(int fd, const char *key) {
    char joined[64], accept[32], head[256], open[256], frame[260];
    unsigned char digest[20];
    sprintf(joined, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    SHA1((unsigned char *)joined, strlen(joined), digest);
    EVP_EncodeBlock((unsigned char *)accept, digest, 20);
    give(fd, head, sprintf(head,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: %s\r\n\r\n", accept));
    int size = make_frame(frame, open, sprintf(open, "0{\"sid\":\"abcdefghijklmnopqrst\"," OPEN));
    give(fd, frame, size);
    connections[fd].is_websocket = 1;
}

// Reads whole frames; how many bytes they were.
static int read_frames(int fd, unsigned char *bytes, int count) {
    int at = 0;
    while (count - at >= 6) {
        unsigned char *head = bytes + at;
        int length = head[1] & 127, start = 6;
        if (length == 126) length = head[2] << 8 | head[3], start = 8;
        if (count - at < start + length) break;
        unsigned char *text = head + start, *mask = text - 4;
        for (int i = 0; i < length; i++) text[i] ^= mask[i & 3];
        if ((head[0] & 15) == 8) {
            send(fd, "\x88\x00", 2, MSG_MORE | MSG_NOSIGNAL);
            shutdown(fd, SHUT_WR);
        } else if (length > 0 && text[0] == '4') {
            char packet[8192], frame[8200];
            int size = answer(fd, (char *)text + 1, length - 1, packet);
            if (size) give(fd, frame, make_frame(frame, packet, size));
        }
        at += start + length;
    }
    return at;
}

// --- Polling -----------------------------------------------------------------------------------------------------------

static void respond(int fd, const char *type, const char *body, int count) {
    char head[512];
    give(fd, head, sprintf(head,
        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\ncache-control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Length: %d\r\nDate: Fri, 01 Jan 2027 10:00:00 GMT\r\n\r\n", type, count));
    give(fd, body, count);
}

static void answer_poll(struct session *session) {
    if (!session->poll || !session->used) return;
    respond(session->poll, "text/plain; charset=UTF-8", session->packets, session->used);
    session->poll = session->used = 0;
}

static void read_request(int fd, char *bytes, int count) {
    bytes[count] = 0;
    char *key = strcasestr(bytes, "sec-websocket-key: "), *sid = strstr(bytes, "sid="), open[256];
    if (key) return accept_upgrade(fd, key + 19);
    if (!sid) {
        sessions[++session_count] = calloc(1, sizeof(struct session));
        return respond(fd, "text/plain", open, sprintf(open, "0{\"sid\":\"%d\"," OPEN, session_count));
    }
    struct session *session = sessions[atoi(sid + 4)];
    if (bytes[0] == 'G') {
        session->poll = fd;
    } else {
        char *body = strstr(bytes, "\r\n\r\n") + 4;
        if (body[0] == '4') {
            session->used = answer(fd, body + 1, bytes + count - body - 1, session->packets);
        }
        respond(fd, "text/html", "ok", 2);
    }
    answer_poll(session);
}

// --- The loop ----------------------------------------------------------------------------------------------------------

static void arrived(int fd) {
    static char buffer[2 * BUFFER];
    struct connection *from = &connections[fd];
    int count = read(fd, buffer + from->kept, BUFFER);
    if (count <= 0) {
        leave(fd);
        free(from->out);
        free(from->rest);
        memset(from, 0, sizeof *from);
        close(fd);
        return;
    }
    if (!from->is_websocket) return read_request(fd, buffer, count);
    if (from->kept) memcpy(buffer, from->rest, from->kept);
    count += from->kept;
    int done = read_frames(fd, (unsigned char *)buffer, count);
    free(from->rest);
    from->rest = NULL;
    if ((from->kept = count - done)) from->rest = memcpy(malloc(from->kept), buffer + done, from->kept);
}

static void accept_all(int listener) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) watch(fd, EPOLLIN, EPOLL_CTL_ADD);
}

int main(int count, char **words) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(count > 1 ? atoi(words[1]) : 0),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("floor: give a free port as the argument");
        return 1;
    }
    poller = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    for (;;) {
        static struct epoll_event events[1024];
        int ready = epoll_wait(poller, events, 1024, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) accept_all(listener);
            else if (events[i].events & EPOLLOUT) flush(fd);
            else arrived(fd);
        }
        for (int i = 0; i < dirty_count; i++) flush(dirty[i]);
        dirty_count = 0;
    }
}
