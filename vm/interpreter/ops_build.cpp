// Making containers and functions; unpacking.
//
// A row of operands is owned by consecutive registers. Containers that keep the references take them over; the
// registers are emptied so that unwinding finds each reference once.
#include <vector>

#include "vm/heap/ref_array.h"
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/format.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

Object** row(Frame* frame, const Instruction* pc) { return frame->registers + pc->a; }

void forget(Object** registers, intptr_t count) {
    for (intptr_t i = 0; i < count; ++i) registers[i] = nullptr;
}
void release(Object** registers, intptr_t count) {
    for (intptr_t i = 0; i < count; ++i) clear_ref(registers[i]);
}

}  // namespace

bool op_build_tuple(Frame* frame, const Instruction* pc) {
    Owned tuple = tuple_from_array_steal(row(frame, pc), pc->imm);
    forget(row(frame, pc), pc->imm);
    return finish(frame, tuple);
}

bool op_build_list(Frame* frame, const Instruction* pc) {
    Owned list = list_new(pc->imm);
    if (!list) return false;
    for (uint32_t i = 0; i < pc->imm; ++i) list_init_item(list, i, row(frame, pc)[i]);
    forget(row(frame, pc), pc->imm);
    return finish(frame, list);
}

bool op_build_set(Frame* frame, const Instruction* pc) {
    Owned set = set_new(nullptr);
    frame->in_flight = set;
    bool ok = set != nullptr;
    for (uint32_t i = 0; i < pc->imm; ++i) {
        if (ok) ok = set_add(set, row(frame, pc)[i]) == 0;
        clear_ref(row(frame, pc)[i]);
    }
    if (!ok) clear_ref(frame->in_flight);
    return ok;
}

bool op_build_map(Frame* frame, const Instruction* pc) {
    Owned map = dict_from_items(row(frame, pc), 2, row(frame, pc) + 1, 2, pc->imm);
    frame->in_flight = map;
    release(row(frame, pc), 2 * static_cast<intptr_t>(pc->imm));
    return map != nullptr;
}

