#include <uv.h>
#include <pthread.h>
#include <sys/socket.h>

#ifdef __linux__
// Declared by the C library only for programs that define _GNU_SOURCE, which an imported module cannot do.
extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

static inline int parley_accept(int socket, struct sockaddr *address, socklen_t *length) {
    return accept4(socket, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline void parley_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}
#else
#include <fcntl.h>
static inline int parley_accept(int socket, struct sockaddr *address, socklen_t *length) {
    int descriptor = accept(socket, address, length);
    if (descriptor >= 0) {
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);
    }
    return descriptor;
}
static inline void parley_name_thread(const char *name) {
    pthread_setname_np(name);
}
#endif
