// _socket: names, numbers and addresses of hosts, services and interfaces; byte orders.
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "vm/host/host.h"
#include "vm/modules/posix_path.h"
#include "vm/modules/socket_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Owned raise_host_error(int code) {
    Ref<> number = own(int_from_int(code)), text = own(str_from_string(hstrerror(code)));
    Ref<> value = number && text ? own(tuple_pack({number.get(), text.get()})) : Ref<>();
    return value ? err_set_object(as_type(socket_host_error), value.get()) : nullptr;
}

Owned getaddrinfo_function(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"host", "port", "family", "type", "proto", "flags", nullptr};
    static const KeywordParser parser{"getaddrinfo", names, 2, 6};
    Object* out[6] = {};
    int numbers[4] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    for (int i = 0; i < 4; ++i) {
        if (out[2 + i] && !argument_int(out[2 + i], &numbers[i])) return nullptr;
    }
    std::string name, service;
    const char *name_text = nullptr, *service_text = nullptr;
    if (!is_none(out[0])) {
        if (!str_check(out[0]) && !bytes_check(out[0])) return err_set_string(exc::TypeError, "getaddrinfo() argument 1 must be string or None");
        if (!host_argument(out[0], &name)) return nullptr;
        name_text = name.c_str();
    }
    if (int_check(out[1])) {
        Ref<> text = own(object_str(out[1]));
        if (!text) return nullptr;
        service = str_to_utf8(text.get());
        service_text = service.c_str();
    } else if (str_check(out[1]) || bytes_check(out[1])) {
        service = str_check(out[1]) ? str_to_utf8(out[1]) : std::string(bytes_view(out[1]));
        service_text = service.c_str();
    } else if (!is_none(out[1])) {
        return err_set_string(exc::OSError, "Int or String expected");
    }
    struct addrinfo hints = {}, *found = nullptr;
    hints.ai_family = numbers[0];
    hints.ai_socktype = numbers[1];
    hints.ai_protocol = numbers[2];
    hints.ai_flags = numbers[3];
    const int code = host().look_up_address(name_text, service_text, &hints, &found);
    if (code) return raise_address_error(code);
    Ref<> result = own(list_new(0));
    bool fine = result.get() != nullptr;
    for (struct addrinfo* entry = found; fine && entry; entry = entry->ai_next) {
        Ref<> address = own(address_object(entry->ai_addr, entry->ai_addrlen, -1));
        Ref<> family = own(int_from_int(entry->ai_family)), kind = own(int_from_int(entry->ai_socktype));
        Ref<> protocol = own(int_from_int(entry->ai_protocol)), canonical = own(str_from_string(entry->ai_canonname ? entry->ai_canonname : ""));
        Ref<> item = address && family && kind && protocol && canonical
                         ? own(tuple_pack({family.get(), kind.get(), protocol.get(), canonical.get(), address.get()}))
                         : Ref<>();
        fine = item && list_append(result.get(), item.get()) == 0;
    }
    freeaddrinfo(found);
    return fine ? result.release() : nullptr;
}

Owned getnameinfo_function(Object*, Object* const* args, intptr_t nargs) {
    int flags, port;
    if (!check_positional("getnameinfo", nargs, 2, 2) || !argument_int(args[1], &flags)) return nullptr;
    if (!tuple_check(args[0])) return err_set_string(exc::TypeError, "getnameinfo() argument 1 must be a tuple");
    const intptr_t size = tuple_size(args[0]);
    if (size < 2 || size > 4 || !str_check(tuple_get_item(args[0], 0))) {
        return err_set_string(exc::TypeError, "getnameinfo(): illegal sockaddr argument");
    }
    if (!argument_int(tuple_get_item(args[0], 1), &port)) return nullptr;
    const std::string name = str_to_utf8(tuple_get_item(args[0], 0)), service = std::to_string(port);
    struct addrinfo hints = {}, *found = nullptr;
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICHOST;
    int code = host().look_up_address(name.c_str(), service.c_str(), &hints, &found);
    if (code) return raise_address_error(code);
    if (found->ai_next) {
        freeaddrinfo(found);
        return err_set_string(exc::OSError, "sockaddr resolved to multiple addresses");
    }
    if (found->ai_family == AF_INET && size != 2) {
        freeaddrinfo(found);
        return err_set_string(exc::OSError, "IPv4 sockaddr must be 2 tuple");
    }
    char host_text[NI_MAXHOST], service_text[NI_MAXSERV];
    code = getnameinfo(found->ai_addr, found->ai_addrlen, host_text, sizeof host_text, service_text, sizeof service_text, flags);
    freeaddrinfo(found);
    if (code) return raise_address_error(code);
    Ref<> first = own(str_from_filesystem(host_text)), second = own(str_from_string(service_text));
    return first && second ? tuple_pack({first.get(), second.get()}) : nullptr;
}

