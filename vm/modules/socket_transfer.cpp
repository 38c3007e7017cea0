// _socket: receiving and sending.
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "vm/modules/socket_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

struct Peer {
    struct sockaddr_storage address = {};
    socklen_t size = 0;
    struct sockaddr* get() { return reinterpret_cast<struct sockaddr*>(&address); }
};

// How many bytes came; -1: an exception is pending.
ssize_t receive(SocketObject* self, void* buffer, size_t size, int flags, Peer* peer_or_null) {
    ssize_t count = 0;
    if (!peer_or_null && size == 0) return 0;
    const bool fine = socket_call(self, false, [&] {
        if (!peer_or_null) return count = ::recv(self->descriptor, buffer, size, flags);
        peer_or_null->size = sizeof peer_or_null->address;
        return count = ::recvfrom(self->descriptor, buffer, size, flags, peer_or_null->get(), &peer_or_null->size);
    });
    return fine ? count : -1;
}
Owned peer_object(SocketObject* self, Peer& peer) { return address_object(peer.get(), peer.size, self->protocol); }

bool size_and_flags(const char* function, Object* const* args, intptr_t nargs, intptr_t* size, int* flags) {
    if (!check_positional(function, nargs, 1, 2) || !argument_ssize(args[0], size) || (nargs > 1 && !argument_int(args[1], flags))) return false;
    if (*size >= 0) return true;
    err_format(exc::ValueError, "negative buffersize in %s", function);
    return false;
}

Owned receive_bytes(Object* object, const char* function, Object* const* args, intptr_t nargs, Peer* peer_or_null) {
    intptr_t size;
    int flags = 0;
    if (!size_and_flags(function, args, nargs, &size, &flags)) return nullptr;
    std::unique_ptr<char[]> buffer(new (std::nothrow) char[static_cast<size_t>(size) + 1]);
    if (!buffer) return err_no_memory();
    const ssize_t count = receive(as_socket(object), buffer.get(), static_cast<size_t>(size), flags, peer_or_null);
    return count < 0 ? nullptr : bytes_from_data(buffer.get(), count);
}

ssize_t receive_into(Object* object, const char* function, Object* const* args, intptr_t nargs, Object* kwnames, Peer* peer_or_null) {
    static const char* const names[] = {"buffer", "nbytes", "flags", nullptr};
    const KeywordParser parser{function, names, 1, 3};
    Object* out[3] = {};
    intptr_t wanted = 0;
    int flags = 0;
    BufferHold view;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !view.get(out[0], kBufferWritable) ||
        (out[1] && !argument_ssize(out[1], &wanted)) || (out[2] && !argument_int(out[2], &flags))) {
        return -1;
    }
    if (wanted < 0) {
        err_format(exc::ValueError, "negative buffersize in %s", function);
        return -1;
    }
    if (wanted > view.size()) {
        err_format(exc::ValueError, "buffer too small for requested bytes");
        return -1;
    }
    return receive(as_socket(object), view.writable_data(), static_cast<size_t>(wanted ? wanted : view.size()), flags, peer_or_null);
}

// The buffers of a message, as the system wants them.
struct Pieces {
    std::vector<std::unique_ptr<BufferHold>> views;
    std::vector<struct iovec> vectors;
    bool read(Object* iterable, int flags, const char* error) {
        Ref<> items = own(sequence_fast(iterable, error));
        for (intptr_t i = 0; items && i < object_size(items.get()); ++i) {
            Ref<> item = own(sequence_get_item(items.get(), i));
            views.push_back(std::make_unique<BufferHold>());
            if (!item || !views.back()->get(item.get(), flags)) return false;
            vectors.push_back({views.back()->writable_data(), static_cast<size_t>(views.back()->size())});
        }
        return items.get() != nullptr;
    }
};

Owned ancillary_list(struct msghdr* message) {
    Ref<> result = own(list_new(0));
    if (!message->msg_controllen) return result.release();
    for (struct cmsghdr* head = CMSG_FIRSTHDR(message); result && head; head = CMSG_NXTHDR(message, head)) {
        const size_t offset = static_cast<size_t>(CMSG_DATA(head) - reinterpret_cast<unsigned char*>(head));
        if (head->cmsg_len < offset) break;
        Ref<> level = own(int_from_int(head->cmsg_level)), kind = own(int_from_int(head->cmsg_type));
        Ref<> data = own(bytes_from_data(reinterpret_cast<char*>(CMSG_DATA(head)), static_cast<intptr_t>(head->cmsg_len - offset)));
        Ref<> item = level && kind && data ? own(tuple_pack({level.get(), kind.get(), data.get()})) : Ref<>();
        if (!item || list_append(result.get(), item.get()) < 0) return nullptr;
    }
    return result.release();
}

