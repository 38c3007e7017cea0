// The module select: select() and the object poll; epoll is in select_epoll.cpp.
//
// Everything waits in the host, so that signals are served and a debugger's pause comes through; select() is carried out with
// poll(), but refuses descriptors beyond FD_SETSIZE as CPython's does.
#include "vm/modules/select_module.h"

#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <cerrno>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/modules/wait_arguments.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct PollObject : Object {
    Object* events;  // dict descriptor -> mask
    bool running;
    void* unused[2];  // CPython keeps its array here
};
static_assert(sizeof(PollObject) == 48);
PollObject* as_poll(Object* object) { return static_cast<PollObject*>(object); }

constexpr short kInput = POLLIN | POLLHUP | POLLERR, kOutput = POLLOUT | POLLERR, kExceptional = POLLPRI;

// What to watch of one of select()'s three sequences: appended to `entries`, one entry for each object.
bool add_watched(Object* sequence, short events, std::vector<struct pollfd>* entries) {
    Ref<> items = own(sequence_fast(sequence, "arguments 1-3 must be sequences"));
    if (!items) return false;
    for (intptr_t i = 0; i < object_size(items.get()); ++i) {
        Ref<> item = own(sequence_get_item(items.get(), i));
        if (!item) return false;
        const int descriptor = descriptor_argument(item.get());
        if (descriptor < 0) return false;
        if (descriptor >= FD_SETSIZE) {
            err_set_string(exc::ValueError, "filedescriptor out of range in select()");
            return false;
        }
        entries->push_back({descriptor, events, 0});
    }
    return true;
}
Owned ready_items(Object* sequence, const struct pollfd* entries, size_t count, short wanted) {
    Ref<> result = own(list_new(0));
    Ref<> items = own(sequence_fast(sequence, "arguments 1-3 must be sequences"));
    if (!result || !items) return nullptr;
    for (size_t i = 0; i < count && static_cast<intptr_t>(i) < object_size(items.get()); ++i) {
        if (!(entries[i].revents & wanted)) continue;
        Ref<> item = own(sequence_get_item(items.get(), static_cast<intptr_t>(i)));
        if (!item || list_append(result.get(), item.get()) < 0) return nullptr;
    }
    return result.release();
}

Owned select_select(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("select", nargs, 3, 4)) return nullptr;
    int64_t timeout = -1;
    if (nargs > 3 && !is_none(args[3])) {
        if (!seconds_argument(args[3], &timeout)) {
            if (!err_matches(exc::TypeError)) return nullptr;
            return err_set_string(exc::TypeError, "timeout must be a float or None");
        }
        if (timeout < 0) return err_set_string(exc::ValueError, "timeout must be non-negative");
    }
    constexpr short kEvents[3] = {POLLIN, POLLOUT, POLLPRI}, kReady[3] = {kInput, kOutput, kExceptional};
    std::vector<struct pollfd> entries;
    size_t starts[4] = {};
    for (int i = 0; i < 3; ++i) {
        if (!add_watched(args[i], kEvents[i], &entries)) return nullptr;
        starts[i + 1] = entries.size();
    }
    if (wait_for_descriptors(entries.data(), entries.size(), deadline_after(timeout)) < 0) return nullptr;
    for (const struct pollfd& entry : entries) {
        if (!(entry.revents & POLLNVAL)) continue;
        errno = EBADF;
        return err_set_from_errno(exc::OSError);
    }
    Ref<> lists[3];
    for (int i = 0; i < 3; ++i) {
        lists[i] = own(ready_items(args[i], entries.data() + starts[i], starts[i + 1] - starts[i], kReady[i]));
        if (!lists[i]) return nullptr;
    }
    return tuple_pack({lists[0].get(), lists[1].get(), lists[2].get()});
}

// ---- poll

bool event_mask(Object* argument, short* result) {
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    int overflow = 0;
    const int64_t value = int_as_int64_overflow(index.get(), &overflow);
    if (overflow < 0 || (!overflow && value < 0)) {
        err_set_string(exc::ValueError, "value must be positive");
        return false;
    }
    if (overflow || value > USHRT_MAX) {
        err_set_string(exc::OverflowError, "Python int too large for C unsigned short");
        return false;
    }
    *result = static_cast<short>(value);
    return true;
}
bool store_mask(PollObject* self, int descriptor, short mask) {
    Ref<> key = own(int_from_int(descriptor)), value = own(int_from_int(static_cast<unsigned short>(mask)));
    return key && value && dict_set_item(self->events, key.get(), value.get()) == 0;
}

