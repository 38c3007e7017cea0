// _socket: addresses of the families, from and to Python values.
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "vm/host/host.h"
#include "vm/modules/posix_path.h"
#include "vm/modules/socket_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Owned numeric_host(const struct sockaddr* address, socklen_t size) {
    char text[NI_MAXHOST];
    const int code = getnameinfo(address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    return code ? raise_address_error(code) : str_from_string(text);
}

bool port_argument(Object* argument, const char* function, uint16_t* port) {
    int overflow = 0;
    const int64_t value = int_as_int64_overflow(argument, &overflow);
    if (value == -1 && err_occurred()) return false;
    if (overflow || value < 0 || value > 0xffff) {
        err_format(exc::OverflowError, "%s(): port must be 0-65535.", function);
        return false;
    }
    *port = htons(static_cast<uint16_t>(value));
    return true;
}
bool check_tuple(Object* argument, const char* function, const char* family, intptr_t least, intptr_t most) {
    if (!tuple_check(argument)) {
        err_format(exc::TypeError, "%s(): %s address must be tuple, not %.500s", function, family, argument->type->tp_name);
        return false;
    }
    if (tuple_size(argument) >= least && tuple_size(argument) <= most) return true;
    // CPython's words, which do not name the function here.
    const bool is_4 = std::string_view(family) == "AF_INET";
    err_format(exc::TypeError, is_4 ? "%s address must be a pair (host, port)" : "%s address must be a tuple (host, port[, flowinfo[, scopeid]])", family);
    return false;
}

bool unix_address(Object* argument, const char* function, struct sockaddr_storage* address, socklen_t* size) {
    auto* target = reinterpret_cast<struct sockaddr_un*>(address);
    std::string path;
    if (str_check(argument)) {
        path = str_to_filesystem(argument);
    } else {
        BufferHold view;
        if (!view.get(argument)) return false;
        path.assign(view.data(), static_cast<size_t>(view.size()));
    }
    target->sun_family = AF_UNIX;
    // A path that begins with a null is in the abstract namespace, and has no null at its end.
    const bool abstract = !path.empty() && path[0] == '\0';
    if (path.size() + (abstract ? 0 : 1) > sizeof target->sun_path) {
        err_set_string(exc::OSError, "AF_UNIX path too long");
        return false;
    }
    memcpy(target->sun_path, path.data(), path.size());
    if (!abstract) target->sun_path[path.size()] = '\0';
    *size = static_cast<socklen_t>(offsetof(struct sockaddr_un, sun_path) + path.size() + (abstract || path.empty() ? 0 : 1));
    return true;
}

}  // namespace

Owned raise_address_error(int code) {
    if (code == EAI_SYSTEM) return err_set_from_errno(exc::OSError);
    Ref<> number = own(int_from_int(code)), text = own(str_from_string(gai_strerror(code)));
    Ref<> value = number && text ? own(tuple_pack({number.get(), text.get()})) : Ref<>();
    return value ? err_set_object(as_type(socket_address_error), value.get()) : nullptr;
}

bool host_argument(Object* argument, std::string* result) {
    if (is_none(argument)) {
        result->clear();
        return true;
    }
    if (bytes_check(argument)) {
        *result = bytes_view(argument);
    } else if (bytearray_check(argument)) {
        result->assign(bytearray_data(argument), static_cast<size_t>(bytearray_size(argument)));
    } else if (str_check(argument)) {
        if (str_is_ascii(argument)) {
            *result = str_to_utf8(argument);
        } else {
            Ref<> encoding = own(str_from_string("idna"));
            Ref<> encoded = encoding ? own(object_call_method_string(argument, "encode", {encoding.get()})) : Ref<>();
            if (!encoded) return false;
            *result = bytes_view(encoded.get());
        }
    } else {
        err_format(exc::TypeError, "str, bytes or bytearray expected, not %s", argument->type->tp_name);
        return false;
    }
    if (result->find('\0') == std::string::npos) return true;
    err_set_string(exc::TypeError, "host name must not contain null character");
    return false;
}

bool resolve_host(const char* name, int family, struct sockaddr_storage* address, socklen_t* size) {
    memset(address, 0, sizeof *address);
    if (strcmp(name, "<broadcast>") == 0 || strcmp(name, "255.255.255.255") == 0) {
        if (family != AF_INET && family != AF_UNSPEC) {
            err_set_string(exc::OSError, "address family mismatched");
            return false;
        }
        auto* target = reinterpret_cast<struct sockaddr_in*>(address);
        target->sin_family = AF_INET;
        target->sin_addr.s_addr = INADDR_BROADCAST;
        *size = sizeof *target;
        return true;
    }
    struct addrinfo hints = {}, *found = nullptr;
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = *name ? 0 : AI_PASSIVE;
    const int code = host().look_up_address(*name ? name : nullptr, *name ? nullptr : "0", &hints, &found);
    if (code) {
        raise_address_error(code);
        return false;
    }
    const bool ambiguous = !*name && found->ai_next;
    if (!ambiguous) {
        memcpy(address, found->ai_addr, found->ai_addrlen);
        *size = found->ai_addrlen;
    }
    freeaddrinfo(found);
    if (ambiguous) err_set_string(exc::OSError, "wildcard resolved to multiple address");
    return !ambiguous;
}

