#include "vm/objects/reversed.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct ReversedObject : Object {
    intptr_t index;
    Object* sequence;  // null: exhausted
};
static_assert(sizeof(ReversedObject) == 32);

ReversedObject* as_reversed(Object* object) { return static_cast<ReversedObject*>(object); }

Owned make(Type* type, Object* sequence) {
    Ref<Object> method = own(object_lookup_special(sequence, ID(__reversed__)));
    if (method && is_none(method.get())) {
        return err_format(exc::TypeError, "'%.200s' object is not reversible", sequence->type->tp_name);
    }
    if (method) return object_call_noargs(method.get());
    if (err_occurred()) return nullptr;
    if (!sequence_check(sequence)) {
        return err_format(exc::TypeError, "'%.200s' object is not reversible", sequence->type->tp_name);
    }
    intptr_t size = object_size(sequence);
    if (size < 0) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    as_reversed(self)->index = size - 1;
    as_reversed(self)->sequence = newref(sequence);
    return self;
}

Owned reversed_new(Type* type, Object* args, Object* kwargs) {
    if (type == &reversed_type && !no_keyword_arguments("reversed", kwargs)) return nullptr;
    if (!check_positional("reversed", tuple_size(args), 1, 1)) return nullptr;
    return make(type, tuple_get_item(args, 0));
}

Owned reversed_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("reversed", kwnames)) return nullptr;
    if (!check_positional("reversed", static_cast<intptr_t>(vectorcall_nargs(nargsf)), 1, 1)) return nullptr;
    return make(as_type(type), args[0]);
}

Owned reversed_next(Object* self) {
    ReversedObject* iterator = as_reversed(self);
    if (iterator->index >= 0) {
        Object* item = sequence_get_item(iterator->sequence, iterator->index);
        if (item) {
            --iterator->index;
            return item;
        }
        if (err_matches(exc::IndexError) || err_matches(exc::StopIteration)) err_clear();
    }
    iterator->index = -1;
    clear_ref(iterator->sequence);
    return nullptr;
}

void reversed_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_reversed(self)->sequence);
    self->type->tp_free(self);
}

int reversed_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_reversed(self)->sequence, Edge::field("sequence"));
    return 0;
}

Owned length_hint(Object* self, Object*) {
    ReversedObject* iterator = as_reversed(self);
    if (!iterator->sequence) return int_from_ssize(0);
    intptr_t size = object_size(iterator->sequence);
    if (size < 0) return nullptr;
    intptr_t position = iterator->index + 1;
    return int_from_ssize(size < position ? 0 : position);
}

Owned reduce(Object* self, Object*) {
    ReversedObject* iterator = as_reversed(self);
    if (!iterator->sequence) {
        Ref<Object> arguments = own(tuple_pack({empty_tuple()}));
        return arguments ? tuple_pack({self->type, arguments.get()}) : nullptr;
    }
    Ref<Object> arguments = own(tuple_pack({iterator->sequence}));
    Ref<Object> index = own(int_from_ssize(iterator->index));
    return arguments && index ? tuple_pack({self->type, arguments.get(), index.get()}) : nullptr;
}

Owned setstate(Object* self, Object* state) {
    ReversedObject* iterator = as_reversed(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->sequence) {
        intptr_t size = object_size(iterator->sequence);
        if (size < 0) return nullptr;
        if (index < -1) index = -1;
        else if (index > size - 1) index = size - 1;
        iterator->index = index;
    }
    return new_none();
}

const MethodDef methods[] = {
    method_def("__length_hint__", length_hint, kMethNoargs, "Private method returning an estimate of len(list(it))."),
    method_def("__reduce__", reduce, kMethNoargs, "Return state information for pickling."),
    method_def("__setstate__", setstate, kMethO, "Set state information for unpickling."),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Type reversed_type = [] {
    Type type = static_type("reversed", sizeof(ReversedObject), 0, kHaveGc | kBaseType);
    type.tp_doc = "reversed(sequence, /)\n--\n\nReturn a reverse iterator over the values of the given sequence.";
    type.tp_dealloc = reversed_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = reversed_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = reversed_next;
    type.tp_methods = methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = reversed_new;
    type.tp_free = type_generic_free;
    type.tp_vectorcall = reversed_vectorcall;
    return type;
}();

int init_reversed_types() { return type_ready(&reversed_type); }

}  // namespace refscope::vm
