// The type _socket.socket: a descriptor with a timeout.
//
// Timeouts are kept by waiting in the host before each call; a socket with one (also of zero) is non-blocking underneath.
#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/modules/select_module.h"
#include "vm/modules/socket_module.h"
#include "vm/modules/wait_arguments.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

int64_t socket_default_timeout = -1;

int64_t socket_deadline(const SocketObject* self) { return deadline_after(self->timeout); }

bool socket_wait(SocketObject* self, bool writing, int64_t deadline) {
    struct pollfd entry = {self->descriptor, static_cast<short>(writing ? POLLOUT : POLLIN), 0};
    if (self->descriptor < 0) return true;  // the call itself tells
    const int ready = wait_for_descriptors(&entry, 1, deadline);
    if (ready == 0) err_set_string(exc::TimeoutError, "timed out");
    return ready > 0;
}
bool socket_retry(SocketObject* self) {
    if (errno == EINTR) return !call_seam.check_signals || call_seam.check_signals() == 0;
    if (self->timeout != 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    err_set_from_errno(exc::OSError);
    return false;
}

bool timeout_argument(Object* argument, int64_t* timeout) {
    if (is_none(argument)) {
        *timeout = -1;
        return true;
    }
    if (!seconds_argument(argument, timeout)) return false;
    if (*timeout >= 0) return true;
    err_set_string(exc::ValueError, "Timeout value out of range");
    return false;
}

namespace {

int set_blocking(int descriptor, bool blocking) {
    int nonblocking = !blocking;
    return ::ioctl(descriptor, FIONBIO, &nonblocking);
}

void fill(SocketObject* self, int descriptor, int family, int kind, int protocol) {
    self->descriptor = descriptor;
    self->family = family;
    self->kind = kind & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
    self->protocol = protocol;
    self->timeout = kind & SOCK_NONBLOCK ? 0 : socket_default_timeout;
}

Owned socket_tp_new(Type* type, Object*, Object*) {
    auto* self = static_cast<SocketObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->descriptor = -1;
    self->timeout = -1;
    return self;
}

// What is to be known of a descriptor that was given.
bool examine(int descriptor, int* family, int* kind, int* protocol) {
    struct sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<struct sockaddr*>(&address), &size) < 0) {
        if (*family == -1 || errno == EBADF || errno == ENOTSOCK) {
            err_set_from_errno(exc::OSError);
            return false;
        }
    } else if (*family == -1) {
        *family = address.ss_family;
    }
    const struct {
        int option;
        int* value;
    } wanted[] = {{SO_TYPE, kind}, {SO_PROTOCOL, protocol}};
    for (const auto& one : wanted) {
        if (*one.value != -1) continue;
        size = sizeof(int);
        if (::getsockopt(descriptor, SOL_SOCKET, one.option, one.value, &size) < 0) {
            err_set_from_errno(exc::OSError);
            return false;
        }
    }
    return true;
}

int socket_tp_init(Object* object, Object* args, Object* kwargs) {
    static const char* const names[] = {"family", "type", "proto", "fileno", nullptr};
    static const KeywordParser parser{"socket", names, 0, 4};
    Object* out[4] = {};
    int family = -1, kind = -1, protocol = -1, descriptor = -1;
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || (out[0] && !argument_int(out[0], &family)) ||
        (out[1] && !argument_int(out[1], &kind)) || (out[2] && !argument_int(out[2], &protocol))) {
        return -1;
    }
    if (out[3] && !is_none(out[3])) {
        if (is_instance_of(out[3], &float_type)) {
            err_set_string(exc::TypeError, "integer argument expected, got float");
            return -1;
        }
        if (!argument_int(out[3], &descriptor)) return -1;
        if (descriptor < 0) {
            err_set_string(exc::ValueError, "negative file descriptor");
            return -1;
        }
        if (!examine(descriptor, &family, &kind, &protocol)) return -1;
    } else {
        if (family == -1) family = AF_INET;
        if (kind == -1) kind = SOCK_STREAM;
        if (protocol == -1) protocol = 0;
        descriptor = host().make_socket(family, kind, protocol);
        if (descriptor < 0) {
            err_set_from_errno(exc::OSError);
            return -1;
        }
    }
    SocketObject* self = as_socket(object);
    if (self->descriptor >= 0) host().close(self->descriptor);
    fill(self, descriptor, family, kind, protocol);
    if (self->timeout >= 0) set_blocking(descriptor, false);
    return 0;
}