// recvmsg with the pieces to fill; `value` makes the result's first item.
template <class F>
Owned receive_message(SocketObject* self, std::vector<struct iovec>& vectors, intptr_t ancillary, int flags, F value) {
    if (ancillary < 0 || ancillary > INT32_MAX) return err_set_string(exc::ValueError, "invalid ancillary data buffer length");
    std::vector<char> control(static_cast<size_t>(ancillary));
    Peer peer;
    struct msghdr message = {};
    ssize_t count = 0;
    if (!socket_call(self, false, [&] {
            message = {peer.get(), sizeof peer.address, vectors.data(), vectors.size(), control.empty() ? nullptr : control.data(), control.size(), 0};
            return count = ::recvmsg(self->descriptor, &message, flags);
        })) {
        return nullptr;
    }
    peer.size = message.msg_namelen;
    Ref<> first = own(value(count)), data = own(ancillary_list(&message)), shown = own(int_from_int(message.msg_flags));
    Ref<> address = own(peer_object(self, peer));
    return first && data && shown && address ? tuple_pack({first.get(), data.get(), shown.get(), address.get()}) : nullptr;
}

bool read_ancillary(Object* iterable, std::vector<char>* control) {
    Ref<> items = own(sequence_fast(iterable, "sendmsg() argument 2 must be an iterable"));
    for (intptr_t i = 0; items && i < object_size(items.get()); ++i) {
        Ref<> item = own(sequence_get_item(items.get(), i));
        int level, kind;
        BufferHold view;
        if (!item) return false;
        if (!tuple_check(item.get()) || tuple_size(item.get()) != 3) {
            err_set_string(exc::TypeError, "[sendmsg() ancillary data items] must be a sequence of 3 items");
            return false;
        }
        if (!argument_int(tuple_get_item(item.get(), 0), &level) || !argument_int(tuple_get_item(item.get(), 1), &kind) ||
            !view.get(tuple_get_item(item.get(), 2))) {
            return false;
        }
        const auto size = static_cast<size_t>(view.size());
        const size_t start = control->size();
        control->resize(start + CMSG_SPACE(size));
        auto* head = reinterpret_cast<struct cmsghdr*>(control->data() + start);
        head->cmsg_level = level;
        head->cmsg_type = kind;
        head->cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(head), view.data(), size);
    }
    return items.get() != nullptr;
}

}  // namespace

Owned socket_recv(Object* self, Object* const* args, intptr_t nargs) { return receive_bytes(self, "recv", args, nargs, nullptr); }
Owned socket_recvfrom(Object* self, Object* const* args, intptr_t nargs) {
    Peer peer;
    Ref<> data = own(receive_bytes(self, "recvfrom", args, nargs, &peer));
    Ref<> address = data ? own(peer_object(as_socket(self), peer)) : Ref<>();
    return address ? tuple_pack({data.get(), address.get()}) : nullptr;
}
Owned socket_recv_into(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    const ssize_t count = receive_into(self, "recv_into", args, nargs, kwnames, nullptr);
    return count < 0 ? nullptr : int_from_ssize(count);
}
Owned socket_recvfrom_into(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    Peer peer;
    const ssize_t count = receive_into(self, "recvfrom_into", args, nargs, kwnames, &peer);
    if (count < 0) return nullptr;
    Ref<> number = own(int_from_ssize(count)), address = own(peer_object(as_socket(self), peer));
    return number && address ? tuple_pack({number.get(), address.get()}) : nullptr;
}
Owned socket_recvmsg(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t size, ancillary = 0;
    int flags = 0;
    if (!check_positional("recvmsg", nargs, 1, 3) || !argument_ssize(args[0], &size) ||
        (nargs > 1 && !argument_ssize(args[1], &ancillary)) || (nargs > 2 && !argument_int(args[2], &flags))) {
        return nullptr;
    }
    if (size < 0) return err_set_string(exc::ValueError, "negative buffer size in recvmsg()");
    std::vector<char> buffer(static_cast<size_t>(size));
    std::vector<struct iovec> vectors{{buffer.data(), buffer.size()}};
    return receive_message(as_socket(self), vectors, ancillary, flags, [&](ssize_t count) { return bytes_from_data(buffer.data(), count); });
}
Owned socket_recvmsg_into(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t ancillary = 0;
    int flags = 0;
    Pieces pieces;
    if (!check_positional("recvmsg_into", nargs, 1, 3) || !pieces.read(args[0], kBufferWritable, "recvmsg_into() argument 1 must be an iterable") ||
        (nargs > 1 && !argument_ssize(args[1], &ancillary)) || (nargs > 2 && !argument_int(args[2], &flags))) {
        return nullptr;
    }
    return receive_message(as_socket(self), pieces.vectors, ancillary, flags, [](ssize_t count) { return int_from_ssize(count); });
}

