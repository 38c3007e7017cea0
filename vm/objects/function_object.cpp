#include "vm/objects/function_object.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bound_method.h"
#include "vm/objects/call.h"
#include "vm/objects/cell.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

CodeFacts (*code_facts)(Object* code) = nullptr;

Object* builtins_of_globals(Object* globals) {
    Object* builtins = dict_get_item_with_error(globals, ID(__builtins__));
    if (builtins) {
        if (module_check(builtins)) return module_dict(builtins);
        return builtins;
    }
    if (err_occurred()) return nullptr;
    return builtins_namespace;
}

Owned function_new(Object* code, Object* globals, Object* qualname) {
    CodeFacts facts = code_facts(code);
    Object* builtins = builtins_of_globals(globals);
    if (!builtins) return err_occurred() ? nullptr : err_set_string(exc::RuntimeError, "lost builtins");
    auto builtins_held = share(builtins);
    auto module = share(dict_get_item_with_error(globals, ID(__name__)));
    if (!module && err_occurred()) return nullptr;
    auto* function = new_object<FunctionObject>(&function_type);
    if (!function) return nullptr;
    function->func_globals = newref(globals);
    function->func_builtins = builtins_held.release();
    function->func_name = newref(facts.name);
    function->func_qualname = newref(qualname ? qualname : facts.qualname);
    function->func_code = newref(code);
    function->func_doc = newref(facts.doc_or_none);
    function->func_module = module.release();
    function->vectorcall = call_seam.call_function;
    gc_track(function);
    return function;
}

void function_set_closure(FunctionObject* function, Object* stolen) { set_ref(function->func_closure, stolen); }
void function_set_defaults(FunctionObject* function, Object* stolen) { set_ref(function->func_defaults, stolen); }
void function_set_kwdefaults(FunctionObject* function, Object* stolen) { set_ref(function->func_kwdefaults, stolen); }
void function_set_annotations(FunctionObject* function, Object* stolen) { set_ref(function->func_annotations, stolen); }

uint32_t function_version(FunctionObject* function) {
    static uint32_t next_version = 1;
    if (function->func_version) return function->func_version;
    if (function->vectorcall != call_seam.call_function || next_version == 0) return 0;
    return function->func_version = next_version++;
}