void socket_finalize(Object* object) {
    SocketObject* self = as_socket(object);
    if (self->descriptor < 0) return;
    Ref<> pending = own(err_fetch());
    if (err_warn(exc::ResourceWarning, 1, "unclosed %R", object) < 0) {
        if (err_matches(exc::Warning)) err_write_unraisable(object);
    }
    err_clear();
    const int descriptor = self->descriptor;
    self->descriptor = -1;
    host().close(descriptor);
    if (pending) err_restore(pending.release());
}
void socket_dealloc(Object* self) {
    if (object_call_finalizer_from_dealloc(self) < 0) return;
    self->type->tp_free(self);
}
Owned socket_repr(Object* object) {
    SocketObject* self = as_socket(object);
    return str_from_format("<socket object, fd=%ld, family=%d, type=%d, proto=%d>", static_cast<long>(self->descriptor), self->family,
                           self->kind, self->protocol);
}

Owned done(int status) { return status < 0 ? err_set_from_errno(exc::OSError) : new_none(); }

Owned socket_bind(Object* self, Object* argument) {
    struct sockaddr_storage address;
    socklen_t size;
    if (!address_argument(as_socket(self), argument, "bind", &address, &size)) return nullptr;
    return done(::bind(as_socket(self)->descriptor, reinterpret_cast<struct sockaddr*>(&address), size));
}
// 0, or an errno; -1: an exception is pending.
int connect(SocketObject* self, Object* argument, const char* function) {
    struct sockaddr_storage address;
    socklen_t size;
    if (!address_argument(self, argument, function, &address, &size)) return -1;
    if (::connect(self->descriptor, reinterpret_cast<struct sockaddr*>(&address), size) == 0) return 0;
    if (errno == EINTR) {
        if (call_seam.check_signals && call_seam.check_signals() < 0) return -1;
        if (self->timeout == 0) return EINTR;
    } else if (errno != EINPROGRESS || self->timeout <= 0) {
        return errno;
    }
    // Under way: the socket becomes writable when it is decided.
    if (!socket_wait(self, true, socket_deadline(self))) return -1;
    int failure = 0;
    size = sizeof failure;
    return ::getsockopt(self->descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) < 0 ? errno : failure;
}
Owned socket_connect(Object* self, Object* argument) {
    const int failure = connect(as_socket(self), argument, "connect");
    if (failure == 0) return new_none();
    if (failure < 0) return nullptr;
    errno = failure;
    return err_set_from_errno(exc::OSError);
}
Owned socket_connect_ex(Object* self, Object* argument) {
    const int failure = connect(as_socket(self), argument, "connect_ex");
    if (failure >= 0) return int_from_int(failure);
    if (!err_matches(exc::TimeoutError)) return nullptr;
    err_clear();
    return int_from_int(EWOULDBLOCK);
}
Owned socket_listen(Object* self, Object* const* args, intptr_t nargs) {
    int waiting = 128;
    if (!check_positional("listen", nargs, 0, 1) || (nargs && !argument_int(args[0], &waiting))) return nullptr;
    return done(::listen(as_socket(self)->descriptor, waiting < 0 ? 0 : waiting));
}
Owned socket_accept(Object* object, Object*) {
    SocketObject* self = as_socket(object);
    struct sockaddr_storage address = {};
    socklen_t size;
    int descriptor = -1;
    if (!socket_call(self, false, [&] {
            size = sizeof address;
            return descriptor = ::accept4(self->descriptor, reinterpret_cast<struct sockaddr*>(&address), &size, SOCK_CLOEXEC);
        })) {
        return nullptr;
    }
    Ref<> number = own(int_from_int(descriptor));
    Ref<> peer = number ? own(address_object(reinterpret_cast<struct sockaddr*>(&address), size, self->protocol)) : Ref<>();
    if (peer) return tuple_pack({number.get(), peer.get()});
    host().close(descriptor);
    return nullptr;
}
Owned socket_close(Object* object, Object*) {
    SocketObject* self = as_socket(object);
    const int descriptor = self->descriptor;
    if (descriptor < 0) return new_none();
    self->descriptor = -1;
    // The peer's reset is no news to who closes anyway.
    return host().close(descriptor) < 0 && errno != ECONNRESET ? err_set_from_errno(exc::OSError) : new_none();
}
Owned socket_detach(Object* object, Object*) {
    const int descriptor = as_socket(object)->descriptor;
    as_socket(object)->descriptor = -1;
    return int_from_int(descriptor);
}
Owned socket_fileno(Object* self, Object*) { return int_from_int(as_socket(self)->descriptor); }
Owned socket_shutdown(Object* self, Object* argument) {
    int how;
    return argument_int(argument, &how) ? done(::shutdown(as_socket(self)->descriptor, how)) : nullptr;
}

