#include "vm/objects/call.h"

#include <cstring>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/heap/ref_array.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

constexpr size_t kOnStack = 8;

// Arguments laid out for a vectorcall: positional ones, then the values of a keyword dict, on the stack when few.
class Arguments {
  public:
    explicit Arguments(size_t count) {
        if (count + 1 > kOnStack) block_ = static_cast<Object**>(allocate_block((count + 1) * sizeof(Object*)));
    }
    ~Arguments() { free_block(block_ == small_ ? nullptr : block_); }
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;
    bool failed() const { return !block_; }
    // The first one is left free for a bound method's self.
    Object** data() { return block_ + 1; }

  private:
    Object* small_[kOnStack];
    Object** block_ = small_;
};

// kwnames of a dict's keys; the values are appended to `values`, each a new reference (code may change the dict).
Owned unpack_kwargs(Object* kwargs, Object** values) {
    auto names = own(tuple_new(dict_size(kwargs)));
    if (!names) return nullptr;
    intptr_t position = 0, index = 0;
    Object *key, *value;
    bool strings = true;
    while (dict_next(kwargs, &position, &key, &value)) {
        strings = strings && str_check(key);
        tuple_init_item(names.get(), index, newref(key));
        values[index++] = newref(value);
    }
    if (!strings) {
        while (index > 0) decref(values[--index]);
        return err_set_string(exc::TypeError, "keywords must be strings");
    }
    return names.release();
}

// The call with the dict's values behind the positional arguments. As in CPython every one of them is held meanwhile.
Owned call_unpacked(Object* callable, VectorcallFn function, Object* const* args, size_t count, Object* kwargs, Object** stack) {
    auto names = own(unpack_kwargs(kwargs, stack + count));
    if (!names) return nullptr;
    for (size_t index = 0; index < count; ++index) stack[index] = newref(args[index]);
    auto total = static_cast<intptr_t>(count) + tuple_size(names.get());
    RefArray held(stack, total, "arguments of a call");
    Object* result = function(callable, stack, count | kVectorcallArgumentsOffset, names.get());
    for (intptr_t index = 0; index < total; ++index) decref(stack[index]);
    return check_function_result(callable, result);
}

Owned call_through_slot(Object* callable, Object* const* args, intptr_t count, Object* keywords) {
    TernaryFn call = callable->type->tp_call;
    if (!call) {
        err_format(exc::TypeError, "'%.200s' object is not callable", callable->type->tp_name);
        return nullptr;
    }
    auto tuple = own(tuple_from_array(args, count));
    if (!tuple) return nullptr;
    // keywords: nullptr, a dict, or a tuple of names whose values follow the positional arguments.
    Ref<> made;
    Object* kwargs = keywords && dict_check(keywords) ? keywords : nullptr;
    if (keywords && !kwargs && tuple_size(keywords) > 0) {
        made = own(dict_from_items(tuple_items(keywords), 1, args + count, 1, tuple_size(keywords)));
        if (!made) return nullptr;
        kwargs = made.get();
    }
    if (!enter_recursive_call(" while calling a Python object")) return nullptr;
    Object* result = call(callable, tuple.get(), kwargs);
    leave_recursive_call();
    return check_function_result(callable, result);
}

}  // namespace

VectorcallFn vectorcall_function(Object* callable) {
    Type* type = callable->type;
    if (!type->has(kHaveVectorcall)) return nullptr;
    VectorcallFn function;
    std::memcpy(&function, reinterpret_cast<char*>(callable) + type->tp_vectorcall_offset, sizeof function);
    return function;
}

Owned check_function_result([[maybe_unused]] Object* callable, Object* result) {
#ifdef REFSCOPE_CHECKS
    if (result ? err_occurred() : !err_occurred()) {
        std::string text = "a call of a '" + std::string(callable->type->tp_name) + "' object returned " +
                           (result ? "a result with an exception set" : "NULL without setting an exception");
        RS_CHECK(false, text.c_str());
    }
#endif
    return result;
}

Owned object_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    VectorcallFn function = vectorcall_function(callable);
    if (RS_UNLIKELY(!function)) {
        return call_through_slot(callable, args, static_cast<intptr_t>(vectorcall_nargs(nargsf)), kwnames);
    }
    return check_function_result(callable, function(callable, args, nargsf, kwnames));
}

Owned object_vectorcall_dict(Object* callable, Object* const* args, size_t nargsf, Object* kwargs) {
    VectorcallFn function = vectorcall_function(callable);
    size_t count = vectorcall_nargs(nargsf);
    if (!function) return call_through_slot(callable, args, static_cast<intptr_t>(count), kwargs);
    if (!kwargs || dict_size(kwargs) == 0) return check_function_result(callable, function(callable, args, nargsf, nullptr));
    auto keywords = static_cast<size_t>(dict_size(kwargs));
    Arguments arguments(count + keywords);
    if (arguments.failed()) return nullptr;
    return call_unpacked(callable, function, args, count, kwargs, arguments.data());
}