Owned address_text(const struct sockaddr* address, socklen_t size) {
    char text[NI_MAXHOST];
    const int code = getnameinfo(address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    return code ? raise_address_error(code) : str_from_string(text);
}
Owned gethostbyname_function(Object*, Object* argument) {
    std::string name;
    struct sockaddr_storage address;
    socklen_t size;
    if (!host_argument(argument, &name) || !resolve_host(name.c_str(), AF_INET, &address, &size)) return nullptr;
    return address_text(reinterpret_cast<struct sockaddr*>(&address), size);
}
// (name, aliases, addresses)
Owned host_entry(const struct hostent* entry) {
    if (!entry) return raise_host_error(h_errno);
    Ref<> name = own(str_from_filesystem(entry->h_name)), aliases = own(list_new(0)), addresses = own(list_new(0));
    if (!name || !aliases || !addresses) return nullptr;
    for (char** alias = entry->h_aliases; alias && *alias; ++alias) {
        Ref<> text = own(str_from_filesystem(*alias));
        if (!text || list_append(aliases.get(), text.get()) < 0) return nullptr;
    }
    for (char** raw = entry->h_addr_list; raw && *raw; ++raw) {
        char text[INET6_ADDRSTRLEN];
        Ref<> shown = own(str_from_string(inet_ntop(entry->h_addrtype, *raw, text, sizeof text)));
        if (!shown || list_append(addresses.get(), shown.get()) < 0) return nullptr;
    }
    return tuple_pack({name.get(), aliases.get(), addresses.get()});
}
Owned gethostbyname_ex_function(Object*, Object* argument) {
    std::string name;
    struct sockaddr_storage address;
    socklen_t size;
    if (!host_argument(argument, &name) || !resolve_host(name.c_str(), AF_INET, &address, &size)) return nullptr;
    return host_entry(::gethostbyname(name.c_str()));
}
Owned gethostbyaddr_function(Object*, Object* argument) {
    std::string name;
    struct sockaddr_storage address;
    socklen_t size;
    if (!host_argument(argument, &name) || !resolve_host(name.c_str(), AF_UNSPEC, &address, &size)) return nullptr;
    const bool is_6 = address.ss_family == AF_INET6;
    const void* raw = is_6 ? static_cast<const void*>(&reinterpret_cast<struct sockaddr_in6*>(&address)->sin6_addr)
                           : static_cast<const void*>(&reinterpret_cast<struct sockaddr_in*>(&address)->sin_addr);
    return host_entry(::gethostbyaddr(raw, is_6 ? sizeof(struct in6_addr) : sizeof(struct in_addr), address.ss_family));
}
Owned gethostname_function(Object*, Object*) {
    char name[HOST_NAME_MAX + 1] = {};
    return ::gethostname(name, sizeof name - 1) < 0 ? err_set_from_errno(exc::OSError) : str_from_filesystem(name);
}
Owned sethostname_function(Object*, Object* argument) {
    std::string name;
    if (!path_argument(argument, nullptr, &name)) return nullptr;
    return ::sethostname(name.data(), name.size()) < 0 ? err_set_from_errno(exc::OSError) : new_none();
}

Owned getservbyname_function(Object*, Object* const* args, intptr_t nargs) {
    const char *name, *protocol = nullptr;
    if (!check_positional("getservbyname", nargs, 1, 2) || !argument_text("getservbyname", 1, args[0], &name) ||
        (nargs > 1 && !argument_text("getservbyname", 2, args[1], &protocol))) {
        return nullptr;
    }
    const struct servent* entry = ::getservbyname(name, protocol);
    return entry ? int_from_int(ntohs(static_cast<uint16_t>(entry->s_port))) : err_set_string(exc::OSError, "service/proto not found");
}
Owned getservbyport_function(Object*, Object* const* args, intptr_t nargs) {
    int port;
    const char* protocol = nullptr;
    if (!check_positional("getservbyport", nargs, 1, 2) || !argument_int(args[0], &port) ||
        (nargs > 1 && !argument_text("getservbyport", 2, args[1], &protocol))) {
        return nullptr;
    }
    if (port < 0 || port > 0xffff) return err_set_string(exc::OverflowError, "getservbyport: port must be 0-65535.");
    const struct servent* entry = ::getservbyport(htons(static_cast<uint16_t>(port)), protocol);
    return entry ? str_from_string(entry->s_name) : err_set_string(exc::OSError, "port/proto not found");
}
Owned getprotobyname_function(Object*, Object* argument) {
    const char* name;
    if (!argument_text("getprotobyname", 1, argument, &name)) return nullptr;
    const struct protoent* entry = ::getprotobyname(name);
    return entry ? int_from_int(entry->p_proto) : err_set_string(exc::OSError, "protocol not found");
}

// htons and ntohs take what an int of C can hold, and say which of them was called.
Owned swap_short(Object* argument, const char* function) {
    int value;
    if (!argument_int(argument, &value)) return nullptr;
    if (value < 0) return err_format(exc::OverflowError, "%s: can't convert negative Python int to C 16-bit unsigned integer", function);
    if (value > 0xffff) return err_format(exc::OverflowError, "%s: Python int too large to convert to C 16-bit unsigned integer", function);
    return int_from_int(htons(static_cast<uint16_t>(value)));
}
Owned htons_function(Object*, Object* argument) { return swap_short(argument, "htons"); }
Owned ntohs_function(Object*, Object* argument) { return swap_short(argument, "ntohs"); }
Owned swap_long(Object*, Object* argument) {
    if (!int_check(argument)) return err_format(exc::TypeError, "expected int, %s found", argument->type->tp_name);
    int overflow = 0;
    const int64_t value = int_as_int64_overflow(argument, &overflow);
    if (overflow < 0 || (!overflow && value < 0)) return err_set_string(exc::OverflowError, "can't convert negative value to unsigned int");
    if (overflow > 0 && int_bit_length(argument) > 64) return err_set_string(exc::OverflowError, "Python int too large to convert to C unsigned long");
    if (overflow || value > 0xffffffff) return err_set_string(exc::OverflowError, "int larger than 32 bits");
    return int_from_int64(htonl(static_cast<uint32_t>(value)));
}

Owned inet_aton_function(Object*, Object* argument) {
    const char* text;
    struct in_addr address;
    if (!argument_text("inet_aton", 1, argument, &text)) return nullptr;
    if (!::inet_aton(text, &address)) return err_set_string(exc::OSError, "illegal IP address string passed to inet_aton");
    return bytes_from_data(reinterpret_cast<char*>(&address), sizeof address);
}
Owned inet_ntoa_function(Object*, Object* argument) {
    BufferHold view;
    struct in_addr address;
    if (!view.get(argument)) return nullptr;
    if (view.size() != sizeof address) return err_set_string(exc::OSError, "packed IP wrong length for inet_ntoa");
    memcpy(&address, view.data(), sizeof address);
    return str_from_string(::inet_ntoa(address));
}
Owned inet_pton_function(Object*, Object* const* args, intptr_t nargs) {
    int family;
    const char* text;
    char packed[sizeof(struct in6_addr)];
    if (!check_positional("inet_pton", nargs, 2, 2) || !argument_int(args[0], &family) || !argument_text("inet_pton", 2, args[1], &text)) return nullptr;
    const int status = ::inet_pton(family, text, packed);
    if (status < 0) return err_set_from_errno(exc::OSError);
    if (status == 0) return err_set_string(exc::OSError, "illegal IP address string passed to inet_pton");
    return bytes_from_data(packed, family == AF_INET ? 4 : 16);
}
Owned inet_ntop_function(Object*, Object* const* args, intptr_t nargs) {
    int family;
    BufferHold view;
    char text[INET6_ADDRSTRLEN];
    if (!check_positional("inet_ntop", nargs, 2, 2) || !argument_int(args[0], &family) || !view.get(args[1])) return nullptr;
    if (family != AF_INET && family != AF_INET6) return err_format(exc::ValueError, "unknown address family %d", family);
    if (view.size() != (family == AF_INET ? 4 : 16)) return err_set_string(exc::ValueError, "invalid length of packed IP address string");
    return ::inet_ntop(family, view.data(), text, sizeof text) ? str_from_string(text) : err_set_from_errno(exc::OSError);
}

Owned if_nameindex_function(Object*, Object*) {
    struct if_nameindex* entries = ::if_nameindex();
    if (!entries) return err_set_from_errno(exc::OSError);
    Ref<> result = own(list_new(0));
    bool fine = result.get() != nullptr;
    for (struct if_nameindex* entry = entries; fine && entry->if_index && entry->if_name; ++entry) {
        Ref<> index = own(int_from_int64(entry->if_index)), name = own(str_from_filesystem(entry->if_name));
        Ref<> pair = index && name ? own(tuple_pack({index.get(), name.get()})) : Ref<>();
        fine = pair && list_append(result.get(), pair.get()) == 0;
    }
    if_freenameindex(entries);
    return fine ? result.release() : nullptr;
}
Owned if_nametoindex_function(Object*, Object* argument) {
    std::string name;
    if (!path_argument(argument, nullptr, &name)) return nullptr;
    const unsigned index = ::if_nametoindex(name.c_str());
    return index ? int_from_int64(index) : err_set_string(exc::OSError, "no interface with this name");
}
Owned if_indextoname_function(Object*, Object* argument) {
    int index;
    char name[IF_NAMESIZE + 1];
    if (!argument_int(argument, &index)) return nullptr;
    return ::if_indextoname(static_cast<unsigned>(index), name) ? str_from_filesystem(name) : err_set_from_errno(exc::OSError);
}

}  // namespace

