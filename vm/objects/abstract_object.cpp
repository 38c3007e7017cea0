// Whole-object operations: repr, str, hash, comparison, truth, len, format, dir.
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/float.h"
#include "vm/objects/format.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Owned object_repr(Object* object) {
    if (!object->type->tp_repr) {
        return str_from_format("<%s object at %p>", object->type->tp_name, static_cast<void*>(object));
    }
    if (!enter_recursive_call(" while getting the repr of an object")) return nullptr;
    auto result = own(object->type->tp_repr(object));
    leave_recursive_call();
    if (!result) return nullptr;
    if (!str_check(result.get())) {
        err_format(exc::TypeError, "__repr__ returned non-string (type %.200s)", result->type->tp_name);
        return nullptr;
    }
    return result.release();
}

Owned object_str(Object* object) {
    if (str_check_exact(object)) return newref(object);
    if (!object->type->tp_str) return object_repr(object);
    if (!enter_recursive_call(" while getting the str of an object")) return nullptr;
    auto result = own(object->type->tp_str(object));
    leave_recursive_call();
    if (!result) return nullptr;
    if (!str_check(result.get())) {
        err_format(exc::TypeError, "__str__ returned non-string (type %.200s)", result->type->tp_name);
        return nullptr;
    }
    return result.release();
}