Owned poll_register(Object* self, Object* const* args, intptr_t nargs) {
    short mask = POLLIN | POLLPRI | POLLOUT;
    if (!check_positional("register", nargs, 1, 2)) return nullptr;
    const int descriptor = descriptor_argument(args[0]);
    if (descriptor < 0 || (nargs > 1 && !event_mask(args[1], &mask))) return nullptr;
    return store_mask(as_poll(self), descriptor, mask) ? new_none() : nullptr;
}
Owned poll_modify(Object* self, Object* const* args, intptr_t nargs) {
    short mask;
    if (!check_positional("modify", nargs, 2, 2)) return nullptr;
    const int descriptor = descriptor_argument(args[0]);
    if (descriptor < 0 || !event_mask(args[1], &mask)) return nullptr;
    Ref<> key = own(int_from_int(descriptor));
    if (!key) return nullptr;
    if (!dict_get_item_with_error(as_poll(self)->events, key.get())) {
        if (err_occurred()) return nullptr;
        errno = ENOENT;
        return err_set_from_errno(exc::OSError);
    }
    return store_mask(as_poll(self), descriptor, mask) ? new_none() : nullptr;
}
Owned poll_unregister(Object* self, Object* argument) {
    const int descriptor = descriptor_argument(argument);
    if (descriptor < 0) return nullptr;
    Ref<> key = own(int_from_int(descriptor));
    return key && dict_del_item(as_poll(self)->events, key.get()) == 0 ? new_none() : nullptr;
}
Owned poll_poll(Object* object, Object* const* args, intptr_t nargs) {
    PollObject* self = as_poll(object);
    if (!check_positional("poll", nargs, 0, 1)) return nullptr;
    int64_t deadline = -1;
    if (nargs && !is_none(args[0]) && !deadline_after_milliseconds(args[0], &deadline)) return nullptr;
    if (self->running) return err_set_string(exc::RuntimeError, "concurrent poll() invocation");
    std::vector<struct pollfd> entries;
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(self->events, &position, &key, &value)) {
        entries.push_back({static_cast<int>(int_as_ssize(key)), static_cast<short>(int_as_ssize(value)), 0});
    }
    self->running = true;
    const int ready = wait_for_descriptors(entries.data(), entries.size(), deadline);
    self->running = false;
    if (ready < 0) return nullptr;
    Ref<> result = own(list_new(0));
    for (const struct pollfd& entry : entries) {
        if (!result || !entry.revents) continue;
        Ref<> descriptor = own(int_from_int(entry.fd)), mask = own(int_from_int(entry.revents & 0xffff));
        Ref<> pair = descriptor && mask ? own(tuple_pack({descriptor.get(), mask.get()})) : Ref<>();
        if (!pair || list_append(result.get(), pair.get()) < 0) return nullptr;
    }
    return result.release();
}
void poll_dealloc(Object* self) {
    xdecref(as_poll(self)->events);
    type_generic_free(self);
}
int poll_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_poll(self)->events, Edge::field("events"));
    return 0;
}
const MethodDef poll_methods[] = {
    method_def("register", poll_register, kMethFastcall, "register($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)\n--\n\nWatch a descriptor."),
    method_def("modify", poll_modify, kMethFastcall, "modify($self, fd, eventmask, /)\n--\n\nChange what is watched of a descriptor."),
    method_def("unregister", poll_unregister, kMethO, "unregister($self, fd, /)\n--\n\nWatch a descriptor no longer."),
    method_def("poll", poll_poll, kMethFastcall, "poll($self, timeout=None, /)\n--\n\nThe descriptors with events, as pairs of descriptor and event mask."),
    {nullptr, nullptr, 0}};