bool op_build_const_key_map(Frame* frame, const Instruction* pc) {
    Object** values = row(frame, pc);
    Object* keys = values[pc->imm];
    if (!tuple_check_exact(keys) || tuple_size(keys) != static_cast<intptr_t>(pc->imm)) {
        err_set_string(exc::SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
        return false;
    }
    Owned map = dict_from_items(tuple_items(keys), 1, values, 1, pc->imm);
    frame->in_flight = map;
    clear_ref(values[pc->imm]);
    release(values, pc->imm);
    return map != nullptr;
}

bool op_build_string(Frame* frame, const Instruction* pc) {
    Owned text = str_join_array(str_empty(), row(frame, pc), pc->imm);
    frame->in_flight = text;
    release(row(frame, pc), pc->imm);
    return text != nullptr;
}

bool op_build_slice(Frame* frame, const Instruction* pc) {
    Object** parts = row(frame, pc);
    Owned slice = slice_new(parts[0], parts[1], pc->imm == 3 ? parts[2] : nullptr);
    frame->in_flight = slice;
    release(parts, pc->imm);
    return slice != nullptr;
}

bool op_list_append(Frame* frame, const Instruction* pc) {
    return list_append_steal(frame->registers[pc->a], take(frame, pc->b)) == 0;
}

bool op_list_extend(Frame* frame, const Instruction* pc) {
    Object* iterable = operand(frame, pc->b);
    bool ok = list_extend(frame->registers[pc->a], iterable) == 0;
    if (!ok && err_matches(exc::TypeError) && !iterable->type->tp_iter && !sequence_check(iterable)) {
        err_clear();
        err_format(exc::TypeError, "Value after * must be an iterable, not %.200s", iterable->type->tp_name);
    }
    consume(frame, pc->b);
    return ok;
}

bool op_set_add(Frame* frame, const Instruction* pc) {
    bool ok = set_add(frame->registers[pc->a], operand(frame, pc->b)) == 0;
    consume(frame, pc->b);
    return ok;
}

bool op_set_update(Frame* frame, const Instruction* pc) {
    bool ok = set_update(frame->registers[pc->a], operand(frame, pc->b)) == 0;
    consume(frame, pc->b);
    return ok;
}

bool op_map_add(Frame* frame, const Instruction* pc) {
    bool ok = dict_set_item_steal(frame->registers[pc->a], take(frame, pc->b), take(frame, pc->dst)) == 0;
    return ok;
}

bool op_dict_update(Frame* frame, const Instruction* pc) {
    Object* other = operand(frame, pc->b);
    bool ok = dict_update(frame->registers[pc->a], other) == 0;
    if (!ok && err_matches(exc::AttributeError)) {
        err_clear();
        err_format(exc::TypeError, "'%.200s' object is not a mapping", other->type->tp_name);
    }
    consume(frame, pc->b);
    return ok;
}

namespace {

// "module.f()" as messages about a call name its callable.
Owned function_text(Object* callable) {
    Object* qualname = nullptr;
    if (object_lookup_attr(callable, ID(__qualname__), &qualname) <= 0) {
        err_clear();
        return object_str(callable);
    }
    Ref<> name = own(qualname);
    Object* module = nullptr;
    if (object_lookup_attr(callable, ID(__module__), &module) < 0) err_clear();
    Ref<> owner = own(module);
    if (owner && owner.get() != none() && str_check(owner.get()) && !str_equal_ascii(owner.get(), "builtins")) {
        return str_from_format("%S.%S()", owner.get(), name.get());
    }
    return str_from_format("%S()", name.get());
}

void keyword_merge_error(Object* callable, Object* mapping) {
    if (err_matches(exc::AttributeError)) {
        err_clear();
        Ref<> function = own(function_text(callable));
        if (function) {
            err_format(exc::TypeError, "%U argument after ** must be a mapping, not %.200s", function.get(), mapping->type->tp_name);
        }
    } else if (err_matches(exc::KeyError)) {
        Ref<> error = own(err_fetch());
        Object* args = static_cast<ExceptionObject*>(error.get())->args;
        if (args && tuple_check(args) && tuple_size(args) == 1) {
            Ref<> function = own(function_text(callable));
            Object* key = tuple_get_item(args, 0);
            if (function) {
                if (str_check(key)) {
                    err_format(exc::TypeError, "%U got multiple values for keyword argument '%S'", function.get(), key);
                } else {
                    err_format(exc::TypeError, "keywords must be strings");
                }
            }
        } else {
            err_restore(error.release());
        }
    }
}

}  // namespace

bool op_dict_merge(Frame* frame, const Instruction* pc) {
    Object* other = operand(frame, pc->b);
    bool ok = dict_merge_unique(frame->registers[pc->a], other) == 0;
    if (!ok) keyword_merge_error(frame->registers[pc->imm], other);
    consume(frame, pc->b);
    return ok;
}

bool op_list_to_tuple(Frame* frame, const Instruction* pc) {
    Owned tuple = list_as_tuple(operand(frame, pc->a));
    frame->in_flight = tuple;
    consume(frame, pc->a);
    return tuple != nullptr;
}

bool op_format_value(Frame* frame, const Instruction* pc) {
    Object* value = operand(frame, pc->a);
    Object* spec = pc->imm & 4 ? operand(frame, pc->b) : nullptr;
    Ref<> converted;
    switch (pc->imm & 3) {
        case 1: converted = own(object_str(value)); break;
        case 2: converted = own(object_repr(value)); break;
        case 3: converted = own(object_ascii(value)); break;
        default: break;
    }
    if (pc->imm & 3) {
        if (!converted) return false;
        consume(frame, pc->a);  // the value goes before it is formatted
        value = converted.get();
    }
    Owned text = str_check_exact(value) && !spec ? newref(value) : object_format(value, spec);
    frame->in_flight = text;
    converted.reset();
    consume(frame, pc->a);
    if (spec) consume(frame, pc->b);
    return text != nullptr;
}

bool op_make_function(Frame* frame, const Instruction* pc) {
    Object** parts = row(frame, pc);
    int count = 0;
    for (int bit = 0; bit < 4; ++bit) count += pc->imm >> bit & 1;
    Object* code = parts[count];
    Owned function = function_new(code, frame->globals, nullptr);
    if (!function) return false;
    auto* made = as_function(function);
    clear_ref(parts[count]);
    Object** part = parts;
    // Stack order: defaults, keyword defaults, annotations, closure.
    auto next = [&] { return std::exchange(*part++, nullptr); };
    if (pc->imm & 1) function_set_defaults(made, next());
    if (pc->imm & 2) function_set_kwdefaults(made, next());
    if (pc->imm & 4) function_set_annotations(made, next());
    if (pc->imm & 8) function_set_closure(made, next());
    return finish(frame, function);
}

namespace {

// Unpacks an iterable into registers, the first item into the last register. after < 0: exactly `before` items.
bool unpack_iterable(Object* iterable, int before, int after, Object** end) {
    Ref<> iterator = own(object_get_iter(iterable));
    if (!iterator) {
        if (err_matches(exc::TypeError) && !iterable->type->tp_iter && !sequence_check(iterable)) {
            err_clear();
            err_format(exc::TypeError, "cannot unpack non-iterable %.200s object", iterable->type->tp_name);
        }
        return false;
    }
    for (int i = 0; i < before; ++i) {
        Owned item = iter_next(iterator.get());
        if (!item) {
            if (err_occurred()) return false;
            if (after < 0) {
                err_format(exc::ValueError, "not enough values to unpack (expected %d, got %d)", before, i);
            } else {
                err_format(exc::ValueError, "not enough values to unpack (expected at least %d, got %d)", before + after, i);
            }
            return false;
        }
        *--end = item;
    }
    if (after < 0) {
        Owned extra = iter_next(iterator.get());
        if (!extra) return !err_occurred();
        decref(extra);
        err_format(exc::ValueError, "too many values to unpack (expected %d)", before);
        return false;
    }
    Owned list = sequence_list(iterator.get());
    if (!list) return false;
    *--end = list;
    intptr_t size = list_size(list);
    if (size < after) {
        err_format(exc::ValueError, "not enough values to unpack (expected at least %d, got %zd)", before + after, before + size);
        return false;
    }
    for (int i = after; i > 0; --i) *--end = list_get_item(list, size - i);  // moved out of the list's tail
    as_list(list)->size = size - after;
    return true;
}

}  // namespace

bool op_unpack_sequence(Frame* frame, const Instruction* pc) {
    // dst's row begins at the operand's own register: the sequence must outlive the writes. A borrowed one is held by its shadow.
    Object* sequence = operand(frame, pc->a);
    Ref<> held = own(pc->a & bytecode::kTempBit ? take(frame, pc->a) : nullptr);
    Object** homes = frame->registers + pc->dst;
    auto count = static_cast<intptr_t>(pc->imm);
    bool fits = (tuple_check_exact(sequence) && tuple_size(sequence) == count) ||
                (list_check_exact(sequence) && list_size(sequence) == count);
    if (fits) {
        Object** items = tuple_check_exact(sequence) ? tuple_items(sequence) : as_list(sequence)->items;
        drop_shadows(frame);  // the operand's own shadow stands where the last item goes; its variable holds it still
        for (intptr_t i = 0; i < count; ++i) homes[count - 1 - i] = newref(items[i]);
        return true;
    }
    std::vector<Object*> items(static_cast<size_t>(count), nullptr);
    RefArray registered(items.data(), count, "values being unpacked");
    bool ok = unpack_iterable(sequence, static_cast<int>(count), -1, items.data() + count);
    drop_shadows(frame);
    for (intptr_t i = 0; i < count; ++i) {
        if (ok) {
            homes[i] = std::exchange(items[static_cast<size_t>(i)], nullptr);
        } else {
            clear_ref(items[static_cast<size_t>(i)]);
        }
    }
    return ok;
}

bool op_unpack_ex(Frame* frame, const Instruction* pc) {
    Object* sequence = operand(frame, pc->a);
    Ref<> held = own(pc->a & bytecode::kTempBit ? take(frame, pc->a) : nullptr);
    int before = static_cast<int>(pc->imm & 0xff), after = static_cast<int>(pc->imm >> 8);
    size_t total = static_cast<size_t>(before + 1 + after);
    std::vector<Object*> items(total, nullptr);
    RefArray registered(items.data(), static_cast<intptr_t>(total), "values being unpacked");
    bool ok = unpack_iterable(sequence, before, after, items.data() + total);
    drop_shadows(frame);
    for (size_t i = 0; i < total; ++i) {
        if (ok) {
            frame->registers[pc->dst + i] = std::exchange(items[i], nullptr);
        } else {
            clear_ref(items[i]);
        }
    }
    return ok;
}

}  // namespace refscope::vm
