// The module _contextvars: Context, ContextVar, Token.
//
// There is one thread, so one stack of entered contexts. A context's values are a dict that is copied when somebody asks for a copy
// of the context: CPython shares a persistent map instead, which only its costs tell apart.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

struct ContextObject : Object {
    Object* values;    // dict ContextVar -> value
    Object* previous;  // the context that was current when this one was entered
    Object* weakrefs;
    bool entered;
};
struct ContextVarObject : Object {
    Object* name;
    Object* fallback;  // or nullptr
    Hash hash;
};
struct TokenObject : Object {
    Object* context;
    Object* variable;
    Object* old_value;  // nullptr: it had none
    bool used;
};
extern Type context_type, context_var_type, token_type;
Object* current_context = nullptr;  // root; made when first needed
Object* missing_token = nullptr;    // Token.MISSING

ContextObject* as_context(Object* object) { return static_cast<ContextObject*>(object); }
ContextVarObject* as_var(Object* object) { return static_cast<ContextVarObject*>(object); }
TokenObject* as_token(Object* object) { return static_cast<TokenObject*>(object); }

Owned context_new(Object* values_or_null) {
    Ref<> values = own(values_or_null ? dict_copy(values_or_null) : dict_new());
    if (!values) return nullptr;
    auto* self = new_object<ContextObject>(&context_type);
    if (!self) return nullptr;
    self->values = values.release();
    gc_track(self);
    return self;
}
// Borrowed; nullptr with an exception.
ContextObject* current() {
    if (!current_context) current_context = context_new(nullptr);
    return current_context ? as_context(current_context) : nullptr;
}

// ---- Context

Owned context_tp_new(Type*, Object* args, Object* kwargs) {
    if (tuple_size(args) || (kwargs && dict_size(kwargs))) return err_set_string(exc::TypeError, "Context() does not accept any arguments");
    return context_new(nullptr);
}
Owned context_run(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    ContextObject* self = as_context(object);
    if (nargs < 1) return err_set_string(exc::TypeError, "run() missing 1 required positional argument");
    if (self->entered) return err_format(exc::RuntimeError, "cannot enter context: %R is already entered", object);
    if (!current()) return nullptr;
    self->entered = true;
    self->previous = current_context;
    current_context = newref(object);
    Ref<> result = own(object_vectorcall(args[0], args + 1, static_cast<size_t>(nargs - 1), kwnames));
    Object* leaving = current_context;
    current_context = self->previous;
    self->previous = nullptr;
    self->entered = false;
    decref(leaving);
    return result.release();
}
Owned context_copy(Object* self, Object*) { return context_new(as_context(self)->values); }
bool check_key(Object* key) {
    if (is_type(key, &context_var_type)) return true;
    err_format(exc::TypeError, "a ContextVar key was expected, got %R", key);
    return false;
}
Owned context_subscript(Object* self, Object* key) {
    if (!check_key(key)) return nullptr;
    Object* value = dict_get_item_with_error(as_context(self)->values, key);
    if (!value && !err_occurred()) return err_set_object(&exc::KeyError, key);
    return xnewref(value);
}
Owned context_get(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("get", nargs, 1, 2) || !check_key(args[0])) return nullptr;
    Object* value = dict_get_item_with_error(as_context(self)->values, args[0]);
    if (!value && err_occurred()) return nullptr;
    return newref(value ? value : nargs > 1 ? args[1] : none());
}
int context_contains(Object* self, Object* key) { return check_key(key) ? dict_contains(as_context(self)->values, key) : -1; }
intptr_t context_length(Object* self) { return dict_size(as_context(self)->values); }
Owned context_iter(Object* self) { return object_get_iter(as_context(self)->values); }
Owned context_keys(Object* self, Object*) { return mapping_keys(as_context(self)->values); }
Owned context_values(Object* self, Object*) { return mapping_values(as_context(self)->values); }
Owned context_items(Object* self, Object*) { return mapping_items(as_context(self)->values); }
Owned context_compare(Object* left, Object* right, int op) {
    if (!is_type(left, &context_type) || !is_type(right, &context_type) || (op != kEQ && op != kNE)) return new_not_implemented();
    return object_rich_compare(as_context(left)->values, as_context(right)->values, op);
}
int context_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_context(self)->previous, Edge::field("previous"));
    RS_VISIT(as_context(self)->values, Edge::field("values"));
    return 0;
}
int context_clear(Object* self) {
    clear_ref(as_context(self)->previous);
    clear_ref(as_context(self)->values);
    return 0;
}
void context_dealloc(Object* self) {
    gc_untrack(self);
    if (as_context(self)->weakrefs) object_clear_weakrefs(self);
    context_clear(self);
    type_generic_free(self);
}
const MethodDef context_methods[] = {method_def("run", context_run, kMethFastcall | kMethKeywords),
                                     method_def("copy", context_copy, kMethNoargs), method_def("get", context_get, kMethFastcall),
                                     method_def("keys", context_keys, kMethNoargs), method_def("values", context_values, kMethNoargs),
                                     method_def("items", context_items, kMethNoargs), {nullptr, nullptr, 0}};
