// The module _socket, on which the library's socket.py builds: the table of constants, the errors, what is about sockets as a whole.
// The type is in socket_object.cpp, its receiving and sending in socket_transfer.cpp, names and addresses in socket_lookup.cpp and
// socket_address.cpp.
#include "vm/modules/socket_module.h"

#include <arpa/inet.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <linux/tipc.h>
#include <linux/udp.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/un.h>

#include <climits>

#include "vm/heap/allocator.h"
#include "vm/host/host.h"
#include "vm/modules/wait_arguments.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Object *socket_address_error = nullptr, *socket_host_error = nullptr;

namespace {

const struct {
    const char* name;
    int64_t value;
} constants[] = {
#define RS_CONSTANT(name) {#name, static_cast<int64_t>(name)},
#include "vm/modules/socket_names.inc"
#undef RS_CONSTANT
};

Owned socketpair_function(Object*, Object* const* args, intptr_t nargs) {
    int family = AF_UNIX, kind = SOCK_STREAM, protocol = 0, ends[2];
    if (!check_positional("socketpair", nargs, 0, 3) || (nargs > 0 && !argument_int(args[0], &family)) ||
        (nargs > 1 && !argument_int(args[1], &kind)) || (nargs > 2 && !argument_int(args[2], &protocol))) {
        return nullptr;
    }
    if (host().make_socket_pair(family, kind, protocol, ends) < 0) return err_set_from_errno(exc::OSError);
    Ref<> first = own(socket_new(ends[0], family, kind, protocol)), second = own(socket_new(ends[1], family, kind, protocol));
    return first && second ? tuple_pack({first.get(), second.get()}) : nullptr;
}
Owned close_function(Object*, Object* argument) {
    int descriptor;
    if (!argument_int(argument, &descriptor)) return nullptr;
    return host().close(descriptor) < 0 && errno != ECONNRESET ? err_set_from_errno(exc::OSError) : new_none();
}
Owned dup_function(Object*, Object* argument) {
    int descriptor;
    if (!argument_int(argument, &descriptor)) return nullptr;
    const int copy = host().duplicate(descriptor, -1, false);
    return copy < 0 ? err_set_from_errno(exc::OSError) : int_from_int(copy);
}
Owned getdefaulttimeout_function(Object*, Object*) {
    return socket_default_timeout < 0 ? new_none() : float_new(static_cast<double>(socket_default_timeout) / 1e9);
}
Owned setdefaulttimeout_function(Object*, Object* argument) {
    int64_t timeout;
    if (!timeout_argument(argument, &timeout)) return nullptr;
    socket_default_timeout = timeout;
    return new_none();
}
template <bool kSpace>
Owned message_size(Object*, Object* argument) {
    intptr_t size;
    if (!argument_ssize(argument, &size)) return nullptr;
    constexpr intptr_t kMost = INT_MAX - static_cast<intptr_t>(CMSG_SPACE(0)) - 8;
    if (size < 0 || size > kMost) return err_format(exc::OverflowError, "%s() argument out of range", kSpace ? "CMSG_SPACE" : "CMSG_LEN");
    return int_from_size(kSpace ? CMSG_SPACE(static_cast<size_t>(size)) : CMSG_LEN(static_cast<size_t>(size)));
}

const MethodDef functions[] = {
    method_def("socketpair", socketpair_function, kMethFastcall, "socketpair([family[, type [, proto]]]) -> (socket object, socket object)"),
    method_def("close", close_function, kMethO, "close(integer) -> None\n\nClose an integer socket file descriptor."),
    method_def("dup", dup_function, kMethO, "dup(integer) -> integer"),
    method_def("getdefaulttimeout", getdefaulttimeout_function, kMethNoargs, "getdefaulttimeout() -> timeout"),
    method_def("setdefaulttimeout", setdefaulttimeout_function, kMethO, "setdefaulttimeout(timeout)"),
    method_def("CMSG_LEN", message_size<false>, kMethO, "CMSG_LEN(length) -> control message length"),
    method_def("CMSG_SPACE", message_size<true>, kMethO, "CMSG_SPACE(length) -> buffer size"),
    {nullptr, nullptr, 0}};

Owned make_error(const char* name) {
    Ref<> text = own(str_from_string(name)), bases = own(tuple_pack({&exc::OSError})), names = own(dict_new());
    Ref<> module = own(str_from_string("socket"));
    if (!text || !bases || !names || !module || dict_set_item_string(names.get(), "__module__", module.get()) < 0) return nullptr;
    return type_new_from(&type_type, text.get(), bases.get(), names.get(), nullptr);
}

int initialize() {
    if (socket_address_error) return 0;
    if (init_socket_type() < 0) return -1;
    socket_address_error = make_error("gaierror");
    socket_host_error = make_error("herror");
    if (!socket_address_error || !socket_host_error) return -1;
    register_root(&socket_address_error, "socket.gaierror");
    register_root(&socket_host_error, "socket.herror");
    return 0;
}

}  // namespace

Owned create_socket_module() {
    if (initialize() < 0) return nullptr;
    Ref<> module = own(module_create("_socket", "Implementation module for socket operations.\n\nSee the socket module for documentation.", functions));
    if (!module || module_add_functions(module.get(), socket_lookup_functions) < 0 ||
        module_add_object(module.get(), "socket", &socket_type) < 0 || module_add_object(module.get(), "SocketType", &socket_type) < 0 ||
        module_add_object(module.get(), "error", &exc::OSError) < 0 || module_add_object(module.get(), "timeout", &exc::TimeoutError) < 0 ||
        module_add_object(module.get(), "gaierror", socket_address_error) < 0 ||
        module_add_object(module.get(), "herror", socket_host_error) < 0 || module_add_object(module.get(), "has_ipv6", py_true()) < 0) {
        return nullptr;
    }
    for (const auto& constant : constants) {
        if (module_add_int(module.get(), constant.name, static_cast<intptr_t>(constant.value)) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
