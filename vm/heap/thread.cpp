#include "vm/heap/thread.h"

#include "vm/heap/calls.h"

namespace refscope::vm {

// Before every other global: a Ref that is a C++ global links itself in.
[[gnu::init_priority(101)]] RefNode native_references{RefNode::Sentinel{}};

namespace {
Thread main_thread;
}
Thread* thread = &main_thread;
CallSeam call_seam;

bool enter_recursive_call(const char* where) {
    bool low = stack_is_low();
    if (RS_LIKELY(thread->recursion_remaining-- > 0) && RS_LIKELY(!low)) return true;
    if (thread->recursion_headroom) {
        RS_CHECK(thread->recursion_remaining >= -50, "Cannot recover from stack overflow.");
        return true;
    }
    thread->recursion_headroom = true;
    call_seam.raise_recursion_error(where);
    thread->recursion_headroom = false;
    ++thread->recursion_remaining;
    return false;
}

}  // namespace refscope::vm