Owned object_call(Object* callable, Object* args, Object* kwargs) {
    VectorcallFn function = vectorcall_function(callable);
    if (function) {
        if (!kwargs || dict_size(kwargs) == 0)
            return check_function_result(
                callable, function(callable, tuple_items(args), static_cast<size_t>(tuple_size(args)), nullptr));
        return object_vectorcall_dict(callable, tuple_items(args), static_cast<size_t>(tuple_size(args)), kwargs);
    }
    TernaryFn call = callable->type->tp_call;
    if (!call) {
        err_format(exc::TypeError, "'%.200s' object is not callable", callable->type->tp_name);
        return nullptr;
    }
    if (!enter_recursive_call(" while calling a Python object")) return nullptr;
    Object* result = call(callable, args, kwargs);
    leave_recursive_call();
    return check_function_result(callable, result);
}

Owned vectorcall_call(Object* callable, Object* args, Object* kwargs) {
    VectorcallFn function;
    std::memcpy(&function, reinterpret_cast<char*>(callable) + callable->type->tp_vectorcall_offset, sizeof function);
    if (!function) {
        err_format(exc::TypeError, "'%.200s' object does not support vectorcall", callable->type->tp_name);
        return nullptr;
    }
    auto count = static_cast<size_t>(tuple_size(args));
    if (!kwargs || dict_size(kwargs) == 0) return check_function_result(callable, function(callable, tuple_items(args), count, nullptr));
    auto keywords = static_cast<size_t>(dict_size(kwargs));
    Arguments arguments(count + keywords);
    if (arguments.failed()) return nullptr;
    return call_unpacked(callable, function, tuple_items(args), count, kwargs, arguments.data());
}

Owned object_call_noargs(Object* callable) {
    Object* stack[1] = {nullptr};
    return object_vectorcall(callable, stack + 1, kVectorcallArgumentsOffset, nullptr);
}

Owned object_call_onearg(Object* callable, Object* argument) {
    Object* stack[2] = {nullptr, argument};
    return object_vectorcall(callable, stack + 1, 1 | kVectorcallArgumentsOffset, nullptr);
}

Owned object_call_args(Object* callable, std::initializer_list<Object*> args) {
    Arguments arguments(args.size());
    if (arguments.failed()) return nullptr;
    size_t index = 0;
    for (Object* argument : args) arguments.data()[index++] = argument;
    return object_vectorcall(callable, arguments.data(), args.size() | kVectorcallArgumentsOffset, nullptr);
}

Owned object_vectorcall_method(Object* name, Object* const* args, size_t nargsf, Object* kwnames) {
    Object* found;
    int unbound = object_get_method(args[0], name, &found);
    if (!found) return nullptr;
    auto method = own(found);
    size_t count = vectorcall_nargs(nargsf);
    if (unbound) return object_vectorcall(method.get(), args, count, kwnames);
    return object_vectorcall(method.get(), args + 1, (count - 1) | kVectorcallArgumentsOffset, kwnames);
}

Owned object_call_method(Object* object, Object* name, std::initializer_list<Object*> args) {
    Arguments arguments(args.size() + 1);
    if (arguments.failed()) return nullptr;
    size_t count = 0;
    arguments.data()[count++] = object;
    for (Object* argument : args) arguments.data()[count++] = argument;
    return object_vectorcall_method(name, arguments.data(), count, nullptr);
}

Owned object_call_method_string(Object* object, const char* name, std::initializer_list<Object*> args) {
    auto text = own(str_intern_from_string(name));
    return text ? object_call_method(object, text.get(), args) : nullptr;
}

bool no_keyword_arguments(const char* function, Object* keywords) {
    if (!keywords) return true;
    intptr_t count = dict_check(keywords) ? dict_size(keywords) : tuple_size(keywords);
    if (count == 0) return true;
    err_format(exc::TypeError, "%.200s() takes no keyword arguments", function);
    return false;
}

bool check_positional(const char* function, intptr_t given, intptr_t minimum, intptr_t maximum) {
    if (given < minimum) {
        err_format(exc::TypeError, "%.200s expected %s%zd argument%s, got %zd", function, minimum == maximum ? "" : "at least ",
                   minimum, minimum == 1 ? "" : "s", given);
        return false;
    }
    if (given > maximum) {
        err_format(exc::TypeError, "%.200s expected %s%zd argument%s, got %zd", function, minimum == maximum ? "" : "at most ",
                   maximum, maximum == 1 ? "" : "s", given);
        return false;
    }
    return true;
}

Owned object_function_str(Object* callable) {
    Object* found;
    int has = object_lookup_attr(callable, ID(__qualname__), &found);
    if (has < 0) return nullptr;
    if (!has) return object_str(callable);
    auto qualname = own(found);
    has = object_lookup_attr(callable, ID(__module__), &found);
    if (has < 0) return nullptr;
    auto module = own(found);
    if (has && !is_none(module.get())) {
        int other = object_rich_compare_bool(module.get(), ID(builtins), kNE);
        if (other < 0) return nullptr;
        if (other) return str_from_format("%S.%S()", module.get(), qualname.get());
    }
    return str_from_format("%S()", qualname.get());
}

}  // namespace refscope::vm
