// Concatenation, appending in place, joining, repeating.
#include <algorithm>
#include <cstring>

#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

Owned concat_new(Object* left, Object* right) {
    intptr_t left_length = str_length(left), right_length = str_length(right);
    if (left_length > INTPTR_MAX - right_length) return err_set_string(exc::OverflowError, "strings are too large to concat");
    Owned result = str_new(left_length + right_length, std::max(str_max_char(left), str_max_char(right)));
    if (!result) return nullptr;
    int kind = str_kind(result);
    str_copy_into(kind, str_data(result), 0, left);
    str_copy_into(kind, str_data(result), left_length, right);
    return result;
}

}  // namespace

Owned str_concat(Object* left, Object* right) {
    if (!str_check(right)) {
        return err_format(exc::TypeError, "can only concatenate str (not \"%.200s\") to str", right->type->tp_name);
    }
    if (!str_check(left)) return err_format(exc::TypeError, "must be str, not %.100s", left->type->tp_name);
    if (str_length(left) == 0) return str_from_object(right);
    if (str_length(right) == 0) return str_from_object(left);
    return concat_new(left, right);
}

void str_append(Object** slot, Object* right) {
    Object* left = *slot;
    if (!left) return;
    if (!str_check(left) || !right || !str_check(right)) {
        if (!err_occurred()) err_bad_internal_call("str_append");
        clear_ref(*slot);
        return;
    }
    if (str_length(left) == 0) {
        Object* old = left;
        *slot = newref(right);
        decref(old);
        return;
    }
    intptr_t left_length = str_length(left), right_length = str_length(right);
    if (right_length == 0) return;
    if (left_length > INTPTR_MAX - right_length) {
        err_set_string(exc::OverflowError, "strings are too large to concat");
        clear_ref(*slot);
        return;
    }
    // No conversion of what is there already: the new characters must fit its width, and ASCII must stay ASCII.
    if (str_is_modifiable(left) && str_check_exact(right) && str_kind(right) <= str_kind(left) && !(str_is_ascii(left) && !str_is_ascii(right))) {
        if (!str_resize(slot, left_length + right_length)) return;
        str_copy_into(str_kind(*slot), str_data(*slot), left_length, right);
        return;
    }
    Object* result = concat_new(left, right);
    *slot = result;
    decref(left);
}

void str_append_and_del(Object** slot, Object* stolen_right) {
    str_append(slot, stolen_right);
    xdecref(stolen_right);
}

Owned str_join_array(Object* separator, Object* const* items, intptr_t count) {
    if (count == 0) return newref(str_empty());
    if (count == 1 && str_check_exact(items[0])) return newref(items[0]);
    intptr_t separator_length = separator ? str_length(separator) : 1;
    char32_t max_char = separator && separator_length && count > 1 ? str_max_char(separator) : 0x7f;
    intptr_t total = 0;
    for (intptr_t i = 0; i < count; ++i) {
        Object* item = items[i];
        if (RS_UNLIKELY(!str_check(item))) {
            return err_format(exc::TypeError, "sequence item %zd: expected str instance, %.80s found", i, item->type->tp_name);
        }
        intptr_t add = str_length(item) + (i ? separator_length : 0);
        if (RS_UNLIKELY(add > INTPTR_MAX - total)) return err_set_string(exc::OverflowError, "join() result is too long for a Python string");
        total += add;
        max_char = std::max(max_char, str_max_char(item));
    }
    Owned result = str_new(total, max_char);
    if (!result || total == 0) return result;
    int kind = str_kind(result);
    void* data = str_data(result);
    if (kind == 1) {
        auto* out = static_cast<char*>(data);
        const char* between = separator ? static_cast<const char*>(str_data(separator)) : " ";
        for (intptr_t i = 0; i < count; ++i) {
            if (i && separator_length) {
                if (separator_length == 1) *out = *between;
                else std::memcpy(out, between, static_cast<size_t>(separator_length));
                out += separator_length;
            }
            intptr_t length = str_length(items[i]);
            std::memcpy(out, str_data(items[i]), static_cast<size_t>(length));
            out += length;
        }
        return result;
    }
    intptr_t at = 0;
    for (intptr_t i = 0; i < count; ++i) {
        if (i && separator_length) {
            if (separator) str_copy_into(kind, data, at, separator);
            else str_write(kind, data, at, ' ');
            at += separator_length;
        }
        str_copy_into(kind, data, at, items[i]);
        at += str_length(items[i]);
    }
    return result;
}

Owned str_join(Object* separator, Object* iterable) {
    auto sequence = own(sequence_fast(iterable, "can only join an iterable"));
    if (!sequence) return nullptr;
    if (separator && !str_check(separator)) {
        return err_format(exc::TypeError, "separator: expected str instance, %.80s found", separator->type->tp_name);
    }
    bool is_list = list_check(sequence.get());
    Object* const* items = is_list ? as_list(sequence.get())->items : tuple_items(sequence.get());
    intptr_t count = is_list ? list_size(sequence.get()) : tuple_size(sequence.get());
    return str_join_array(separator, items, count);
}

Owned str_repeat(Object* text, intptr_t count) {
    if (count < 1) return newref(str_empty());
    if (count == 1) return str_from_object(text);
    intptr_t length = str_length(text);
    if (length == 0) return str_from_object(text);
    if (length > INTPTR_MAX / count) return err_set_string(exc::OverflowError, "repeated string is too long");
    Owned result = str_new(length * count, str_max_char(text));
    if (!result) return nullptr;
    int kind = str_kind(result);
    if (length == 1) {
        str_fill(kind, str_data(result), 0, count, str_read(text, 0));
        return result;
    }
    // Doubles what is there until it is full.
    auto* data = static_cast<char*>(str_data(result));
    intptr_t total = length * count * kind, done = length * kind;
    std::memcpy(data, str_data(text), static_cast<size_t>(done));
    while (done < total) {
        intptr_t part = std::min(done, total - done);
        std::memcpy(data + done, data, static_cast<size_t>(part));
        done += part;
    }
    return result;
}

}  // namespace refscope::vm
