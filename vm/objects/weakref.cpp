// weakref.ref, and the lists of references that hang on objects.
//
// An object's list begins with the reference without callback, if any, then the proxy without callback: both are shared by
// all who ask for one. The others follow, each new one right behind those two; so callbacks run newest first.
#include "vm/objects/weakref.h"

#include <cstddef>

#include "vm/events/events.h"
#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref_slots.h"

namespace refscope::vm {

WeakrefObject** weakref_list_slot(Object* object) {
    return reinterpret_cast<WeakrefObject**>(reinterpret_cast<char*>(object) + object->type->tp_weaklistoffset);
}

namespace {

WeakrefObject* as_weakref(Object* object) { return static_cast<WeakrefObject*>(object); }

void unlink(WeakrefObject* self, bool keep_callback) {
    Object* callback = self->callback;
    if (!is_none(self->referent)) {
        WeakrefObject** list = weakref_list_slot(self->referent);
        if (*list == self) *list = self->next;
        self->referent = none();
        if (self->previous) self->previous->next = self->next;
        if (self->next) self->next->previous = self->previous;
        self->previous = self->next = nullptr;
    }
    if (callback && !keep_callback) {
        self->callback = nullptr;
        decref(callback);
    }
}

struct BasicRefs {
    WeakrefObject* ref = nullptr;
    WeakrefObject* proxy = nullptr;
};
BasicRefs basic_refs(WeakrefObject* head) {
    BasicRefs result;
    if (head && !head->callback) {
        // A subclass's instance is never shared: it may have attributes.
        if (weakref_check_ref_exact(head)) {
            result.ref = head;
            head = head->next;
        }
        if (head && !head->callback && weakref_check_proxy(head)) result.proxy = head;
    }
    return result;
}

void insert_head(WeakrefObject* reference, WeakrefObject** list) {
    WeakrefObject* next = *list;
    reference->previous = nullptr;
    reference->next = next;
    if (next) next->previous = reference;
    *list = reference;
}
void insert_after(WeakrefObject* reference, WeakrefObject* previous) {
    reference->previous = previous;
    reference->next = previous->next;
    if (previous->next) previous->next->previous = reference;
    previous->next = reference;
}

Owned weakref_vectorcall(Object* self, Object* const* args, size_t nargsf, Object* kwnames);

void initialize(WeakrefObject* self, Object* referent, Object* callback) {
    self->hash = -1;
    self->referent = referent;
    self->callback = xnewref(callback);
    self->previous = self->next = nullptr;
    self->vectorcall = weakref_vectorcall;
}

WeakrefObject* new_weakref(Type* type, Object* referent, Object* callback) {
    auto* self = new_object<WeakrefObject>(type);
    if (!self) return nullptr;
    initialize(self, referent, callback);
    gc_track(self);
    return self;
}

bool check_supported(Object* referent) {
    if (supports_weakrefs(referent->type)) return true;
    err_format(exc::TypeError, "cannot create weak reference to '%s' object", referent->type->tp_name);
    return false;
}

// ---- slots of weakref.ref

void weakref_dealloc(Object* self) {
    gc_untrack(self);
    unlink(as_weakref(self), false);
    self->type->tp_free(self);
}

Owned weakref_vectorcall(Object* self, Object* const*, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("weakref", kwnames)) return nullptr;
    if (!check_positional("weakref", static_cast<intptr_t>(vectorcall_nargs(nargsf)), 0, 0)) return nullptr;
    return newref(weakref_get_object(self));
}

Hash weakref_hash(Object* object) {
    WeakrefObject* self = as_weakref(object);
    if (self->hash != -1) return self->hash;
    Object* referent = weakref_get_object(self);
    if (is_none(referent)) {
        err_set_string(exc::TypeError, "weak object has gone away");
        return -1;
    }
    Ref<> held = share(referent);
    self->hash = object_hash(held.get());
    return self->hash;
}

Owned weakref_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || !weakref_check_ref(left) || !weakref_check_ref(right)) return new_not_implemented();
    Object* left_referent = weakref_get_object(left);
    Object* right_referent = weakref_get_object(right);
    if (is_none(left_referent) || is_none(right_referent)) {
        return bool_from((left == right) == (op == kEQ));  // the dead are equal to themselves only
    }
    Ref<> held_left = share(left_referent), held_right = share(right_referent);
    return object_rich_compare(held_left.get(), held_right.get(), op);
}