template <int (*kCall)(int, struct sockaddr*, socklen_t*)>
Owned end_name(Object* object, Object*) {
    struct sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (kCall(as_socket(object)->descriptor, reinterpret_cast<struct sockaddr*>(&address), &size) < 0) return err_set_from_errno(exc::OSError);
    return address_object(reinterpret_cast<struct sockaddr*>(&address), size, as_socket(object)->protocol);
}
int own_name(int descriptor, struct sockaddr* address, socklen_t* size) { return ::getsockname(descriptor, address, size); }
int peer_name(int descriptor, struct sockaddr* address, socklen_t* size) { return ::getpeername(descriptor, address, size); }

Owned socket_setblocking(Object* object, Object* argument) {
    const int blocking = object_is_true(argument);
    if (blocking < 0) return nullptr;
    as_socket(object)->timeout = blocking ? -1 : 0;
    return done(set_blocking(as_socket(object)->descriptor, blocking != 0));
}
Owned socket_getblocking(Object* self, Object*) { return bool_from(as_socket(self)->timeout != 0); }
Owned socket_settimeout(Object* object, Object* argument) {
    int64_t timeout;
    if (!timeout_argument(argument, &timeout)) return nullptr;
    as_socket(object)->timeout = timeout;
    return done(set_blocking(as_socket(object)->descriptor, timeout < 0));
}
Owned timeout_value(int64_t timeout) { return timeout < 0 ? new_none() : float_new(static_cast<double>(timeout) / 1e9); }
Owned socket_gettimeout(Object* self, Object*) { return timeout_value(as_socket(self)->timeout); }
Owned timeout_getter(Object* self, void*) { return timeout_value(as_socket(self)->timeout); }

Owned socket_setsockopt(Object* object, Object* const* args, intptr_t nargs) {
    const int descriptor = as_socket(object)->descriptor;
    int level, option, value, size;
    if (!check_positional("setsockopt", nargs, 3, 4) || !argument_int(args[0], &level) || !argument_int(args[1], &option)) return nullptr;
    if (nargs == 4) {
        if (!is_none(args[2])) return err_set_string(exc::TypeError, "socket option should be None when a length is given");
        return argument_int(args[3], &size) ? done(::setsockopt(descriptor, level, option, nullptr, static_cast<socklen_t>(size))) : nullptr;
    }
    if (int_check(args[2])) {
        if (!argument_int(args[2], &value)) return nullptr;
        return done(::setsockopt(descriptor, level, option, &value, sizeof value));
    }
    BufferHold view;
    if (!view.get(args[2])) return nullptr;
    return done(::setsockopt(descriptor, level, option, view.data(), static_cast<socklen_t>(view.size())));
}
Owned socket_getsockopt(Object* object, Object* const* args, intptr_t nargs) {
    const int descriptor = as_socket(object)->descriptor;
    int level, option, size = 0;
    if (!check_positional("getsockopt", nargs, 2, 3) || !argument_int(args[0], &level) || !argument_int(args[1], &option) ||
        (nargs > 2 && !argument_int(args[2], &size))) {
        return nullptr;
    }
    if (size == 0) {
        int value = 0;
        socklen_t length = sizeof value;
        return ::getsockopt(descriptor, level, option, &value, &length) < 0 ? err_set_from_errno(exc::OSError) : int_from_int(value);
    }
    if (size < 0 || size > 1024) return err_set_string(exc::OSError, "getsockopt buflen out of range");
    char buffer[1024];
    auto length = static_cast<socklen_t>(size);
    if (::getsockopt(descriptor, level, option, buffer, &length) < 0) return err_set_from_errno(exc::OSError);
    return bytes_from_data(buffer, static_cast<intptr_t>(length));
}

