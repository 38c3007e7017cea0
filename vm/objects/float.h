// float: a double in a 24-byte object, with CPython's free list of 100 (its order shows in id()).
//
// float_new_at and float_free serve the interpreter's loop: a handful of instructions, no Python code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct FloatObject : Object {
    double value;
};

extern Type float_type;

// Free floats are chained through their first word, as free cells are, with a null type: the walk skips them.
struct FloatFreeList {
    FreeCell* head = nullptr;
    int count = 0;
};
extern FloatFreeList float_free_list;
inline constexpr int kFloatFreeListLimit = 100;

[[gnu::always_inline]] inline Owned float_new_at(double value, uint32_t site) {
    FreeCell* cell = float_free_list.head;
    FloatObject* result;
    if (RS_LIKELY(cell != nullptr)) {
        float_free_list.head = cell->next;
        --float_free_list.count;
        result = reinterpret_cast<FloatObject*>(cell);
        result->refcount = 1;
        result->site = site;
        result->type = &float_type;
        if (RS_UNLIKELY(allocation_listened)) notify_allocated(result);
    } else {
        result = static_cast<FloatObject*>(allocate_small_at(&float_type, 32, site));
        if (RS_UNLIKELY(!result)) return nullptr;
    }
    result->value = value;
    return result;
}
inline Owned float_new(double value) { return float_new_at(value, current_site()); }

// Deallocates an exact float whose count is 0 (no listener to deaths may be waiting).
[[gnu::always_inline]] inline void float_free(Object* object) {
    if (RS_UNLIKELY(float_free_list.count >= kFloatFreeListLimit)) {
        free_small(object, 32);
        return;
    }
    auto* cell = reinterpret_cast<FreeCell*>(object);
    cell->next = float_free_list.head;
    cell->type = nullptr;
    float_free_list.head = cell;
    ++float_free_list.count;
}

inline bool float_check(const Object* object) { return is_instance_of(object, &float_type); }
inline bool float_check_exact(const Object* object) { return object->type == &float_type; }
inline double float_value(const Object* object) { return static_cast<const FloatObject*>(object)->value; }

double float_as_double(Object* object);  // __float__, __index__; -1.0 with an exception pending
Owned float_from_string(Object* text_or_bytes);  // float("…"), with its errors
Owned float_rich_compare(Object* left, Object* right, int op);
Owned float_from_hex(Object* text);
void float_clear_free_list();            // gc.collect() of the oldest generation empties it

// Python's float remainder and floor division (sign of the divisor).
double float_modulo(double left, double right);
double float_floor_divide(double left, double right);
Owned float_power_objects(Object* left, Object* right);

// vm/objects/float_repr.cpp: text of doubles.
// Shortest text that reads back the same, as repr() ("1e+16", "0.1", "inf"); `add_dot_0` gives "1.0".
std::string double_repr(double value, bool add_dot_0 = true);
struct DoubleFormat {
    char kind = 'r';          // one of e E f F g G r (r: shortest)
    int precision = 0;
    bool always_sign = false;
    bool add_dot_0 = false;
    bool alternate = false;
    bool no_negative_zero = false;
};
std::string double_to_text(double value, const DoubleFormat& format);  // PyOS_double_to_string
// Reads a float at the beginning of `text` ("1e5", "inf", "nan", no spaces or underscores); *used is 0 when there is none.
double double_from_text(std::string_view text, size_t* used);

int init_float_types();

}  // namespace refscope::vm
