// What the files of module _socket share: the socket object, addresses as Python values, and the module's errors.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct SocketObject : Object {
    int descriptor;  // -1: closed or detached
    int family, kind, protocol;
    int64_t timeout;  // nanoseconds; -1: blocks without end
    void* unused;     // CPython keeps its error handler here
};
static_assert(sizeof(SocketObject) == 48);
inline SocketObject* as_socket(Object* object) { return static_cast<SocketObject*>(object); }

extern Type socket_type;                             // socket_object.cpp
extern const MethodDef socket_lookup_functions[];    // socket_lookup.cpp: names and numbers of hosts and services
extern Object *socket_address_error, *socket_host_error;  // gaierror, herror: roots
extern int64_t socket_default_timeout;               // nanoseconds; -1: none

int init_socket_type();

// socket_transfer.cpp: the methods that receive and send.
Owned socket_recv(Object* self, Object* const* args, intptr_t nargs);
Owned socket_recv_into(Object* self, Object* const* args, intptr_t nargs, Object* kwnames);
Owned socket_recvfrom(Object* self, Object* const* args, intptr_t nargs);
Owned socket_recvfrom_into(Object* self, Object* const* args, intptr_t nargs, Object* kwnames);
Owned socket_recvmsg(Object* self, Object* const* args, intptr_t nargs);
Owned socket_recvmsg_into(Object* self, Object* const* args, intptr_t nargs);
Owned socket_send(Object* self, Object* const* args, intptr_t nargs);
Owned socket_sendall(Object* self, Object* const* args, intptr_t nargs);
Owned socket_sendto(Object* self, Object* const* args, intptr_t nargs);
Owned socket_sendmsg(Object* self, Object* const* args, intptr_t nargs);

Owned socket_new(int descriptor, int family, int kind, int protocol);  // takes the descriptor over, also when it fails

// An address as CPython shows it: ('127.0.0.1', 80), ('::1', 80, 0, 0), a path, …; None when there is none.
Owned address_object(const struct sockaddr* address, socklen_t size, int protocol);
// The other way round. `function`: named in errors. False: an exception is pending.
bool address_argument(SocketObject* socket, Object* argument, const char* function, struct sockaddr_storage* address, socklen_t* size);
// The first address of a host's name ("" for any). False: an exception is pending.
bool resolve_host(const char* name, int family, struct sockaddr_storage* address, socklen_t* size);
// A str as a host's name: ASCII as it is, else in the encoding idna.
bool host_argument(Object* argument, std::string* result);
Owned raise_address_error(int code);

// A timeout argument: None for blocking, seconds else. False: an exception is pending.
bool timeout_argument(Object* argument, int64_t* timeout);

// Runs `attempt` (a system call: -1 and errno) when the descriptor is ready, within the socket's timeout, serving signals. False: an
// exception is pending.
template <class F>
bool socket_call(SocketObject* self, bool writing, F attempt);
bool socket_wait(SocketObject* self, bool writing, int64_t deadline);  // false: an exception (TimeoutError) is pending
bool socket_retry(SocketObject* self);                                // after a failed call: whether to try again
int64_t socket_deadline(const SocketObject* self);

template <class F>
bool socket_call(SocketObject* self, bool writing, F attempt) {
    const int64_t deadline = socket_deadline(self);
    for (;;) {
        if (self->timeout != 0 && !socket_wait(self, writing, deadline)) return false;
        if (attempt() >= 0) return true;
        if (!socket_retry(self)) return false;
    }
}

}  // namespace refscope::vm