// new: the shared reference is used again when nothing is to be added to it.
Owned weakref_new(Type* type, Object* args, Object*) {
    const intptr_t given = tuple_size(args);
    if (given < 1 || given > 2) {
        return err_format(exc::TypeError, "__new__ expected at %s %d argument%s, got %zd", given < 1 ? "least" : "most",
                          given < 1 ? 1 : 2, given < 1 ? "" : "s", given);
    }
    Object* referent = tuple_get_item(args, 0);
    Object* callback = given > 1 ? tuple_get_item(args, 1) : nullptr;
    if (!check_supported(referent)) return nullptr;
    if (callback && is_none(callback)) callback = nullptr;
    WeakrefObject** list = weakref_list_slot(referent);
    BasicRefs basic = basic_refs(*list);
    if (!callback && type == &weakref_type && basic.ref) return newref(basic.ref);
    // The allocation may run a collection, and so change the list.
    auto* self = static_cast<WeakrefObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    initialize(self, referent, callback);
    if (!callback && type == &weakref_type) {
        insert_head(self, list);
    } else {
        basic = basic_refs(*list);
        WeakrefObject* previous = basic.proxy ? basic.proxy : basic.ref;
        if (previous) insert_after(self, previous);
        else insert_head(self, list);
    }
    return self;
}

// Takes and drops the arguments: __new__ has seen to them. Keywords are for subclasses' __new__ alone.
int weakref_init(Object*, Object* args, Object* kwargs) {
    if (kwargs && !no_keyword_arguments("ref", kwargs)) return -1;
    const intptr_t given = tuple_size(args);
    if (given < 1 || given > 2) {
        err_format(exc::TypeError, "__init__ expected at %s %d argument%s, got %zd", given < 1 ? "least" : "most",
                   given < 1 ? 1 : 2, given < 1 ? "" : "s", given);
        return -1;
    }
    return 0;
}

const MemberDef weakref_members[] = {{"__callback__", MemberKind::kObject, offsetof(WeakrefObject, callback), true},
                                     {nullptr, MemberKind::kNone, 0}};
const MethodDef weakref_methods[] = {method_def("__class_getitem__", generic_alias_new, kMethO | kMethClass),
                                     {nullptr, nullptr, 0}};

Type make_weakref_type() {
    Type type = static_type("weakref.ReferenceType", sizeof(WeakrefObject), 0, kHaveGc | kHaveVectorcall | kBaseType);
    type.tp_dealloc = weakref_dealloc;
    type.tp_vectorcall_offset = offsetof(WeakrefObject, vectorcall);
    type.tp_call = vectorcall_call;
    type.tp_repr = weakref_repr;
    type.tp_hash = weakref_hash;
    type.tp_traverse = weakref_traverse;
    type.tp_clear = weakref_tp_clear;
    type.tp_richcompare = weakref_compare;
    type.tp_methods = weakref_methods;
    type.tp_members = weakref_members;
    type.tp_init = weakref_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = weakref_new;
    type.tp_free = type_generic_free;
    return type;
}

void run_callback(WeakrefObject* reference, Object* callback) {
    Ref<> result = own(object_call_onearg(callback, reference));
    if (!result) err_write_unraisable(callback);
}

}  // namespace

// ---- shared with proxies

int weakref_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_weakref(self)->callback, Edge::at(EdgeKind::kWeakrefCallback, 0));
    return 0;
}
int weakref_tp_clear(Object* self) {
    unlink(as_weakref(self), false);
    return 0;
}
void weakref_unlink(Object* self) { unlink(as_weakref(self), false); }

Owned weakref_repr(Object* self) {
    Object* referent = weakref_get_object(self);
    if (is_none(referent)) return str_from_format("<weakref at %p; dead>", static_cast<void*>(self));
    Ref<> held = share(referent);
    Object* found = nullptr;
    if (object_lookup_attr(held.get(), ID(__name__), &found) < 0) return nullptr;
    Ref<> name = own(found);
    if (!name || !str_check(name.get())) {
        return str_from_format("<weakref at %p; to '%s' at %p>", static_cast<void*>(self), held->type->tp_name,
                               static_cast<void*>(held.get()));
    }
    return str_from_format("<weakref at %p; to '%s' at %p (%U)>", static_cast<void*>(self), held->type->tp_name,
                           static_cast<void*>(held.get()), name.get());
}

Type weakref_type = make_weakref_type();

void weakref_clear_ref(WeakrefObject* reference) { unlink(reference, true); }
void weakref_clear(WeakrefObject* reference) { unlink(reference, false); }

Object* weakref_get_object(Object* reference) {
    Object* referent = as_weakref(reference)->referent;
    // A referent on its way out (a container whose deallocation was put off) is as good as dead.
    return refcount_of(referent) > 0 ? referent : none();
}

