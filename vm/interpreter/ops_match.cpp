// Structural pattern matching (PEP 634).
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

bool op_get_len(Frame* frame, const Instruction* pc) {
    intptr_t length = object_size(frame->registers[pc->a]);
    return length >= 0 && finish(frame, int_from_ssize(length));
}

namespace {

// The values of a mapping for a tuple of keys; None when one is absent; nullptr: error.
Owned match_keys(Object* mapping, Object* keys) {
    intptr_t count = tuple_size(keys);
    if (count == 0) return tuple_new(0);
    Object* bound = nullptr;
    int unbound = object_get_method(mapping, ID(get), &bound);
    Ref<> get = own(bound);
    if (!get) return nullptr;
    Ref<> seen = own(set_new(nullptr)), absent = own(object_call_noargs(&object_type)), values = own(list_new(0));
    if (!seen || !absent || !values) return nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        Object* key = tuple_get_item(keys, i);
        int repeated = set_contains(seen.get(), key);
        if (repeated < 0) return nullptr;
        if (repeated) return err_format(exc::ValueError, "mapping pattern checks duplicate key (%R)", key);
        if (set_add(seen.get(), key) < 0) return nullptr;
        Object* arguments[] = {mapping, key, absent.get()};
        Ref<> value = own(unbound ? object_vectorcall(get.get(), arguments, 3, nullptr)
                                  : object_vectorcall(get.get(), arguments + 1, 2, nullptr));
        if (!value) return nullptr;
        if (value.get() == absent.get()) return newref(none());
        if (list_append(values.get(), value.get()) < 0) return nullptr;
    }
    return list_as_tuple(values.get());
}

// One attribute of a class pattern; nullptr without exception: absent.
Owned match_attribute(Object* subject, Object* type, Object* name, Object* seen) {
    int repeated = set_contains(seen, name);
    if (repeated < 0) return nullptr;
    if (repeated) {
        return err_format(exc::TypeError, "%s() got multiple sub-patterns for attribute %R", as_type(type)->tp_name, name);
    }
    if (set_add(seen, name) < 0) return nullptr;
    Owned value = object_get_attr(subject, name);
    if (!value && err_matches(exc::AttributeError)) err_clear();
    return value;
}

Owned match_class(Object* subject, Object* type, intptr_t positional, Object* keyword_names) {
    if (!type_check(type)) return err_format(exc::TypeError, "called match pattern must be a class");
    int is_instance = object_is_instance(subject, type);
    if (is_instance <= 0) return nullptr;
    Ref<> seen = own(set_new(nullptr)), values = own(list_new(0));
    if (!seen || !values) return nullptr;
    if (positional) {
        bool match_self = false;
        Object* found = nullptr;
        if (object_lookup_attr(type, ID(__match_args__), &found) < 0) return nullptr;
        Ref<> names = own(found);
        if (names) {
            if (!tuple_check_exact(names.get())) {
                return err_format(exc::TypeError, "%s.__match_args__ must be a tuple (got %s)", as_type(type)->tp_name,
                                  type_of(names.get())->tp_name);
            }
        } else {
            names = own(tuple_new(0));
            match_self = as_type(type)->has(kMatchSelf);
        }
        intptr_t allowed = match_self ? 1 : tuple_size(names.get());
        if (allowed < positional) {
            return err_format(exc::TypeError, "%s() accepts %d positional sub-pattern%s (%d given)", as_type(type)->tp_name,
                              static_cast<int>(allowed), allowed == 1 ? "" : "s", static_cast<int>(positional));
        }
        if (match_self) {
            if (list_append(values.get(), subject) < 0) return nullptr;
        } else {
            for (intptr_t i = 0; i < positional; ++i) {
                Object* name = tuple_get_item(names.get(), i);
                if (!str_check_exact(name)) {
                    return err_format(exc::TypeError, "__match_args__ elements must be strings (got %s)", type_of(name)->tp_name);
                }
                Ref<> value = own(match_attribute(subject, type, name, seen.get()));
                if (!value || list_append(values.get(), value.get()) < 0) return nullptr;
            }
        }
    }
    for (intptr_t i = 0; i < tuple_size(keyword_names); ++i) {
        Ref<> value = own(match_attribute(subject, type, tuple_get_item(keyword_names, i), seen.get()));
        if (!value || list_append(values.get(), value.get()) < 0) return nullptr;
    }
    return list_as_tuple(values.get());
}

}  // namespace

bool op_match_keys(Frame* frame, const Instruction* pc) {
    return finish(frame, match_keys(frame->registers[pc->a], frame->registers[pc->a + 1]));
}

bool op_match_class(Frame* frame, const Instruction* pc) {
    Object** row = frame->registers + pc->a;
    Owned result = match_class(row[0], row[1], static_cast<intptr_t>(pc->imm), row[2]);
    if (!result) {
        if (err_occurred()) return false;
        result = newref(none());
    }
    frame->in_flight = result;
    for (int i = 0; i < 3; ++i) clear_ref(row[i]);
    return true;
}

}  // namespace refscope::vm