namespace {

void function_dealloc(Object* self) {
    gc_untrack(self);
    auto* function = as_function(self);
    if (function->func_weakreflist) object_clear_weakrefs(self);
    function->func_version = 0;
    clear_ref(function->func_globals);
    clear_ref(function->func_builtins);
    clear_ref(function->func_name);
    clear_ref(function->func_qualname);
    clear_ref(function->func_module);
    clear_ref(function->func_defaults);
    clear_ref(function->func_kwdefaults);
    clear_ref(function->func_doc);
    clear_ref(function->func_dict);
    clear_ref(function->func_closure);
    clear_ref(function->func_annotations);
    clear_ref(function->func_code);
    free_object(self);
}

int function_traverse(Object* self, Visit visit, void* context) {
    auto* function = as_function(self);
    RS_VISIT(function->func_code, Edge::field("__code__"));
    RS_VISIT(function->func_globals, Edge::field("__globals__"));
    RS_VISIT(function->func_builtins, Edge::field("__builtins__"));
    RS_VISIT(function->func_module, Edge::field("__module__"));
    RS_VISIT(function->func_defaults, Edge::field("__defaults__"));
    RS_VISIT(function->func_kwdefaults, Edge::field("__kwdefaults__"));
    RS_VISIT(function->func_doc, Edge::field("__doc__"));
    RS_VISIT(function->func_name, Edge::field("__name__"));
    RS_VISIT(function->func_dict, Edge::field("__dict__"));
    RS_VISIT(function->func_closure, Edge::field("__closure__"));
    RS_VISIT(function->func_annotations, Edge::field("__annotations__"));
    RS_VISIT(function->func_qualname, Edge::field("__qualname__"));
    return 0;
}

int function_clear(Object* self) {
    auto* function = as_function(self);
    function->func_version = 0;
    clear_ref(function->func_globals);
    clear_ref(function->func_builtins);
    clear_ref(function->func_module);
    clear_ref(function->func_defaults);
    clear_ref(function->func_kwdefaults);
    clear_ref(function->func_doc);
    clear_ref(function->func_dict);
    clear_ref(function->func_closure);
    clear_ref(function->func_annotations);
    // Not part of cycles, and tp_dealloc and repr want them.
    set_ref(function->func_name, newref(str_empty()));
    set_ref(function->func_qualname, newref(str_empty()));
    return 0;
}

Owned function_repr(Object* self) {
    return str_from_format("<function %U at %p>", as_function(self)->func_qualname, static_cast<void*>(self));
}

Owned function_descr_get(Object* self, Object* object, Object*) {
    if (!object || is_none(object)) return newref(self);
    return bound_method_new(self, object);
}

Owned function_type_new(Type*, Object* args, Object* kwargs) {
    static const char* const names[] = {"code", "globals", "name", "argdefs", "closure", nullptr};
    static const KeywordParser parser{"function", names, 2, 5, 0};
    Object* given[5];
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return nullptr;
    if (!code_check(given[0])) {
        argument_bad("function", "argument 'code'", "code", given[0]);
        return nullptr;
    }
    if (!dict_check(given[1])) {
        argument_bad("function", "argument 'globals'", "dict", given[1]);
        return nullptr;
    }
    Object *name = given[2], *defaults = given[3], *closure = given[4];
    if (name && !is_none(name) && !str_check(name))
        return err_set_string(exc::TypeError, "arg 3 (name) must be None or string");
    if (defaults && !is_none(defaults) && !tuple_check(defaults))
        return err_set_string(exc::TypeError, "arg 4 (defaults) must be None or tuple");
    CodeFacts facts = code_facts(given[0]);
    if (!closure || !tuple_check(closure)) {
        if (facts.free_variables && (!closure || is_none(closure)))
            return err_set_string(exc::TypeError, "arg 5 (closure) must be tuple");
        if (closure && !is_none(closure)) return err_set_string(exc::TypeError, "arg 5 (closure) must be None or tuple");
    }
    intptr_t cells = closure && !is_none(closure) ? tuple_size(closure) : 0;
    if (cells != facts.free_variables) {
        err_format(exc::ValueError, "%U requires closure of length %zd, not %zd", facts.name, facts.free_variables, cells);
        return nullptr;
    }
    for (intptr_t index = 0; index < cells; ++index) {
        Object* cell = tuple_get_item(closure, index);
        if (cell_check(cell)) continue;
        err_format(exc::TypeError, "arg 5 (closure) expected cell, found %s", cell->type->tp_name);
        return nullptr;
    }
    Object* made = function_new(given[0], given[1], nullptr);
    if (!made) return nullptr;
    auto* function = as_function(made);
    if (name && !is_none(name)) set_ref(function->func_name, newref(name));
    if (defaults && !is_none(defaults)) function->func_defaults = newref(defaults);
    if (closure && !is_none(closure)) function->func_closure = newref(closure);
    return made;
}

// ---- attributes

Owned get_code(Object* self, void*) { return newref(as_function(self)->func_code); }
int set_code(Object* self, Object* value, void*) {
    auto* function = as_function(self);
    if (!value || !code_check(value)) {
        err_set_string(exc::TypeError, "__code__ must be set to a code object");
        return -1;
    }
    intptr_t cells = function->func_closure ? tuple_size(function->func_closure) : 0;
    intptr_t wanted = code_facts(value).free_variables;
    if (cells != wanted) {
        err_format(exc::ValueError, "%U() requires a code object with %zd free vars, not %zd", function->func_name, cells,
                   wanted);
        return -1;
    }
    function->func_version = 0;
    set_ref(function->func_code, newref(value));
    return 0;
}

Owned get_name(Object* self, void*) { return newref(as_function(self)->func_name); }
int set_name(Object* self, Object* value, void*) {
    if (!value || !str_check(value)) {
        err_set_string(exc::TypeError, "__name__ must be set to a string object");
        return -1;
    }
    set_ref(as_function(self)->func_name, newref(value));
    return 0;
}
Owned get_qualname(Object* self, void*) { return newref(as_function(self)->func_qualname); }
int set_qualname(Object* self, Object* value, void*) {
    if (!value || !str_check(value)) {
        err_set_string(exc::TypeError, "__qualname__ must be set to a string object");
        return -1;
    }
    set_ref(as_function(self)->func_qualname, newref(value));
    return 0;
}

Owned get_defaults(Object* self, void*) {
    Object* value = as_function(self)->func_defaults;
    return newref(value ? value : none());
}
int set_defaults(Object* self, Object* value, void*) {
    if (value && is_none(value)) value = nullptr;
    if (value && !tuple_check(value)) {
        err_set_string(exc::TypeError, "__defaults__ must be set to a tuple object");
        return -1;
    }
    as_function(self)->func_version = 0;
    set_ref(as_function(self)->func_defaults, xnewref(value));
    return 0;
}
Owned get_kwdefaults(Object* self, void*) {
    Object* value = as_function(self)->func_kwdefaults;
    return newref(value ? value : none());
}
int set_kwdefaults(Object* self, Object* value, void*) {
    if (value && is_none(value)) value = nullptr;
    if (value && !dict_check(value)) {
        err_set_string(exc::TypeError, "__kwdefaults__ must be set to a dict object");
        return -1;
    }
    as_function(self)->func_version = 0;
    set_ref(as_function(self)->func_kwdefaults, xnewref(value));
    return 0;
}

// The compiler leaves a tuple of names and values; it becomes a dict when somebody asks.
Object* annotations_dict(FunctionObject* function) {
    Object* annotations = function->func_annotations;
    if (!annotations) return nullptr;
    if (tuple_check_exact(annotations)) {
        auto dict = own(dict_new());
        if (!dict) return nullptr;
        for (intptr_t index = 0; index + 1 < tuple_size(annotations); index += 2)
            if (dict_set_item(dict.get(), tuple_get_item(annotations, index), tuple_get_item(annotations, index + 1)) < 0)
                return nullptr;
        set_ref(function->func_annotations, dict.release());
    }
    return function->func_annotations;
}
Owned get_annotations(Object* self, void*) {
    auto* function = as_function(self);
    if (!function->func_annotations && !(function->func_annotations = dict_new())) return nullptr;
    return xnewref(annotations_dict(function));
}
int set_annotations(Object* self, Object* value, void*) {
    if (value && is_none(value)) value = nullptr;
    if (value && !dict_check(value)) {
        err_set_string(exc::TypeError, "__annotations__ must be set to a dict object");
        return -1;
    }
    as_function(self)->func_version = 0;
    set_ref(as_function(self)->func_annotations, xnewref(value));
    return 0;
}

const GetSetDef function_getset[] = {
    {"__code__", get_code, set_code},
    {"__defaults__", get_defaults, set_defaults},
    {"__kwdefaults__", get_kwdefaults, set_kwdefaults},
    {"__annotations__", get_annotations, set_annotations},
    {"__dict__", object_generic_get_dict, object_generic_set_dict},
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {},
};
const MemberDef function_members[] = {
    {"__closure__", MemberKind::kObject, offsetof(FunctionObject, func_closure)},
    {"__doc__", MemberKind::kObject, offsetof(FunctionObject, func_doc), false},
    {"__globals__", MemberKind::kObject, offsetof(FunctionObject, func_globals)},
    {"__module__", MemberKind::kObject, offsetof(FunctionObject, func_module), false},
    {"__builtins__", MemberKind::kObject, offsetof(FunctionObject, func_builtins)},
    {},
};

}  // namespace

Type function_type = [] {
    Type type = static_type("function", sizeof(FunctionObject), 0, kHaveGc | kHaveVectorcall | kMethodDescriptor);
    static_assert(sizeof(FunctionObject) == 136);
    type.tp_dealloc = function_dealloc;
    type.tp_vectorcall_offset = offsetof(FunctionObject, vectorcall);
    type.tp_repr = function_repr;
    type.tp_call = vectorcall_call;
    type.tp_getattro = object_generic_get_attr;
    type.tp_setattro = object_generic_set_attr;
    type.tp_doc =
        "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string "
        "that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n"
        "  closure\n    a tuple that supplies the bindings for free variables";
    type.tp_traverse = function_traverse;
    type.tp_clear = function_clear;
    type.tp_weaklistoffset = offsetof(FunctionObject, func_weakreflist);
    type.tp_members = function_members;
    type.tp_getset = function_getset;
    type.tp_descr_get = function_descr_get;
    type.tp_dictoffset = offsetof(FunctionObject, func_dict);
    type.tp_new = function_type_new;
    return type;
}();

int init_function_type() { return type_ready(&function_type); }

}  // namespace refscope::vm
