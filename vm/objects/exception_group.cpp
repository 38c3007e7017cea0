// BaseExceptionGroup and ExceptionGroup (PEP 654): split, subgroup, derive, and what `except*` needs.
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/exception_types.h"
#include "vm/objects/function_object.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

bool exception_group_check(const Object* object) { return is_instance_of(object, &exc::BaseExceptionGroup); }

namespace {

ExceptionGroupObject* as_group(Object* object) { return static_cast<ExceptionGroupObject*>(object); }

Owned group_new(Type* type, Object* args, Object* kwargs) {
    if (tuple_size(args) != 2) {
        return err_format(exc::TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%zd given)",
                          tuple_size(args));
    }
    Object* message = tuple_get_item(args, 0);
    if (!str_check(message)) {
        return err_format(exc::TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %.50s",
                          message->type->tp_name);
    }
    if (!sequence_check(tuple_get_item(args, 1))) {
        return err_set_string(exc::TypeError, "second argument (exceptions) must be a sequence");
    }
    Ref<> exceptions = own(sequence_tuple(tuple_get_item(args, 1)));
    if (!exceptions) return nullptr;
    const intptr_t count = tuple_size(exceptions.get());
    if (count == 0) return err_set_string(exc::ValueError, "second argument (exceptions) must be a non-empty sequence");
    bool nests_base = false;
    for (intptr_t i = 0; i < count; ++i) {
        Object* item = tuple_get_item(exceptions.get(), i);
        if (!exception_instance_check(item)) {
            return err_format(exc::ValueError, "Item %zd of second argument (exceptions) is not an exception", i);
        }
        const int ordinary = object_is_instance(item, &exc::Exception);
        if (ordinary < 0) return nullptr;
        if (!ordinary) nests_base = true;
    }
    if (type == &exc::ExceptionGroup) {
        if (nests_base) return err_set_string(exc::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    } else if (type == &exc::BaseExceptionGroup) {
        if (!nests_base) type = &exc::ExceptionGroup;
    } else if (nests_base) {
        const int ordinary = object_is_subclass(type, &exc::Exception);
        if (ordinary < 0) return nullptr;
        if (ordinary) return err_format(exc::TypeError, "Cannot nest BaseExceptions in '%.200s'", type->tp_name);
    }
    Object* self = base_exception_new(type, args, kwargs);
    if (!self) return nullptr;
    as_group(self)->message = newref(message);
    as_group(self)->exceptions = exceptions.release();
    return self;
}

int group_init(Object* self, Object* args, Object* kwargs) { return base_exception_init(self, args, kwargs); }

int group_clear(Object* self) {
    clear_ref(as_group(self)->message);
    clear_ref(as_group(self)->exceptions);
    return base_exception_clear(self);
}
void group_dealloc(Object* self) {
    gc_untrack(self);
    group_clear(self);
    self->type->tp_free(self);
}
int group_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_group(self)->message, Edge::field("message"));
    RS_VISIT(as_group(self)->exceptions, Edge::field("exceptions"));
    return base_exception_traverse(self, visit, context);
}
Owned group_str(Object* self) {
    const intptr_t count = tuple_size(as_group(self)->exceptions);
    return str_from_format("%S (%zd sub-exception%s)", as_group(self)->message, count, count > 1 ? "s" : "");
}

Owned group_derive(Object* self, Object* exceptions) {
    return object_call_args(&exc::BaseExceptionGroup, {as_group(self)->message, exceptions});
}

// A group of `exceptions` (a list) with the metadata of `original`; nullptr without an exception when the list is empty.
Owned subset(Object* original, Object* exceptions) {
    if (list_size(exceptions) == 0) return nullptr;
    Ref<> group = own(object_call_method(original, ID(derive), {exceptions}));
    if (!group) return nullptr;
    if (!exception_group_check(group.get())) {
        return err_set_string(exc::TypeError, "derive must return an instance of BaseExceptionGroup");
    }
    const ExceptionObject* source = as_exception(original);
    if (source->traceback && exception_set_traceback(group.get(), source->traceback) < 0) return nullptr;
    exception_set_context(group.get(), xnewref(source->context));
    exception_set_cause(group.get(), xnewref(source->cause));
    Object* found = nullptr;
    if (object_lookup_attr(original, ID(__notes__), &found) < 0) return nullptr;
    Ref<> notes = own(found);
    if (notes && sequence_check(notes.get())) {
        Ref<> copy = own(sequence_list(notes.get()));  // each part has a list of its own
        if (!copy || object_set_attr(group.get(), ID(__notes__), copy.get()) < 0) return nullptr;
    }
    return group.release();
}

enum class Matcher { kType, kPredicate, kIds };

bool choose_matcher(Object* value, Matcher* matcher) {
    if (is_type(value, &function_type)) {
        *matcher = Matcher::kPredicate;
        return true;
    }
    bool types = exception_class_check(value);
    if (!types && tuple_check_exact(value)) {
        types = true;
        for (intptr_t i = 0; i < tuple_size(value); ++i) types = types && exception_class_check(tuple_get_item(value, i));
    }
    if (types) {
        *matcher = Matcher::kType;
        return true;
    }
    err_set_string(exc::TypeError, "expected a function, exception type or tuple of exception types");
    return false;
}

