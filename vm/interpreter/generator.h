// Generators, coroutines and asynchronous generators: a frame of their own that can be suspended.
//
// One structure for the three types, sizes as CPython 3.11's. The frame lies inside the object; resuming links it to
// the thread's frames, yielding unlinks it.
#pragma once

#include "vm/heap/thread.h"
#include "vm/interpreter/frame.h"

namespace refscope::vm {

enum class GeneratorState : int8_t { kCreated = -2, kSuspended = -1, kExecuting = 0, kCompleted = 1, kCleared = 4 };

struct GeneratorObject : Object {
    Object* weakreflist;
    Object* name;
    Object* qualname;
    HandledException handled;  // while it runs, the innermost of the thread's handled exceptions
    Object* origin_or_finalizer;  // coroutine: where it was created; asynchronous generator: finalizer hook
    GeneratorState state;
    bool hooks_inited, closed, running_async;
    Frame frame;  // last: its registers follow
};
extern Type generator_type, coroutine_type, async_generator_type, coroutine_wrapper_type;
extern Type async_generator_asend_type, async_generator_athrow_type, async_generator_wrapped_type;

inline bool generator_check_exact(const Object* object) { return object->type == &generator_type; }
inline bool coroutine_check_exact(const Object* object) { return object->type == &coroutine_type; }
inline bool async_generator_check_exact(const Object* object) { return object->type == &async_generator_type; }
inline GeneratorObject* as_generator(Object* object) { return static_cast<GeneratorObject*>(object); }
inline GeneratorObject* generator_of_frame(Frame* frame) {
    return reinterpret_cast<GeneratorObject*>(reinterpret_cast<char*>(frame) - offsetof(GeneratorObject, frame));
}

// RETURN_GENERATOR: moves the running frame into a new generator of the kind its code says.
Owned generator_from_frame(Frame* frame);
int generator_send(Object* generator, Object* value_or_null, Object** result);  // a SendResult
Owned generator_throw(Object* generator, Object* type, Object* value, Object* traceback);
Owned generator_close(Object* generator);
Owned generator_yield_from(GeneratorObject* generator);  // what it delegates to, or nullptr without exception
bool generator_is_running(Frame* frame);
void generator_finalize_frame(Frame* frame);  // frame.clear() of a suspended generator

// await's rules (_PyCoro_GetAwaitableIter) and async generators' wrapping of yielded values.
Owned awaitable_iterator(Object* object);
Owned async_generator_wrap(Object* stolen_value);

int init_generator_types();

}  // namespace refscope::vm
