// select.epoll.
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/host/host.h"
#include "vm/modules/select_module.h"
#include "vm/modules/wait_arguments.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct EpollObject : Object {
    int descriptor;  // -1: closed
};
EpollObject* as_epoll(Object* object) { return static_cast<EpollObject*>(object); }

bool check_open(Object* self) {
    if (as_epoll(self)->descriptor >= 0) return true;
    err_set_string(exc::ValueError, "I/O operation on closed epoll object");
    return false;
}

Owned epoll_make(Type* type, int descriptor) {
    auto* self = static_cast<EpollObject*>(type->tp_alloc(type, 0));
    if (self) self->descriptor = descriptor;
    return self;
}
Owned epoll_tp_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"sizehint", "flags", nullptr};
    static const KeywordParser parser{"epoll", names, 0, 2};
    Object* out[2] = {};
    int size = -1, flags = 0;
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || (out[0] && !argument_int(out[0], &size)) ||
        (out[1] && !argument_int(out[1], &flags))) {
        return nullptr;
    }
    if (size == 0 || size < -1) return err_set_string(exc::ValueError, "negative sizehint");
    if (flags && flags != EPOLL_CLOEXEC) return err_set_string(exc::OSError, "invalid flags");
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) return err_set_from_errno(exc::OSError);
    Owned self = epoll_make(type, descriptor);
    if (!self) host().close(descriptor);
    return self;
}
Owned epoll_fromfd(Object* type, Object* argument) {
    int descriptor;
    return argument_int(argument, &descriptor) ? epoll_make(static_cast<Type*>(type), descriptor) : nullptr;
}

Owned control(Object* self, int operation, Object* watched, unsigned events) {
    if (!check_open(self)) return nullptr;
    const int descriptor = descriptor_argument(watched);
    if (descriptor < 0) return nullptr;
    struct epoll_event event = {};
    event.events = events;
    event.data.fd = descriptor;
    return ::epoll_ctl(as_epoll(self)->descriptor, operation, descriptor, &event) < 0 ? err_set_from_errno(exc::OSError) : new_none();
}
bool event_mask(Object* argument, unsigned* result) {
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    *result = static_cast<unsigned>(int_as_uint64_mask(index.get()));
    return !err_occurred();
}
Owned epoll_register(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"fd", "eventmask", nullptr};
    static const KeywordParser parser{"register", names, 1, 2};
    Object* out[2] = {};
    unsigned events = EPOLLIN | EPOLLPRI | EPOLLOUT;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || (out[1] && !event_mask(out[1], &events))) return nullptr;
    return control(self, EPOLL_CTL_ADD, out[0], events);
}
Owned epoll_modify(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"fd", "eventmask", nullptr};
    static const KeywordParser parser{"modify", names, 2, 2};
    Object* out[2] = {};
    unsigned events;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !event_mask(out[1], &events)) return nullptr;
    return control(self, EPOLL_CTL_MOD, out[0], events);
}
Owned epoll_unregister(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"fd", nullptr};
    static const KeywordParser parser{"unregister", names, 1, 1};
    Object* out[1] = {};
    return unpack_keywords(parser, args, nargs, kwnames, out) ? control(self, EPOLL_CTL_DEL, out[0], 0) : nullptr;
}
Owned epoll_poll(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"timeout", "maxevents", nullptr};
    static const KeywordParser parser{"poll", names, 0, 2};
    Object* out[2] = {};
    int most = -1;
    int64_t deadline = -1, timeout;
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    if (!check_open(self)) return nullptr;
    if (out[0] && !is_none(out[0])) {
        if (!seconds_argument(out[0], &timeout)) {
            if (!err_matches(exc::TypeError)) return nullptr;
            return err_set_string(exc::TypeError, "timeout must be an integer or None");
        }
        deadline = deadline_after(timeout < 0 ? -1 : timeout);
    }
    if (out[1] && !argument_int(out[1], &most)) return nullptr;
    if (most == -1) {
        most = FD_SETSIZE - 1;
    } else if (most < 1) {
        return err_format(exc::ValueError, "maxevents must be greater than 0, got %d", most);
    }
    std::vector<struct epoll_event> events(static_cast<size_t>(most));
    struct pollfd entry = {as_epoll(self)->descriptor, POLLIN, 0};
    if (wait_for_descriptors(&entry, 1, deadline) < 0) return nullptr;
    const int ready = ::epoll_wait(entry.fd, events.data(), most, 0);
    if (ready < 0) return err_set_from_errno(exc::OSError);
    Ref<> result = own(list_new(0));
    for (int i = 0; result && i < ready; ++i) {
        Ref<> descriptor = own(int_from_int(events[static_cast<size_t>(i)].data.fd));
        Ref<> mask = own(int_from_int64(events[static_cast<size_t>(i)].events));
        Ref<> pair = descriptor && mask ? own(tuple_pack({descriptor.get(), mask.get()})) : Ref<>();
        if (!pair || list_append(result.get(), pair.get()) < 0) return nullptr;
    }
    return result.release();
}
Owned epoll_close(Object* self, Object*) {
    const int descriptor = as_epoll(self)->descriptor;
    as_epoll(self)->descriptor = -1;
    return descriptor >= 0 && host().close(descriptor) < 0 ? err_set_from_errno(exc::OSError) : new_none();
}
Owned epoll_fileno(Object* self, Object*) { return check_open(self) ? int_from_int(as_epoll(self)->descriptor) : nullptr; }
Owned epoll_enter(Object* self, Object*) { return check_open(self) ? newref(self) : nullptr; }
Owned epoll_exit(Object* self, Object*) { return epoll_close(self, nullptr); }
Owned epoll_closed(Object* self, void*) { return bool_from(as_epoll(self)->descriptor < 0); }
void epoll_dealloc(Object* self) {
    if (as_epoll(self)->descriptor >= 0) host().close(as_epoll(self)->descriptor);
    self->type->tp_free(self);
}

const MethodDef epoll_methods[] = {
    method_def("fromfd", epoll_fromfd, kMethO | kMethClass),
    method_def("close", epoll_close, kMethNoargs),
    method_def("fileno", epoll_fileno, kMethNoargs),
    method_def("modify", epoll_modify, kMethFastcall | kMethKeywords),
    method_def("register", epoll_register, kMethFastcall | kMethKeywords),
    method_def("unregister", epoll_unregister, kMethFastcall | kMethKeywords),
    method_def("poll", epoll_poll, kMethFastcall | kMethKeywords),
    method_def("__enter__", epoll_enter, kMethNoargs),
    method_def("__exit__", epoll_exit, kMethVarargs),
    {nullptr, nullptr, 0}};
const GetSetDef epoll_getset[] = {{"closed", epoll_closed, nullptr, "True if it is closed"}, {nullptr, nullptr}};
Type epoll_type = [] {
    Type type = static_type("select.epoll", sizeof(EpollObject), 0, 0);
    type.tp_dealloc = epoll_dealloc;
    type.tp_methods = epoll_methods;
    type.tp_getset = epoll_getset;
    type.tp_new = epoll_tp_new;
    return type;
}();

}  // namespace

int select_add_epoll(Object* module) {
    if (!epoll_type.has(kReady) && type_ready(&epoll_type) < 0) return -1;
    return module_add_object(module, "epoll", &epoll_type);
}

}  // namespace refscope::vm
