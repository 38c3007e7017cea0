// The method resolution order: C3, or what a metaclass's mro() says.
#include <vector>

#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"

namespace refscope::vm {

namespace {

struct Sequence {
    Object* tuple;  // borrowed
    intptr_t next;  // first element not yet merged
};

bool tail_contains(const Sequence& sequence, Object* candidate) {
    for (intptr_t index = sequence.next + 1; index < tuple_size(sequence.tuple); ++index)
        if (tuple_get_item(sequence.tuple, index) == candidate) return true;
    return false;
}

bool names_are_unique(Object* bases) {
    for (intptr_t i = 0; i < tuple_size(bases); ++i)
        for (intptr_t j = i + 1; j < tuple_size(bases); ++j)
            if (tuple_get_item(bases, i) == tuple_get_item(bases, j)) {
                auto name = own(type_name(as_type(tuple_get_item(bases, i))));
                if (name) err_format(exc::TypeError, "duplicate base class %U", name.get());
                return false;
            }
    return true;
}

// The candidates that block each other, in the order of the sequences, each once (a set, as CPython's message has it).
void raise_inconsistent(const std::vector<Sequence>& sequences) {
    auto names = own(str_from_string("Cannot create a consistent method resolution\norder (MRO) for bases"));
    std::vector<Object*> listed;
    for (const Sequence& sequence : sequences) {
        if (sequence.next >= tuple_size(sequence.tuple)) continue;
        Object* candidate = tuple_get_item(sequence.tuple, sequence.next);
        bool known = false;
        for (Object* other : listed) known = known || other == candidate;
        if (known) continue;
        auto name = own(type_name(as_type(candidate)));
        if (!name || !names) return;
        names = own(str_from_format(listed.empty() ? "%U %U" : "%U, %U", names.get(), name.get()));
        listed.push_back(candidate);
    }
    if (names) err_set_object(&exc::TypeError, names.get());
}

}  // namespace

Owned type_compute_mro(Type* type) {
    Object* bases = type->tp_bases;
    intptr_t count = tuple_size(bases);
    for (intptr_t index = 0; index < count; ++index) {
        Type* base = as_type(tuple_get_item(bases, index));
        if (!base->tp_mro) {
            err_format(exc::TypeError, "Cannot extend an incomplete type '%.100s'", base->tp_name);
            return nullptr;
        }
    }
    std::vector<Object*> result{type};
    if (count == 1) {
        Object* base_mro = as_type(tuple_get_item(bases, 0))->tp_mro;
        for (intptr_t index = 0; index < tuple_size(base_mro); ++index) result.push_back(tuple_get_item(base_mro, index));
        return tuple_from_array(result.data(), static_cast<intptr_t>(result.size()));
    }
    if (!names_are_unique(bases)) return nullptr;
    std::vector<Sequence> sequences;
    for (intptr_t index = 0; index < count; ++index)
        sequences.push_back({as_type(tuple_get_item(bases, index))->tp_mro, 0});
    sequences.push_back({bases, 0});
    for (;;) {
        Object* next = nullptr;
        bool empty = true;
        for (const Sequence& sequence : sequences) {
            if (sequence.next >= tuple_size(sequence.tuple)) continue;
            empty = false;
            Object* candidate = tuple_get_item(sequence.tuple, sequence.next);
            bool blocked = false;
            for (const Sequence& other : sequences) blocked = blocked || tail_contains(other, candidate);
            if (!blocked) {
                next = candidate;
                break;
            }
        }
        if (empty) break;
        if (!next) {
            raise_inconsistent(sequences);
            return nullptr;
        }
        result.push_back(next);
        for (Sequence& sequence : sequences)
            if (sequence.next < tuple_size(sequence.tuple) && tuple_get_item(sequence.tuple, sequence.next) == next)
                ++sequence.next;
    }
    return tuple_from_array(result.data(), static_cast<intptr_t>(result.size()));
}

Owned type_mro_method(Object* type, Object*) {
    auto mro = own(type_compute_mro(as_type(type)));
    return mro ? sequence_list(mro.get()) : nullptr;
}

namespace {

// What the metaclass's mro() gave must be classes whose layout the type has.
bool mro_is_valid(Type* type, Object* mro) {
    for (intptr_t index = 0; index < tuple_size(mro); ++index) {
        Object* item = tuple_get_item(mro, index);
        if (!type_check(item)) {
            err_format(exc::TypeError, "mro() returned a non-class ('%.500s')", item->type->tp_name);
            return false;
        }
        Type* base = as_type(item);
        if (base != type && type->tp_base && base->tp_basicsize > type->tp_basicsize) {
            err_format(exc::TypeError, "mro() returned base with unsuitable layout ('%.500s')", base->tp_name);
            return false;
        }
    }
    return true;
}

Owned mro_invoke(Type* type) {
    if (type->type == &type_type) return type_compute_mro(type);
    auto method = own(object_lookup_special(type, ID(mro)));
    if (!method) return err_occurred() ? nullptr : type_compute_mro(type);
    auto result = own(object_call_noargs(method.get()));
    if (!result) return nullptr;
    auto mro = own(sequence_tuple(result.get()));
    result.reset();
    if (!mro) return nullptr;
    if (tuple_size(mro.get()) == 0) {
        err_format(exc::TypeError, "type MRO must not be empty");
        return nullptr;
    }
    if (!mro_is_valid(type, mro.get())) return nullptr;
    return mro.release();
}

}  // namespace

int type_mro_internal(Type* type, Object** old_mro) {
    // A custom mro() may have set the mro through __bases__ itself.
    Object* before = type->tp_mro;
    auto held = share(before);
    auto mro = own(mro_invoke(type));
    bool reentered = type->tp_mro != before;
    if (!mro) return -1;
    if (reentered) return 0;
    Object* old = type->tp_mro;
    type->tp_mro = mro.release();
    type_mro_modified(type, type->tp_mro);
    type_mro_modified(type, type->tp_bases);
    type_modified(type);
    if (old_mro)
        *old_mro = old;
    else
        xdecref(old);
    return 1;
}

// Attributes of a type whose mro() is its own, or that has bases outside its mro, cannot be cached.
void type_mro_modified(Type* type, Object* bases) {
    bool custom = !is_type(type, &type_type);
    if (custom) {
        Object* mine = type_lookup(type->type, ID(mro));
        Object* standard = type_lookup(&type_type, ID(mro));
        custom = mine && standard && mine != standard;
    }
    if (!custom) {
        bool fits = true;
        for (intptr_t index = 0; index < tuple_size(bases) && fits; ++index)
            fits = type_is_subtype(type, as_type(tuple_get_item(bases, index)));
        if (fits) return;
    }
    type->tp_flags &= ~uint64_t{kValidVersionTag};
    type->tp_version_tag = 0;
}

bool type_is_subtype(const Type* type, const Type* base) {
    if (type == base) return true;
    if (Object* mro = type->tp_mro) {
        intptr_t count = tuple_size(mro);
        for (intptr_t index = 0; index < count; ++index)
            if (tuple_get_item(mro, index) == base) return true;
        return false;
    }
    // Before the type is ready.
    for (const Type* ancestor = type->tp_base; ancestor; ancestor = ancestor->tp_base)
        if (ancestor == base) return true;
    extern Type object_type;
    return base == &object_type;
}

}  // namespace refscope::vm