const MethodDef socket_methods[] = {
    method_def("_accept", socket_accept, kMethNoargs, "_accept() -> (integer, address info)\n\nWaits for a connection: its descriptor and the peer's address."),
    method_def("bind", socket_bind, kMethO, "bind(address)\n\nGives the socket a local address."),
    method_def("close", socket_close, kMethNoargs, "close()\n\nCloses the socket."),
    method_def("connect", socket_connect, kMethO, "connect(address)\n\nConnects to an address."),
    method_def("connect_ex", socket_connect_ex, kMethO, "connect_ex(address) -> errno\n\nAs connect, with the error as a number."),
    method_def("detach", socket_detach, kMethNoargs, "detach()\n\nGives the descriptor up without closing it."),
    method_def("fileno", socket_fileno, kMethNoargs, "fileno() -> integer\n\nThe descriptor; -1 when closed."),
    method_def("getpeername", (end_name<peer_name>), kMethNoargs, "getpeername() -> address info\n\nThe other end's address."),
    method_def("getsockname", (end_name<own_name>), kMethNoargs, "getsockname() -> address info\n\nThe own address."),
    method_def("getsockopt", socket_getsockopt, kMethFastcall, "getsockopt(level, option[, buffersize]) -> value\n\nA socket option."),
    method_def("listen", socket_listen, kMethFastcall, "listen([backlog])\n\nTakes connections from now on."),
    method_def("recv", socket_recv, kMethFastcall, "recv(buffersize[, flags]) -> data\n\nReceives up to so many bytes."),
    method_def("recv_into", socket_recv_into, kMethFastcall | kMethKeywords, "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nReceives into a buffer."),
    method_def("recvfrom", socket_recvfrom, kMethFastcall, "recvfrom(buffersize[, flags]) -> (data, address info)\n\nReceives, and says from where."),
    method_def("recvfrom_into", socket_recvfrom_into, kMethFastcall | kMethKeywords, "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nReceives into a buffer, and says from where."),
    method_def("recvmsg", socket_recvmsg, kMethFastcall, "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceives with ancillary data."),
    method_def("recvmsg_into", socket_recvmsg_into, kMethFastcall, "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceives into buffers, with ancillary data."),
    method_def("send", socket_send, kMethFastcall, "send(data[, flags]) -> count\n\nSends; says how many bytes went."),
    method_def("sendall", socket_sendall, kMethFastcall, "sendall(data[, flags])\n\nSends everything."),
    method_def("sendto", socket_sendto, kMethFastcall, "sendto(data[, flags], address) -> count\n\nSends to an address."),
    method_def("sendmsg", socket_sendmsg, kMethFastcall, "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSends with ancillary data."),
    method_def("setblocking", socket_setblocking, kMethO, "setblocking(flag)\n\nWhether calls wait."),
    method_def("getblocking", socket_getblocking, kMethNoargs, "getblocking() -> bool\n\nWhether calls wait."),
    method_def("setsockopt", socket_setsockopt, kMethFastcall, "setsockopt(level, option, value)\n\nSets a socket option."),
    method_def("settimeout", socket_settimeout, kMethO, "settimeout(timeout)\n\nHow many seconds calls wait; None: without end."),
    method_def("gettimeout", socket_gettimeout, kMethNoargs, "gettimeout() -> timeout\n\nHow many seconds calls wait."),
    method_def("shutdown", socket_shutdown, kMethO, "shutdown(flag)\n\nEnds one or both directions."),
    {nullptr, nullptr, 0}};
const MemberDef socket_members[] = {{"family", MemberKind::kInt, offsetof(SocketObject, family), true, "the socket family"},
                                    {"type", MemberKind::kInt, offsetof(SocketObject, kind), true, "the socket type"},
                                    {"proto", MemberKind::kInt, offsetof(SocketObject, protocol), true, "the socket protocol"},
                                    {nullptr, MemberKind::kNone, 0}};
const GetSetDef socket_getset[] = {{"timeout", timeout_getter, nullptr, "the socket timeout"}, {nullptr, nullptr}};

}  // namespace

Type socket_type = [] {
    Type type = static_type("_socket.socket", sizeof(SocketObject), 0, kBaseType);
    type.tp_dealloc = socket_dealloc;
    type.tp_repr = socket_repr;
    type.tp_doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\n"
                  "socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOne end of a connection.";
    type.tp_methods = socket_methods;
    type.tp_members = socket_members;
    type.tp_getset = socket_getset;
    type.tp_init = socket_tp_init;
    type.tp_new = socket_tp_new;
    type.tp_finalize = socket_finalize;
    return type;
}();

Owned socket_new(int descriptor, int family, int kind, int protocol) {
    auto* self = static_cast<SocketObject*>(socket_type.tp_alloc(&socket_type, 0));
    if (!self) {
        host().close(descriptor);
        return nullptr;
    }
    fill(self, descriptor, family, kind, protocol);
    if (self->timeout >= 0) set_blocking(descriptor, false);
    return self;
}

int init_socket_type() {
    if (socket_type.has(kReady)) return 0;
    return type_ready(&socket_type);
}

}  // namespace refscope::vm
