// The module select, and the waiting that it shares with _socket.
#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>

#include "vm/heap/object.h"

namespace refscope::vm {

Owned create_select_module();
int select_add_epoll(Object* module);  // select_epoll.cpp

// The monotonic clock's value then; negative timeouts: -1, without end.
int64_t deadline_after(int64_t timeout_nanoseconds);
// An int or float of milliseconds; negative ones: without end. False: an exception is pending.
bool deadline_after_milliseconds(Object* argument, int64_t* deadline);
// poll(), with signals served meanwhile. How many are ready; 0: time is up; -1: an exception is pending.
int wait_for_descriptors(struct pollfd* entries, size_t count, int64_t deadline);

}  // namespace refscope::vm
