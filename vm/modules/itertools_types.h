// What the types of itertools share. For vm/modules/itertools_*.cpp only.
//
// Each iterator is a struct whose counted references are listed once, with the names that holder views show.
#pragma once

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

template <class T>
inline T* self_as(Object* object) {
    return static_cast<T*>(object);
}

// T::kEdges names the members, in the order of kMembers.
template <class T, auto... kMembers>
void iterator_dealloc(Object* self) {
    gc_untrack(self);
    (clear_ref(self_as<T>(self)->*kMembers), ...);
    self->type->tp_free(self);
}
template <class T, auto... kMembers>
int iterator_traverse(Object* self, Visit visit, void* context) {
    int result = 0, i = 0;
    auto one = [&](Object* referent) {
        const char* name = T::kEdges[i++];
        if (referent && !result) result = visit(referent, Edge::field(name), context);
    };
    (one(self_as<T>(self)->*kMembers), ...);
    return result;
}

template <class T, auto... kMembers>
Type iterator_type(const char* name, const char* doc, UnaryFn next, const MethodDef* methods, NewFn make) {
    Type type = static_type(name, sizeof(T), 0, kHaveGc | kBaseType);
    type.tp_doc = doc;
    type.tp_dealloc = iterator_dealloc<T, kMembers...>;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = iterator_traverse<T, kMembers...>;
    type.tp_iter = object_self_iter;
    type.tp_iternext = next;
    type.tp_methods = methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = make;
    type.tp_free = type_generic_free;
    return type;
}

inline Object* call_next(Object* iterator) { return iterator->type->tp_iternext(iterator); }

// (type, arguments): both borrowed or null with an exception pending.
inline Owned reduce_pair(Object* self, const Ref<Object>& arguments) {
    return arguments ? tuple_pack({self->type, arguments.get()}) : nullptr;
}
inline Owned reduce_triple(Object* self, const Ref<Object>& arguments, const Ref<Object>& state) {
    return arguments && state ? tuple_pack({self->type, arguments.get(), state.get()}) : nullptr;
}

inline constexpr const char* kReduceDoc = "Return state information for pickling.";
inline constexpr const char* kSetstateDoc = "Set state information for unpickling.";
inline constexpr MethodDef kNoMethod{nullptr, nullptr, 0, nullptr};

extern Type itertools_count_type, itertools_cycle_type, itertools_repeat_type, itertools_chain_type, itertools_compress_type,
    itertools_dropwhile_type, itertools_takewhile_type, itertools_filterfalse_type, itertools_starmap_type,
    itertools_islice_type, itertools_accumulate_type, itertools_pairwise_type, itertools_zip_longest_type,
    itertools_groupby_type, itertools_grouper_type, itertools_tee_type, itertools_tee_data_type, itertools_product_type,
    itertools_permutations_type, itertools_combinations_type, itertools_combinations_with_replacement_type;

Owned itertools_tee(Object* module, Object* const* args, intptr_t nargs);

}  // namespace refscope::vm