intptr_t weakref_count(Object* object) {
    if (!supports_weakrefs(object->type)) return 0;
    intptr_t count = 0;
    for (WeakrefObject* reference = *weakref_list_slot(object); reference; reference = reference->next) ++count;
    return count;
}

Owned weakref_new_ref(Object* referent, Object* callback) {
    if (!check_supported(referent)) return nullptr;
    WeakrefObject** list = weakref_list_slot(referent);
    BasicRefs basic = basic_refs(*list);
    if (callback && is_none(callback)) callback = nullptr;
    if (!callback && basic.ref) return newref(basic.ref);
    WeakrefObject* result = new_weakref(&weakref_type, referent, callback);
    if (!result) return nullptr;
    basic = basic_refs(*list);
    if (!callback) {
        if (basic.ref) {  // a collection during the allocation made one
            decref(result);
            return newref(basic.ref);
        }
        insert_head(result, list);
    } else {
        WeakrefObject* previous = basic.proxy ? basic.proxy : basic.ref;
        if (previous) insert_after(result, previous);
        else insert_head(result, list);
    }
    return result;
}

Owned weakref_new_proxy(Object* referent, Object* callback) {
    if (!check_supported(referent)) return nullptr;
    WeakrefObject** list = weakref_list_slot(referent);
    BasicRefs basic = basic_refs(*list);
    if (callback && is_none(callback)) callback = nullptr;
    if (!callback && basic.proxy) return newref(basic.proxy);
    Type* type = callable_check(referent) ? &weakref_callable_proxy_type : &weakref_proxy_type;
    WeakrefObject* result = new_weakref(type, referent, callback);
    if (!result) return nullptr;
    basic = basic_refs(*list);
    if (!callback && basic.proxy) {
        decref(result);
        return newref(basic.proxy);
    }
    WeakrefObject* previous = callback && basic.proxy ? basic.proxy : basic.ref;
    if (previous) insert_after(result, previous);
    else insert_head(result, list);
    return result;
}

void object_clear_weakrefs(Object* object) {
    WeakrefObject** list = weakref_list_slot(object);
    // The two that are shared have no callback: drop them first. (Instances of subclasses without one stay in the list.)
    for (int shared = 0; shared < 2 && *list && !(*list)->callback; ++shared) {
        WeakrefObject* reference = *list;
        unlink(reference, false);
        if (events.weakref_cleared) events.weakref_cleared(reference);
    }
    if (!*list) return;

    Object* pending = thread->pending;
    thread->pending = nullptr;
    Ref<> held_pending = own(pending);
    intptr_t count = 0;
    for (WeakrefObject* reference = *list; reference; reference = reference->next) ++count;
    if (count == 1) {
        WeakrefObject* reference = *list;
        Ref<> callback = own(reference->callback);
        reference->callback = nullptr;
        unlink(reference, false);
        if (events.weakref_cleared) events.weakref_cleared(reference);
        if (callback && refcount_of(reference) > 0) run_callback(reference, callback.get());
    } else {
        // All are cleared before the first callback runs: none may see the dying object through another.
        Ref<> pairs = own(tuple_new(count * 2));
        if (!pairs) {
            held_pending.reset_steal(err_fetch());
        } else {
            WeakrefObject* reference = *list;
            for (intptr_t i = 0; i < count; ++i) {
                WeakrefObject* next = reference->next;
                if (refcount_of(reference) > 0) {
                    tuple_init_item(pairs.get(), i * 2, newref<Object>(reference));
                    tuple_init_item(pairs.get(), i * 2 + 1, reference->callback);
                } else {
                    xdecref(reference->callback);
                }
                reference->callback = nullptr;
                unlink(reference, false);
                if (events.weakref_cleared) events.weakref_cleared(reference);
                reference = next;
            }
            for (intptr_t i = 0; i < count; ++i) {
                Object* callback = tuple_get_item(pairs.get(), i * 2 + 1);
                if (callback) run_callback(as_weakref(tuple_get_item(pairs.get(), i * 2)), callback);
            }
        }
    }
    Object* kept = held_pending.release();
    if (thread->pending) {
        xdecref(kept);
    } else {
        thread->pending = kept;
    }
}

int init_weakref_types() {
    return type_ready(&weakref_type) < 0 || type_ready(&weakref_proxy_type) < 0 ||
                   type_ready(&weakref_callable_proxy_type) < 0
               ? -1
               : 0;
}

}  // namespace refscope::vm