int matches(Object* exception, Matcher matcher, Object* value) {
    switch (matcher) {
        case Matcher::kType: return err_given_matches(exception, value);
        case Matcher::kPredicate: {
            Ref<> result = own(object_call_onearg(value, exception));
            return result ? object_is_true(result.get()) : -1;
        }
        case Matcher::kIds: {
            Ref<> id = own(int_from_pointer(exception));
            return id ? set_contains(value, id.get()) : -1;
        }
    }
    return -1;
}

struct Split {
    Ref<> match, rest;
};

int split_recursive(Object* exception, Matcher matcher, Object* value, bool want_rest, Split* result) {
    const int is_match = matches(exception, matcher, value);
    if (is_match < 0) return -1;
    if (is_match) {
        result->match = share(exception);
        return 0;
    }
    if (!exception_group_check(exception)) {
        if (want_rest) result->rest = share(exception);
        return 0;
    }
    Ref<> matched = own(list_new(0));
    Ref<> rest = own(want_rest ? list_new(0) : nullptr);
    if (!matched || (want_rest && !rest)) return -1;
    Ref<> exceptions = share(as_group(exception)->exceptions);
    for (intptr_t i = 0; i < tuple_size(exceptions.get()); ++i) {
        if (!enter_recursive_call(" in exceptiongroup_split_recursive")) return -1;
        Split part;
        const int failed = split_recursive(tuple_get_item(exceptions.get(), i), matcher, value, want_rest, &part);
        leave_recursive_call();
        if (failed) return -1;
        if (part.match && list_append(matched.get(), part.match.get()) < 0) return -1;
        if (part.rest && list_append(rest.get(), part.rest.get()) < 0) return -1;
    }
    result->match.reset_steal(subset(exception, matched.get()));
    if (!result->match && err_occurred()) return -1;
    if (want_rest) {
        result->rest.reset_steal(subset(exception, rest.get()));
        if (!result->rest && err_occurred()) return -1;
    }
    return 0;
}

Owned group_split(Object* self, Object* value) {
    Matcher matcher;
    if (!choose_matcher(value, &matcher)) return nullptr;
    Split result;
    if (split_recursive(self, matcher, value, true, &result) < 0) return nullptr;
    return tuple_pack({result.match ? result.match.get() : none(), result.rest ? result.rest.get() : none()});
}
Owned group_subgroup(Object* self, Object* value) {
    Matcher matcher;
    if (!choose_matcher(value, &matcher)) return nullptr;
    Split result;
    if (split_recursive(self, matcher, value, false, &result) < 0) return nullptr;
    return result.match ? result.match.release() : new_none();
}

const MethodDef group_methods[] = {
    method_def("__class_getitem__", generic_alias_new, kMethO | kMethClass),
    method_def("derive", group_derive, kMethO),
    method_def("split", group_split, kMethO),
    method_def("subgroup", group_subgroup, kMethO),
    {nullptr, nullptr, 0}};
const MemberDef group_members[] = {{"message", MemberKind::kObject, offsetof(ExceptionGroupObject, message), true},
                                   {"exceptions", MemberKind::kObject, offsetof(ExceptionGroupObject, exceptions), true},
                                   {nullptr, MemberKind::kNone, 0}};

Type make_base_group() {
    Type type = exception_static_type("BaseExceptionGroup", &exc::BaseException, sizeof(ExceptionGroupObject),
                                      "Several exceptions that were raised together.");
    type.tp_dealloc = group_dealloc;
    type.tp_traverse = group_traverse;
    type.tp_clear = group_clear;
    type.tp_str = group_str;
    type.tp_methods = group_methods;
    type.tp_members = group_members;
    type.tp_init = group_init;
    type.tp_new = group_new;
    return type;
}

// Instances of ExceptionGroup can be weakly referenced; CPython makes it like a Python class.
struct WeakGroupObject : ExceptionGroupObject {
    Object* weakrefs;
};

void weak_group_dealloc(Object* self) {
    gc_untrack(self);
    if (static_cast<WeakGroupObject*>(self)->weakrefs) object_clear_weakrefs(self);
    group_clear(self);
    self->type->tp_free(self);
}
Type make_group() {
    Type type = exception_static_type("ExceptionGroup", &exc::BaseExceptionGroup, sizeof(WeakGroupObject), nullptr);
    type.tp_dealloc = weak_group_dealloc;
    type.tp_traverse = group_traverse;
    type.tp_clear = group_clear;
    type.tp_init = group_init;
    type.tp_new = group_new;
    type.tp_weaklistoffset = offsetof(WeakGroupObject, weakrefs);
    return type;
}

Owned create_group(Object* exceptions) {
    return object_call_args(&exc::BaseExceptionGroup, {str_empty(), exceptions});
}