Owned socket_send(Object* object, Object* const* args, intptr_t nargs) {
    SocketObject* self = as_socket(object);
    BufferHold view;
    int flags = 0;
    ssize_t count = 0;
    if (!check_positional("send", nargs, 1, 2) || !view.get(args[0]) || (nargs > 1 && !argument_int(args[1], &flags))) return nullptr;
    return socket_call(self, true, [&] { return count = ::send(self->descriptor, view.data(), static_cast<size_t>(view.size()), flags); })
               ? int_from_ssize(count)
               : nullptr;
}
Owned socket_sendall(Object* object, Object* const* args, intptr_t nargs) {
    SocketObject* self = as_socket(object);
    BufferHold view;
    int flags = 0;
    if (!check_positional("sendall", nargs, 1, 2) || !view.get(args[0]) || (nargs > 1 && !argument_int(args[1], &flags))) return nullptr;
    // The timeout is for everything together.
    const int64_t deadline = socket_deadline(self);
    const char* data = view.data();
    for (auto left = static_cast<size_t>(view.size()); left > 0;) {
        if (self->timeout != 0 && !socket_wait(self, true, deadline)) return nullptr;
        const ssize_t count = ::send(self->descriptor, data, left, flags);
        if (count < 0) {
            if (!socket_retry(self)) return nullptr;
            continue;
        }
        data += count;
        left -= static_cast<size_t>(count);
    }
    return new_none();
}
Owned socket_sendto(Object* object, Object* const* args, intptr_t nargs) {
    SocketObject* self = as_socket(object);
    BufferHold view;
    int flags = 0;
    Peer peer;
    ssize_t count = 0;
    if (nargs < 2 || nargs > 3) return err_format(exc::TypeError, "sendto() takes 2 or 3 arguments (%zd given)", nargs);
    if (!view.get(args[0]) || (nargs == 3 && !argument_int(args[1], &flags)) ||
        !address_argument(self, args[nargs - 1], "sendto", &peer.address, &peer.size)) {
        return nullptr;
    }
    return socket_call(self, true,
                       [&] {
                           return count = ::sendto(self->descriptor, view.data(), static_cast<size_t>(view.size()), flags, peer.get(), peer.size);
                       })
               ? int_from_ssize(count)
               : nullptr;
}
Owned socket_sendmsg(Object* object, Object* const* args, intptr_t nargs) {
    SocketObject* self = as_socket(object);
    Pieces pieces;
    std::vector<char> control;
    int flags = 0;
    Peer peer;
    ssize_t count = 0;
    if (!check_positional("sendmsg", nargs, 1, 4) || !pieces.read(args[0], kBufferSimple, "sendmsg() argument 1 must be an iterable") ||
        (nargs > 1 && !read_ancillary(args[1], &control)) || (nargs > 2 && !argument_int(args[2], &flags)) ||
        (nargs > 3 && !is_none(args[3]) && !address_argument(self, args[3], "sendmsg", &peer.address, &peer.size))) {
        return nullptr;
    }
    struct msghdr message = {peer.size ? peer.get() : nullptr, peer.size, pieces.vectors.data(), pieces.vectors.size(),
                             control.empty() ? nullptr : control.data(), control.size(), 0};
    return socket_call(self, true, [&] { return count = ::sendmsg(self->descriptor, &message, flags); }) ? int_from_ssize(count) : nullptr;
}

}  // namespace refscope::vm