const MethodDef socket_lookup_functions[] = {
    method_def("getaddrinfo", getaddrinfo_function, kMethFastcall | kMethKeywords, "getaddrinfo(host, port [, family, type, proto, flags]) -> list of (family, type, proto, canonname, sockaddr)"),
    method_def("getnameinfo", getnameinfo_function, kMethFastcall, "getnameinfo(sockaddr, flags) --> (host, port)"),
    method_def("gethostbyname", gethostbyname_function, kMethO, "gethostbyname(host) -> address"),
    method_def("gethostbyname_ex", gethostbyname_ex_function, kMethO, "gethostbyname_ex(host) -> (name, aliaslist, addresslist)"),
    method_def("gethostbyaddr", gethostbyaddr_function, kMethO, "gethostbyaddr(host) -> (name, aliaslist, addresslist)"),
    method_def("gethostname", gethostname_function, kMethNoargs, "gethostname() -> string"),
    method_def("sethostname", sethostname_function, kMethO, "sethostname(name)"),
    method_def("getservbyname", getservbyname_function, kMethFastcall, "getservbyname(servicename[, protocolname]) -> integer"),
    method_def("getservbyport", getservbyport_function, kMethFastcall, "getservbyport(port[, protocolname]) -> string"),
    method_def("getprotobyname", getprotobyname_function, kMethO, "getprotobyname(name) -> integer"),
    method_def("ntohs", ntohs_function, kMethO, "Convert a 16-bit unsigned integer from network to host byte order."),
    method_def("ntohl", swap_long, kMethO, "ntohl(integer) -> integer"),
    method_def("htons", htons_function, kMethO, "Convert a 16-bit unsigned integer from host to network byte order."),
    method_def("htonl", swap_long, kMethO, "htonl(integer) -> integer"),
    method_def("inet_aton", inet_aton_function, kMethO, "inet_aton(string) -> bytes giving packed 32-bit IP representation"),
    method_def("inet_ntoa", inet_ntoa_function, kMethO, "inet_ntoa(packed_ip) -> ip_address_string"),
    method_def("inet_pton", inet_pton_function, kMethFastcall, "inet_pton(af, ip) -> packed IP address string"),
    method_def("inet_ntop", inet_ntop_function, kMethFastcall, "inet_ntop(af, packed_ip) -> string formatted IP address"),
    method_def("if_nameindex", if_nameindex_function, kMethNoargs, "if_nameindex()"),
    method_def("if_nametoindex", if_nametoindex_function, kMethO, "if_nametoindex(if_name)"),
    method_def("if_indextoname", if_indextoname_function, kMethO, "if_indextoname(if_index)"),
    {nullptr, nullptr, 0}};

}  // namespace refscope::vm
