// Calls of what is not a Python function, and calls with unpacked arguments.
#include <cstring>

#include "vm/heap/collector_state.h"
#include "vm/interpreter/interpreter.h"
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/function_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slot_functions.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

// list.append where there is room: the argument moves into the list. A watched one is to be told, as is what holds it
// meanwhile: the general way does so.
bool append_in_place(Object* callable, Object** args, size_t count) {
    static Object* const append = type_lookup(&list_type, ID(append));
    if (callable != append || count != 2 || args[0]->type != &list_type || args[1]->refcount < 0) return false;
    ListObject* list = as_list(args[0]);
    if (list->size >= list->allocated) return false;
    list->items[list->size] = args[1];
    args[1] = nullptr;
    ++list->size;
    return true;
}

}  // namespace

// The row is: null, callable, arguments… or: method, self, arguments…
namespace {

constexpr size_t kPlainArguments = 7;

// A class whose instances are made by object.__new__ and a Python __init__, called without keywords.
bool makes_plain_instances(Object* callable, size_t count) {
    if (callable->type != &type_type || count > kPlainArguments) return false;
    const Type* type = as_type(callable);
    return type->tp_init == slot_tp_init && type->tp_new == object_new && !type->has(kIsAbstract);
}

// What type.__call__ does for such a class, without the detours through its slots. The references are the same: the tuple that tp_call
// takes holds the arguments, and the method is held while it runs.
Owned new_plain_instance(Type* type, Object* const* args, size_t count) {
    if (!enter_recursive_call(" while calling a Python object")) return nullptr;
    Object* made = nullptr;
    {
        Ref<> arguments = own(tuple_from_array(args, static_cast<intptr_t>(count)));
        Ref<> object = own(arguments ? type->tp_alloc(type, 0) : nullptr);
        if (object && type->has(kManagedDict) && object_init_instance_values(object.get(), type) < 0) object.reset();
        Object* init = object ? type_lookup(type, ID(__init__)) : nullptr;
        if (init && function_check(init)) {
            Object* stack[kPlainArguments + 1];
            stack[0] = object.get();
            std::memcpy(stack + 1, args, count * sizeof(Object*));
            Ref<> method = share(init);
            Object* result = call_python_function(init, stack, count + 1, nullptr);
            if (result == none()) {
                made = object.release();
            } else if (result) {
                err_format(exc::TypeError, "__init__() should return None, not '%.200s'", result->type->tp_name);
            }
            xdecref(result);
        } else if (object && slot_tp_init(object.get(), arguments.get(), nullptr) == 0) {
            made = object.release();
        }
    }
    leave_recursive_call();
    return made;
}

}  // namespace

bool op_call_object(Frame* frame, const Instruction* pc) {
    Object** row = frame->registers + pc->a;
    const bool method = row[0] != nullptr;
    Object* callable = method ? row[0] : row[1];
    Object** args = method ? row + 1 : row + 2;
    size_t count = pc->imm + (method ? 1 : 0);
    uint16_t names = pc->b & static_cast<uint16_t>(~bytecode::kKnownNull);
    Object* kwnames = names ? tuple_get_item(frame->code->co_consts, names - 1) : nullptr;
    if (!names && append_in_place(callable, args, count)) {
        frame->in_flight = newref(none());
        clear_ref(method ? row[0] : row[1]);
        clear_ref(args[0]);
        return true;
    }
    size_t positional = count - (kwnames ? static_cast<size_t>(tuple_size(kwnames)) : 0);
    Owned result = !names && makes_plain_instances(callable, count)
                       ? new_plain_instance(as_type(callable), args, count)
                       : object_vectorcall(callable, args, positional | kVectorcallArgumentsOffset, kwnames);
    frame->in_flight = result;
    clear_ref(method ? row[0] : row[1]);
    for (size_t i = 0; i < count; ++i) clear_ref(args[i]);
    return result != nullptr;
}

namespace {

Owned callable_text(Object* callable) {
    Object* qualname = nullptr;
    if (object_lookup_attr(callable, ID(__qualname__), &qualname) <= 0) {
        err_clear();
        return object_str(callable);
    }
    Ref<> name = own(qualname);
    Object* module = nullptr;
    if (object_lookup_attr(callable, ID(__module__), &module) < 0) err_clear();
    Ref<> owner = own(module);
    if (owner && str_check(owner.get()) && !str_equal_ascii(owner.get(), "builtins")) {
        return str_from_format("%S.%S()", owner.get(), name.get());
    }
    return str_from_format("%S()", name.get());
}

}  // namespace

// The row is: null, callable, positional arguments[, keyword arguments].
bool op_call_ex(Frame* frame, const Instruction* pc) {
    Object** row = frame->registers + pc->a;
    Object* callable = row[1];
    if (!tuple_check_exact(row[2])) {
        Object* given = row[2];
        if (!given->type->tp_iter && !sequence_check(given)) {
            Ref<> text = own(callable_text(callable));
            if (text) {
                err_format(exc::TypeError, "%U argument after * must be an iterable, not %.200s", text.get(), given->type->tp_name);
            }
            return false;
        }
        Owned tuple = sequence_tuple(given);
        if (!tuple) return false;
        set_ref(row[2], tuple);
    }
    bool keywords = pc->imm & 1;
    if (keywords && !dict_check_exact(row[3])) {
        Ref<> dict = own(dict_new());
        if (!dict) return false;
        if (dict_update(dict.get(), row[3]) < 0) {
            if (err_matches(exc::AttributeError)) {
                err_clear();
                Ref<> text = own(callable_text(callable));
                if (text) {
                    err_format(exc::TypeError, "%U argument after ** must be a mapping, not %.200s", text.get(), row[3]->type->tp_name);
                }
            }
            return false;
        }
        set_ref(row[3], dict.release());
    }
    Owned result = object_call(callable, row[2], keywords ? row[3] : nullptr);
    frame->in_flight = result;
    clear_ref(row[1]);
    clear_ref(row[2]);
    if (keywords) clear_ref(row[3]);
    return result != nullptr;
}

}  // namespace refscope::vm