int collect_leaf_ids(Object* exception, Object* ids) {
    if (is_none(exception)) return 0;
    if (!exception_group_check(exception)) {
        Ref<> id = own(int_from_pointer(exception));
        return id ? set_add(ids, id.get()) : -1;
    }
    if (!enter_recursive_call(" in collect_exception_group_leaf_ids")) return -1;
    int result = 0;
    Object* exceptions = as_group(exception)->exceptions;
    for (intptr_t i = 0; result == 0 && i < tuple_size(exceptions); ++i) {
        result = collect_leaf_ids(tuple_get_item(exceptions, i), ids);
    }
    leave_recursive_call();
    return result;
}

// The part of `group` that has the leaves of the groups in `keep`, in the group's own structure; None: nothing.
Owned projection(Object* group, Object* keep) {
    Ref<> ids = own(set_new(nullptr));
    if (!ids) return nullptr;
    for (intptr_t i = 0; i < list_size(keep); ++i) {
        if (collect_leaf_ids(list_get_item(keep, i), ids.get()) < 0) return nullptr;
    }
    Split result;
    if (split_recursive(group, Matcher::kIds, ids.get(), false, &result) < 0) return nullptr;
    return result.match ? result.match.release() : new_none();
}

bool same_metadata(Object* a, Object* b) {
    const ExceptionObject *left = as_exception(a), *right = as_exception(b);
    return left->notes == right->notes && left->traceback == right->traceback && left->cause == right->cause &&
           left->context == right->context;
}

bool valid_star_type(Object* type) {
    auto invalid_group = [](Object* candidate) {
        const int is_group = object_is_subclass(candidate, &exc::BaseExceptionGroup);
        if (is_group > 0) {
            err_set_string(exc::TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
        }
        return is_group != 0;
    };
    const intptr_t count = tuple_check(type) ? tuple_size(type) : 1;
    for (intptr_t i = 0; i < count; ++i) {
        Object* item = tuple_check(type) ? tuple_get_item(type, i) : type;
        if (!exception_class_check(item)) {
            err_set_string(exc::TypeError, "catching classes that do not inherit from BaseException is not allowed");
            return false;
        }
    }
    for (intptr_t i = 0; i < count; ++i) {
        if (invalid_group(tuple_check(type) ? tuple_get_item(type, i) : type)) return false;
    }
    return true;
}

}  // namespace

namespace exc {
Type BaseExceptionGroup = make_base_group();
Type ExceptionGroup = make_group();
}  // namespace exc

int exception_group_match(Object* exception, Object* type, Object** match, Object** rest) {
    *match = *rest = nullptr;
    if (!valid_star_type(type)) return -1;
    if (is_none(exception)) {
        *match = new_none();
        *rest = new_none();
        return 0;
    }
    if (err_given_matches(exception, type)) {
        if (exception_group_check(exception)) {
            *match = newref(exception);
        } else {
            Ref<> wrapped = own(tuple_pack({exception}));
            if (!wrapped || !(*match = create_group(wrapped.get()))) return -1;
        }
        *rest = new_none();
        return 0;
    }
    if (exception_group_check(exception)) {
        Ref<> pair = own(object_call_method(exception, ID(split), {type}));
        if (!pair) return -1;
        if (!tuple_check_exact(pair.get()) || tuple_size(pair.get()) < 2) {
            err_format(exc::TypeError, "%.200s.split must return a 2-tuple, got %s", exception->type->tp_name,
                       tuple_check_exact(pair.get()) ? "a shorter tuple" : pair->type->tp_name);
            return -1;
        }
        *match = newref(tuple_get_item(pair.get(), 0));
        *rest = newref(tuple_get_item(pair.get(), 1));
        return 0;
    }
    *match = new_none();
    *rest = newref(exception);
    return 0;
}

Owned exception_prepare_reraise_star(Object* original, Object* raised_list) {
    if (list_size(raised_list) == 0) return new_none();
    // A single exception was wrapped: at most one clause ran.
    if (!exception_group_check(original)) return newref(list_get_item(raised_list, 0));

    // What still has the original's metadata was raised again as it was; the rest is new.
    Ref<> raised = own(list_new(0));
    Ref<> reraised = own(list_new(0));
    if (!raised || !reraised) return nullptr;
    for (intptr_t i = 0; i < list_size(raised_list); ++i) {
        Object* exception = list_get_item(raised_list, i);
        if (is_none(exception)) continue;
        if (list_append(same_metadata(exception, original) ? reraised.get() : raised.get(), exception) < 0) return nullptr;
    }
    Ref<> group = own(projection(original, reraised.get()));
    if (!group) return nullptr;
    if (list_size(raised.get()) == 0) return group.release();
    if (!is_none(group.get()) && list_append(raised.get(), group.get()) < 0) return nullptr;
    if (list_size(raised.get()) > 1) return create_group(raised.get());
    return newref(list_get_item(raised.get(), 0));
}

}  // namespace refscope::vm