Owned object_ascii(Object* object) {
    auto repr = own(object_repr(object));
    if (!repr || str_is_ascii(repr.get())) return repr.release();
    StrWriter writer(str_length(repr.get()));
    static constexpr char kHex[] = "0123456789abcdef";
    for (intptr_t index = 0; index < str_length(repr.get()); ++index) {
        char32_t character = str_read(repr.get(), index);
        if (character < 0x80) {
            if (!writer.put(character)) return nullptr;
            continue;
        }
        int digits = character < 0x100 ? 2 : character < 0x10000 ? 4 : 8;
        if (!writer.put('\\') || !writer.put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U')) return nullptr;
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
            if (!writer.put(static_cast<char32_t>(kHex[(character >> shift) & 15]))) return nullptr;
    }
    return writer.finish();
}

Owned object_bytes(Object* object) {
    if (bytes_check_exact(object)) return newref(object);
    auto method = own(object_lookup_special(object, ID(__bytes__)));
    if (method) {
        auto result = own(object_call_noargs(method.get()));
        if (result && !bytes_check(result.get())) {
            err_format(exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", result->type->tp_name);
            return nullptr;
        }
        return result.release();
    }
    if (err_occurred()) return nullptr;
    return bytes_from_object(object);
}

Owned object_format(Object* object, Object* spec) {
    if (spec && !str_check(spec)) {
        err_format(exc::SystemError, "Format specifier must be a string, not %.200s", spec->type->tp_name);
        return nullptr;
    }
    if (!spec || str_length(spec) == 0) {
        if (str_check_exact(object)) return newref(object);
        if (int_check_exact(object)) return object_str(object);
    }
    // What __format__ of the exact built-in types does, without looking it up.
    if (int_check_exact(object)) return int_format_spec(object, spec);
    if (float_check_exact(object)) return float_format_spec(object, spec ? spec : str_empty());
    if (str_check_exact(object)) return str_format_spec(object, spec);
    auto empty = share(spec ? spec : str_empty());
    auto method = own(object_lookup_special(object, ID(__format__)));
    if (!method) {
        if (!err_occurred())
            err_format(exc::TypeError, "Type %.100s doesn't define __format__", object->type->tp_name);
        return nullptr;
    }
    auto result = own(object_call_onearg(method.get(), empty.get()));
    if (result && !str_check(result.get())) {
        err_format(exc::TypeError, "__format__ must return a str, not %.200s", result->type->tp_name);
        return nullptr;
    }
    return result.release();
}

Hash object_hash(Object* object) {
    Type* type = object->type;
    if (type->tp_hash) return type->tp_hash(object);
    return object_hash_not_implemented(object);
}

Hash object_hash_not_implemented(Object* object) {
    err_format(exc::TypeError, "unhashable type: '%.200s'", object->type->tp_name);
    return -1;
}

namespace {

constexpr int kSwapped[] = {kGT, kGE, kEQ, kNE, kLT, kLE};
constexpr const char* kOperators[] = {"<", "<=", "==", "!=", ">", ">="};

Owned compare(Object* left, Object* right, int op) {
    bool checked_reverse = false;
    if (left->type != right->type && type_is_subtype(right->type, left->type)) {
        if (CompareFn function = right->type->tp_richcompare) {
            checked_reverse = true;
            Object* result = function(right, left, kSwapped[op]);
            if (result != not_implemented()) return result;
            decref(result);
        }
    }
    if (CompareFn function = left->type->tp_richcompare) {
        Object* result = function(left, right, op);
        if (result != not_implemented()) return result;
        decref(result);
    }
    if (!checked_reverse) {
        if (CompareFn function = right->type->tp_richcompare) {
            Object* result = function(right, left, kSwapped[op]);
            if (result != not_implemented()) return result;
            decref(result);
        }
    }
    if (op == kEQ) return bool_from(left == right);
    if (op == kNE) return bool_from(left != right);
    err_format(exc::TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", kOperators[op],
               left->type->tp_name, right->type->tp_name);
    return nullptr;
}

}  // namespace

Owned object_rich_compare(Object* left, Object* right, int op) {
    if (!enter_recursive_call(" in comparison")) return nullptr;
    Object* result = compare(left, right, op);
    leave_recursive_call();
    return result;
}

int object_rich_compare_bool(Object* left, Object* right, int op) {
    if (left == right) {
        if (op == kEQ) return 1;
        if (op == kNE) return 0;
    }
    Object* result = object_rich_compare(left, right, op);
    if (!result) return -1;
    int truth = bool_check(result) ? result == py_true() : object_is_true(result);
    decref(result);
    return truth;
}

int object_is_true(Object* object) {
    if (object == py_true()) return 1;
    if (object == py_false() || is_none(object)) return 0;
    Type* type = object->type;
    intptr_t result;
    if (type->nb_bool) result = type->nb_bool(object);
    else if (type->mp_length) result = type->mp_length(object);
    else if (type->sq_length) result = type->sq_length(object);
    else return 1;
    return result > 0 ? 1 : static_cast<int>(result);
}

int object_not(Object* object) {
    int truth = object_is_true(object);
    return truth < 0 ? truth : !truth;
}

intptr_t object_size(Object* object) {
    Type* type = object->type;
    if (type->sq_length) return type->sq_length(object);
    if (type->mp_length) return type->mp_length(object);
    err_format(exc::TypeError, "object of type '%.200s' has no len()", type->tp_name);
    return -1;
}

intptr_t object_length_hint(Object* object, intptr_t fallback) {
    if (object->type->sq_length || object->type->mp_length) {
        intptr_t size = object_size(object);
        if (size >= 0) return size;
        if (!err_matches(exc::TypeError)) return -1;
        err_clear();
    }
    auto hint = own(object_lookup_special(object, ID(__length_hint__)));
    if (!hint) return err_occurred() ? -1 : fallback;
    auto result = own(object_call_noargs(hint.get()));
    if (!result) {
        if (!err_matches(exc::TypeError)) return -1;
        err_clear();
        return fallback;
    }
    if (result.get() == not_implemented()) return fallback;
    if (!int_check(result.get())) {
        err_format(exc::TypeError, "__length_hint__ must be an integer, not %.100s", result->type->tp_name);
        return -1;
    }
    intptr_t size = int_as_ssize(result.get());
    if (size < 0 && !err_occurred()) err_set_string(exc::ValueError, "__length_hint__() should return >= 0");
    return size < 0 ? -1 : size;
}

bool callable_check(Object* object) { return object && object->type->tp_call != nullptr; }

Owned object_self_iter(Object* object) { return newref(object); }

// ---- isinstance and issubclass

namespace {

Owned bases_of(Object* type) {
    Object* found;
    if (object_lookup_attr(type, ID(__bases__), &found) < 0) return nullptr;
    if (found && !tuple_check(found)) {
        decref(found);
        return nullptr;
    }
    return found;
}

// Classes by duck typing: anything with a tuple __bases__.
int is_abstract_subclass(Object* derived, Object* type) {
    auto current = share(derived);
    for (;;) {
        if (current.get() == type) return 1;
        auto bases = own(bases_of(current.get()));
        if (!bases) return err_occurred() ? -1 : 0;
        intptr_t count = tuple_size(bases.get());
        if (count == 0) return 0;
        if (count == 1) {
            current = share(tuple_get_item(bases.get(), 0));
            continue;
        }
        for (intptr_t index = 0; index < count; ++index) {
            if (!enter_recursive_call(" in __issubclass__")) return -1;
            int result = is_abstract_subclass(tuple_get_item(bases.get(), index), type);
            leave_recursive_call();
            if (result != 0) return result;
        }
        return 0;
    }
}

bool check_class(Object* type, const char* error) {
    auto bases = own(bases_of(type));
    if (bases) return true;
    if (!err_occurred()) err_set_string(exc::TypeError, error);
    return false;
}

}  // namespace

int object_recursive_is_instance(Object* object, Object* type) {
    if (type_check(type)) {
        if (is_instance_of(object, as_type(type))) return 1;
        Object* found;
        if (object_lookup_attr(object, ID(__class__), &found) < 0) return -1;
        auto shown = own(found);
        if (!shown || shown.get() == object->type || !type_check(shown.get())) return 0;
        return type_is_subtype(as_type(shown.get()), as_type(type));
    }
    if (!check_class(type, "isinstance() arg 2 must be a type, a tuple of types, or a union")) return -1;
    Object* found;
    if (object_lookup_attr(object, ID(__class__), &found) < 0) return -1;
    auto shown = own(found);
    return shown ? is_abstract_subclass(shown.get(), type) : 0;
}

int object_recursive_is_subclass(Object* derived, Object* type) {
    if (type_check(type) && type_check(derived)) return type_is_subtype(as_type(derived), as_type(type));
    if (!check_class(derived, "issubclass() arg 1 must be a class")) return -1;
    if (!check_class(type, "issubclass() arg 2 must be a class, a tuple of classes, or a union")) return -1;
    return is_abstract_subclass(derived, type);
}

namespace {

int check_through(Object* object, Object* type, Object* method_name, const char* where,
                  int (*self)(Object*, Object*), int (*plain)(Object*, Object*)) {
    if (tuple_check(type)) {
        if (!enter_recursive_call(where)) return -1;
        int result = 0;
        for (intptr_t index = 0; index < tuple_size(type) && result == 0; ++index)
            result = self(object, tuple_get_item(type, index));
        leave_recursive_call();
        return result;
    }
    auto method = own(object_lookup_special(type, method_name));
    if (method) {
        if (!enter_recursive_call(where)) return -1;
        auto result = own(object_call_onearg(method.get(), object));
        leave_recursive_call();
        return result ? object_is_true(result.get()) : -1;
    }
    if (err_occurred()) return -1;
    return plain(object, type);
}

}  // namespace

int object_is_instance(Object* object, Object* type) {
    if (object->type == type) return 1;
    if (type_check_exact(type)) return object_recursive_is_instance(object, type);
    return check_through(object, type, ID(__instancecheck__), " in __instancecheck__", object_is_instance,
                         object_recursive_is_instance);
}

int object_is_subclass(Object* derived, Object* type) {
    if (type_check_exact(type)) {
        if (derived == type) return 1;
        return object_recursive_is_subclass(derived, type);
    }
    return check_through(derived, type, ID(__subclasscheck__), " in __subclasscheck__", object_is_subclass,
                         object_recursive_is_subclass);
}

// ---- dir

int merge_class_dict(Object* names, Object* type) {
    Object* found;
    if (object_lookup_attr(type, ID(__dict__), &found) < 0) return -1;
    auto dict = own(found);
    if (dict && dict_update(names, dict.get()) < 0) return -1;
    if (object_lookup_attr(type, ID(__bases__), &found) < 0) return -1;
    auto bases = own(found);
    if (!bases) return 0;
    intptr_t count = object_size(bases.get());
    if (count < 0) {
        err_clear();
        return 0;
    }
    for (intptr_t index = 0; index < count; ++index) {
        auto base = own(sequence_get_item(bases.get(), index));
        if (!base || merge_class_dict(names, base.get()) < 0) return -1;
    }
    return 0;
}

Owned object_default_dir(Object* self) {
    Object* found;
    if (object_lookup_attr(self, ID(__dict__), &found) < 0) return nullptr;
    auto given = own(found);
    auto names = own(given && dict_check(given.get()) ? dict_copy(given.get()) : dict_new());
    if (!names) return nullptr;
    if (object_lookup_attr(self, ID(__class__), &found) < 0) return nullptr;
    auto type = own(found);
    if (type && merge_class_dict(names.get(), type.get()) < 0) return nullptr;
    return dict_keys_list(names.get());
}

Owned object_dir(Object* object) {
    auto method = own(object_lookup_special(object, ID(__dir__)));
    if (!method) return err_occurred() ? nullptr : err_set_string(exc::TypeError, "object does not provide __dir__");
    auto result = own(object_call_noargs(method.get()));
    auto list = own(result ? sequence_list(result.get()) : nullptr);
    if (!list || list_sort(list.get()) < 0) return nullptr;
    return list.release();
}

}  // namespace refscope::vm