Type poll_type = [] {
    Type type = static_type("select.poll", sizeof(PollObject), 0, kDisallowInstantiation);
    type.tp_dealloc = poll_dealloc;
    type.tp_traverse = poll_traverse;
    type.tp_methods = poll_methods;
    return type;
}();
Owned select_poll(Object*, Object*) {
    Ref<> events = own(dict_new());
    auto* self = events ? new_object<PollObject>(&poll_type) : nullptr;
    if (self) self->events = events.release();
    return self;
}

const MethodDef functions[] = {
    method_def("select", select_select, kMethFastcall, "select($module, rlist, wlist, xlist, timeout=None, /)\n--\n\nWaits until some of the descriptors are ready."),
    method_def("poll", select_poll, kMethNoargs, "poll($module, /)\n--\n\nAn object that watches descriptors."),
    {nullptr, nullptr, 0}};

const struct {
    const char* name;
    int64_t value;
} constants[] = {
#define RS_CONSTANT(name) {#name, name},
    RS_CONSTANT(PIPE_BUF) RS_CONSTANT(POLLIN) RS_CONSTANT(POLLPRI) RS_CONSTANT(POLLOUT) RS_CONSTANT(POLLERR) RS_CONSTANT(POLLHUP)
    RS_CONSTANT(POLLNVAL) RS_CONSTANT(POLLRDNORM) RS_CONSTANT(POLLRDBAND) RS_CONSTANT(POLLWRNORM) RS_CONSTANT(POLLWRBAND)
    RS_CONSTANT(POLLMSG) RS_CONSTANT(POLLRDHUP) RS_CONSTANT(EPOLLIN) RS_CONSTANT(EPOLLOUT) RS_CONSTANT(EPOLLPRI)
    RS_CONSTANT(EPOLLERR) RS_CONSTANT(EPOLLHUP) RS_CONSTANT(EPOLLRDHUP) RS_CONSTANT(EPOLLET) RS_CONSTANT(EPOLLONESHOT)
    RS_CONSTANT(EPOLLEXCLUSIVE) RS_CONSTANT(EPOLLRDNORM) RS_CONSTANT(EPOLLRDBAND) RS_CONSTANT(EPOLLWRNORM)
    RS_CONSTANT(EPOLLWRBAND) RS_CONSTANT(EPOLLMSG) RS_CONSTANT(EPOLL_CLOEXEC)
#undef RS_CONSTANT
};

}  // namespace

int64_t deadline_after(int64_t timeout) { return timeout < 0 ? -1 : host().clock(CLOCK_MONOTONIC) + timeout; }

bool deadline_after_milliseconds(Object* argument, int64_t* deadline) {
    int64_t nanoseconds;
    if (float_check(argument)) {
        Ref<> thousandth = own(float_new(float_value(argument) / 1000));
        if (!thousandth || !seconds_argument(thousandth.get(), &nanoseconds)) return false;
    } else {
        if (!index_check(argument)) {
            err_set_string(exc::TypeError, "timeout must be an integer or None");
            return false;
        }
        Ref<> index = own(number_index(argument));
        if (!index) return false;
        int overflow = 0;
        const int64_t milliseconds = int_as_int64_overflow(index.get(), &overflow);
        if (overflow || __builtin_mul_overflow(milliseconds, int64_t{1000000}, &nanoseconds) || milliseconds > INT_MAX) {
            err_set_string(exc::OverflowError, "timeout is too large");
            return false;
        }
    }
    *deadline = deadline_after(nanoseconds < 0 ? -1 : nanoseconds);
    return true;
}

int wait_for_descriptors(struct pollfd* entries, size_t count, int64_t deadline) {
    for (;;) {
        const int ready = host().wait_descriptors(entries, count, deadline);
        if (ready >= 0) return ready;
        if (errno != EINTR) {
            err_set_from_errno(exc::OSError);
            return -1;
        }
        if (call_seam.check_signals && call_seam.check_signals() < 0) return -1;
    }
}

Owned create_select_module() {
    if (!poll_type.has(kReady) && type_ready(&poll_type) < 0) return nullptr;
    Ref<> module = own(module_create("select", "Waiting for descriptors.", functions));
    if (!module || module_add_object(module.get(), "error", &exc::OSError) < 0 || select_add_epoll(module.get()) < 0) return nullptr;
    for (const auto& constant : constants) {
        if (module_add_int(module.get(), constant.name, static_cast<intptr_t>(constant.value)) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