Type context_type = [] {
    Type type = static_type("_contextvars.Context", sizeof(ContextObject), 0, kHaveGc);
    type.tp_dealloc = context_dealloc;
    type.tp_traverse = context_traverse;
    type.tp_clear = context_clear;
    type.tp_richcompare = context_compare;
    type.tp_hash = object_hash_not_implemented;
    type.tp_iter = context_iter;
    type.tp_weaklistoffset = offsetof(ContextObject, weakrefs);
    type.tp_methods = context_methods;
    type.tp_new = context_tp_new;
    type.mp_length = context_length;
    type.mp_subscript = context_subscript;
    type.sq_contains = context_contains;
    return type;
}();

// ---- ContextVar

Owned var_tp_new(Type*, Object* args, Object* kwargs) {
    static const char* const names[] = {"", "default", nullptr};
    static const KeywordParser parser{"ContextVar", names, 1, 1};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    if (!str_check(out[0])) return err_set_string(exc::TypeError, "context variable name must be a str");
    auto* self = new_object<ContextVarObject>(&context_var_type);
    if (!self) return nullptr;
    self->name = newref(out[0]);
    self->fallback = xnewref(out[1]);
    const Hash name_hash = object_hash(out[0]);
    self->hash = hash_pointer(self) ^ name_hash;
    if (self->hash == -1) self->hash = -2;
    gc_track(self);
    return self;
}
Owned token_new(Object* context, Object* variable, Object* old_value) {
    auto* token = new_object<TokenObject>(&token_type);
    if (!token) return nullptr;
    token->context = newref(context);
    token->variable = newref(variable);
    token->old_value = xnewref(old_value);
    gc_track(token);
    return token;
}
Owned var_get(Object* object, Object* const* args, intptr_t nargs) {
    ContextVarObject* self = as_var(object);
    if (!check_positional("get", nargs, 0, 1)) return nullptr;
    ContextObject* context = current();
    if (!context) return nullptr;
    Object* value = dict_get_item_with_error(context->values, object);
    if (!value && err_occurred()) return nullptr;
    if (!value) value = nargs ? args[0] : self->fallback;
    return value ? newref(value) : err_set_object(&exc::LookupError, object);
}
Owned var_set(Object* object, Object* value) {
    ContextObject* context = current();
    if (!context) return nullptr;
    Object* old = dict_get_item_with_error(context->values, object);
    if (!old && err_occurred()) return nullptr;
    Ref<> token = own(token_new(context, object, old));
    return token && dict_set_item(context->values, object, value) == 0 ? token.release() : nullptr;
}
Owned var_reset(Object* object, Object* argument) {
    if (!is_type(argument, &token_type)) return err_format(exc::TypeError, "expected an instance of Token, got %R", argument);
    TokenObject* token = as_token(argument);
    if (token->used) return err_format(exc::RuntimeError, "%R has already been used once", argument);
    if (token->variable != object) return err_format(exc::ValueError, "%R was created by a different ContextVar", argument);
    ContextObject* context = current();
    if (!context) return nullptr;
    if (token->context != context) return err_format(exc::ValueError, "%R was created in a different Context", argument);
    token->used = true;
    const int status = token->old_value ? dict_set_item(context->values, object, token->old_value) : dict_del_item(context->values, object);
    return status < 0 ? nullptr : new_none();
}
Owned var_repr(Object* object) {
    ContextVarObject* self = as_var(object);
    if (self->fallback) {
        return str_from_format("<ContextVar name=%R default=%R at %p>", self->name, self->fallback, static_cast<void*>(object));
    }
    return str_from_format("<ContextVar name=%R at %p>", self->name, static_cast<void*>(object));
}
Hash var_hash(Object* self) { return as_var(self)->hash; }
int var_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_var(self)->name, Edge::field("name"));
    RS_VISIT(as_var(self)->fallback, Edge::field("default"));
    return 0;
}
int var_clear(Object* self) {
    clear_ref(as_var(self)->name);
    clear_ref(as_var(self)->fallback);
    return 0;
}
void var_dealloc(Object* self) {
    gc_untrack(self);
    var_clear(self);
    type_generic_free(self);
}
const MethodDef var_methods[] = {method_def("get", var_get, kMethFastcall), method_def("set", var_set, kMethO),
                                 method_def("reset", var_reset, kMethO),
                                 method_def("__class_getitem__", generic_alias_new, kMethO | kMethClass), {nullptr, nullptr, 0}};