Owned address_object(const struct sockaddr* address, socklen_t size, int) {
    if (size == 0) return new_none();
    switch (address->sa_family) {
        case AF_INET: {
            auto* source = reinterpret_cast<const struct sockaddr_in*>(address);
            Ref<> name = own(numeric_host(address, size)), port = own(int_from_int(ntohs(source->sin_port)));
            return name && port ? tuple_pack({name.get(), port.get()}) : nullptr;
        }
        case AF_INET6: {
            auto* source = reinterpret_cast<const struct sockaddr_in6*>(address);
            Ref<> name = own(numeric_host(address, size)), port = own(int_from_int(ntohs(source->sin6_port)));
            Ref<> flow = own(int_from_int64(ntohl(source->sin6_flowinfo))), scope = own(int_from_int64(source->sin6_scope_id));
            return name && port && flow && scope ? tuple_pack({name.get(), port.get(), flow.get(), scope.get()}) : nullptr;
        }
        case AF_UNIX: {
            auto* source = reinterpret_cast<const struct sockaddr_un*>(address);
            const size_t length = size > offsetof(struct sockaddr_un, sun_path) ? size - offsetof(struct sockaddr_un, sun_path) : 0;
            if (length > 0 && source->sun_path[0] == '\0') return bytes_from_data(source->sun_path, static_cast<intptr_t>(length));
            return str_from_filesystem({source->sun_path, strnlen(source->sun_path, length)});
        }
        case AF_NETLINK: {
            auto* source = reinterpret_cast<const struct sockaddr_nl*>(address);
            Ref<> process = own(int_from_int64(source->nl_pid)), groups = own(int_from_int64(source->nl_groups));
            return process && groups ? tuple_pack({process.get(), groups.get()}) : nullptr;
        }
        default: {
            Ref<> family = own(int_from_int(address->sa_family));
            Ref<> data = own(bytes_from_data(address->sa_data, static_cast<intptr_t>(sizeof address->sa_data)));
            return family && data ? tuple_pack({family.get(), data.get()}) : nullptr;
        }
    }
}

bool address_argument(SocketObject* socket, Object* argument, const char* function, struct sockaddr_storage* address, socklen_t* size) {
    memset(address, 0, sizeof *address);
    switch (socket->family) {
        case AF_UNIX: return unix_address(argument, function, address, size);
        case AF_INET: {
            std::string name;
            uint16_t port;
            if (!check_tuple(argument, function, "AF_INET", 2, 2) || !host_argument(tuple_get_item(argument, 0), &name) ||
                !resolve_host(name.c_str(), AF_INET, address, size) || !port_argument(tuple_get_item(argument, 1), function, &port)) {
                return false;
            }
            reinterpret_cast<struct sockaddr_in*>(address)->sin_port = port;
            return true;
        }
        case AF_INET6: {
            std::string name;
            uint16_t port;
            int64_t extra[2] = {};
            if (!check_tuple(argument, function, "AF_INET6", 2, 4) || !host_argument(tuple_get_item(argument, 0), &name) ||
                !resolve_host(name.c_str(), AF_INET6, address, size) || !port_argument(tuple_get_item(argument, 1), function, &port)) {
                return false;
            }
            for (intptr_t i = 2; i < tuple_size(argument); ++i) {
                extra[i - 2] = int_as_int64(tuple_get_item(argument, i));
                if (extra[i - 2] == -1 && err_occurred()) return false;
            }
            if (extra[0] < 0 || extra[0] > 0xfffff) {
                err_format(exc::OverflowError, "%s(): flowinfo must be 0-1048575.", function);
                return false;
            }
            auto* target = reinterpret_cast<struct sockaddr_in6*>(address);
            target->sin6_port = port;
            target->sin6_flowinfo = htonl(static_cast<uint32_t>(extra[0]));
            target->sin6_scope_id = static_cast<uint32_t>(extra[1]);
            return true;
        }
        case AF_NETLINK: {
            if (!check_tuple(argument, function, "AF_NETLINK", 2, 2)) return false;
            auto* target = reinterpret_cast<struct sockaddr_nl*>(address);
            target->nl_family = AF_NETLINK;
            target->nl_pid = static_cast<uint32_t>(int_as_uint64_mask(tuple_get_item(argument, 0)));
            target->nl_groups = static_cast<uint32_t>(int_as_uint64_mask(tuple_get_item(argument, 1)));
            *size = sizeof *target;
            return !err_occurred();
        }
        default:
            err_format(exc::OSError, "%s(): bad family", function);
            return false;
    }
}

}  // namespace refscope::vm