const MemberDef var_members[] = {{"name", MemberKind::kObject, offsetof(ContextVarObject, name), true}, {nullptr, MemberKind::kNone, 0}};
// CPython's also caches the last value and where it was found.
constexpr intptr_t kContextVarSize = 64;
static_assert(sizeof(ContextVarObject) <= kContextVarSize);
Type context_var_type = [] {
    Type type = static_type("_contextvars.ContextVar", kContextVarSize, 0, kHaveGc);
    type.tp_dealloc = var_dealloc;
    type.tp_repr = var_repr;
    type.tp_hash = var_hash;
    type.tp_traverse = var_traverse;
    type.tp_clear = var_clear;
    type.tp_methods = var_methods;
    type.tp_members = var_members;
    type.tp_new = var_tp_new;
    return type;
}();

// ---- Token

Owned get_var(Object* self, void*) { return newref(as_token(self)->variable); }
Owned get_old_value(Object* self, void*) {
    Object* old = as_token(self)->old_value;
    return newref(old ? old : missing_token);
}
Owned token_tp_new(Type*, Object*, Object*) { return err_set_string(exc::RuntimeError, "Tokens can only be created by ContextVars"); }
Owned token_repr(Object* self) {
    return str_from_format("<Token%s var=%R at %p>", as_token(self)->used ? " used" : "", as_token(self)->variable, static_cast<void*>(self));
}
int token_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_token(self)->context, Edge::field("context"));
    RS_VISIT(as_token(self)->variable, Edge::field("var"));
    RS_VISIT(as_token(self)->old_value, Edge::field("old_value"));
    return 0;
}
int token_clear(Object* self) {
    clear_ref(as_token(self)->context);
    clear_ref(as_token(self)->variable);
    clear_ref(as_token(self)->old_value);
    return 0;
}
void token_dealloc(Object* self) {
    gc_untrack(self);
    token_clear(self);
    type_generic_free(self);
}
const MethodDef token_methods[] = {method_def("__class_getitem__", generic_alias_new, kMethO | kMethClass), {nullptr, nullptr, 0}};
const GetSetDef token_getset[] = {{"var", get_var}, {"old_value", get_old_value}, {nullptr, nullptr}};
Type token_type = [] {
    Type type = static_type("_contextvars.Token", sizeof(TokenObject), 0, kHaveGc);
    type.tp_dealloc = token_dealloc;
    type.tp_repr = token_repr;
    type.tp_hash = object_hash_not_implemented;
    type.tp_traverse = token_traverse;
    type.tp_clear = token_clear;
    type.tp_methods = token_methods;
    type.tp_getset = token_getset;
    type.tp_new = token_tp_new;
    return type;
}();
Owned missing_repr(Object*) { return str_from_string("<Token.MISSING>"); }
Type missing_type = [] {
    Type type = static_type("Token.MISSING", sizeof(Object), 0, kDisallowInstantiation);
    type.tp_dealloc = type_generic_free;
    type.tp_repr = missing_repr;
    return type;
}();

Owned copy_context(Object*, Object*) {
    ContextObject* context = current();
    return context ? context_new(context->values) : nullptr;
}
const MethodDef functions[] = {method_def("copy_context", copy_context, kMethNoargs), {nullptr, nullptr, 0}};

}  // namespace

Owned create_contextvars_module() {
    if (!context_type.has(kReady)) {
        for (Type* type : {&context_type, &context_var_type, &token_type, &missing_type}) {
            if (type_ready(type) < 0) return nullptr;
        }
        missing_token = new_object<Object>(&missing_type);
        if (!missing_token || dict_set_item_string(token_type.tp_dict, "MISSING", missing_token) < 0) return nullptr;
        type_modified(&token_type);
        register_root(&missing_token, "contextvars.Token.MISSING");
        register_root(&current_context, "current context");
    }
    Ref<> module = own(module_create("_contextvars", "Context variables.", functions));
    if (!module || module_add_object(module.get(), "Context", &context_type) < 0 ||
        module_add_object(module.get(), "ContextVar", &context_var_type) < 0 || module_add_object(module.get(), "Token", &token_type) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
