// The exceptions that name what was not found: ImportError, NameError, AttributeError and their subclasses.
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception_types.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

// Takes the keyword-only arguments of these types apart; positional arguments are args alone.
bool keyword_details(Object* self, Object* args, Object* kwargs, const KeywordParser& parser, Object** out) {
    if (base_exception_init(self, args, nullptr) < 0) return false;
    return unpack_keywords_tuple(parser, empty_tuple(), kwargs, out);
}

// ---- ImportError
const char* const import_error_names[] = {"name", "path", nullptr};
const KeywordParser import_error_parser{"ImportError", import_error_names};

int import_error_init(Object* object, Object* args, Object* kwargs) {
    Object* out[2] = {};
    if (!keyword_details(object, args, kwargs, import_error_parser, out)) return -1;
    auto* self = static_cast<ImportErrorObject*>(object);
    exception_set_field(self->name, out[0]);
    exception_set_field(self->path, out[1]);
    exception_set_field(self->message, tuple_size(args) == 1 ? tuple_get_item(args, 0) : nullptr);
    return 0;
}
int import_error_clear(Object* object) {
    auto* self = static_cast<ImportErrorObject*>(object);
    clear_ref(self->message);
    clear_ref(self->name);
    clear_ref(self->path);
    return base_exception_clear(self);
}
void import_error_dealloc(Object* self) {
    gc_untrack(self);
    import_error_clear(self);
    self->type->tp_free(self);
}
int import_error_traverse(Object* object, Visit visit, void* context) {
    auto* self = static_cast<ImportErrorObject*>(object);
    RS_VISIT(self->message, Edge::field("msg"));
    RS_VISIT(self->name, Edge::field("name"));
    RS_VISIT(self->path, Edge::field("path"));
    return base_exception_traverse(self, visit, context);
}
Owned import_error_str(Object* object) {
    auto* self = static_cast<ImportErrorObject*>(object);
    if (self->message && str_check_exact(self->message)) return newref(self->message);
    return base_exception_str(self);
}
Owned import_error_reduce(Object* object, Object*) {
    auto* self = static_cast<ImportErrorObject*>(object);
    Ref<> state;
    if (self->name || self->path) {
        state.reset_steal(self->dict ? dict_copy(self->dict) : dict_new());
        if (!state) return nullptr;
        if (self->name && dict_set_item(state.get(), ID(name), self->name) < 0) return nullptr;
        if (self->path && dict_set_item(state.get(), ID(path), self->path) < 0) return nullptr;
    } else if (self->dict) {
        state = share(self->dict);
    }
    return exception_reduce_with(self, newref(self->args), state.get());
}
const MemberDef import_error_members[] = {{"msg", MemberKind::kObject, offsetof(ImportErrorObject, message), false},
                                          {"name", MemberKind::kObject, offsetof(ImportErrorObject, name), false},
                                          {"path", MemberKind::kObject, offsetof(ImportErrorObject, path), false},
                                          {nullptr, MemberKind::kNone, 0}};
const MethodDef import_error_methods[] = {method_def("__reduce__", import_error_reduce, kMethNoargs),
                                          {nullptr, nullptr, 0}};

// ---- NameError
const char* const name_error_names[] = {"name", nullptr};
const KeywordParser name_error_parser{"NameError", name_error_names};

int name_error_init(Object* self, Object* args, Object* kwargs) {
    Object* out[1] = {};
    if (!keyword_details(self, args, kwargs, name_error_parser, out)) return -1;
    exception_set_field(static_cast<NameErrorObject*>(self)->name, out[0]);
    return 0;
}
int name_error_clear(Object* self) {
    clear_ref(static_cast<NameErrorObject*>(self)->name);
    return base_exception_clear(self);
}
void name_error_dealloc(Object* self) {
    gc_untrack(self);
    name_error_clear(self);
    self->type->tp_free(self);
}
int name_error_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<NameErrorObject*>(self)->name, Edge::field("name"));
    return base_exception_traverse(self, visit, context);
}
const MemberDef name_error_members[] = {{"name", MemberKind::kObject, offsetof(NameErrorObject, name), false},
                                        {nullptr, MemberKind::kNone, 0}};

// ---- AttributeError
const char* const attribute_error_names[] = {"name", "obj", nullptr};
const KeywordParser attribute_error_parser{"AttributeError", attribute_error_names};

int attribute_error_init(Object* object, Object* args, Object* kwargs) {
    Object* out[2] = {};
    if (!keyword_details(object, args, kwargs, attribute_error_parser, out)) return -1;
    auto* self = static_cast<AttributeErrorObject*>(object);
    exception_set_field(self->name, out[0]);
    exception_set_field(self->object, out[1]);
    return 0;
}
int attribute_error_clear(Object* object) {
    auto* self = static_cast<AttributeErrorObject*>(object);
    clear_ref(self->object);
    clear_ref(self->name);
    return base_exception_clear(self);
}
void attribute_error_dealloc(Object* self) {
    gc_untrack(self);
    attribute_error_clear(self);
    self->type->tp_free(self);
}
int attribute_error_traverse(Object* object, Visit visit, void* context) {
    auto* self = static_cast<AttributeErrorObject*>(object);
    RS_VISIT(self->object, Edge::field("obj"));
    RS_VISIT(self->name, Edge::field("name"));
    return base_exception_traverse(self, visit, context);
}
const MemberDef attribute_error_members[] = {
    {"name", MemberKind::kObject, offsetof(AttributeErrorObject, name), false},
    {"obj", MemberKind::kObject, offsetof(AttributeErrorObject, object), false},
    {nullptr, MemberKind::kNone, 0}};

Type make_import_error(const char* name, Type* base, const char* doc) {
    Type type = exception_static_type(name, base, sizeof(ImportErrorObject), doc);
    type.tp_dealloc = import_error_dealloc;
    type.tp_traverse = import_error_traverse;
    type.tp_clear = import_error_clear;
    type.tp_init = import_error_init;
    if (base == &exc::Exception) {
        type.tp_str = import_error_str;
        type.tp_members = import_error_members;
        type.tp_methods = import_error_methods;
    }
    return type;
}
Type make_name_error(const char* name, Type* base, const char* doc) {
    Type type = exception_static_type(name, base, sizeof(NameErrorObject), doc);
    type.tp_dealloc = name_error_dealloc;
    type.tp_traverse = name_error_traverse;
    type.tp_clear = name_error_clear;
    type.tp_init = name_error_init;
    if (base == &exc::Exception) type.tp_members = name_error_members;
    return type;
}
Type make_attribute_error() {
    Type type = exception_static_type("AttributeError", &exc::Exception, sizeof(AttributeErrorObject),
                                      "An object has no such attribute.");
    type.tp_dealloc = attribute_error_dealloc;
    type.tp_traverse = attribute_error_traverse;
    type.tp_clear = attribute_error_clear;
    type.tp_init = attribute_error_init;
    type.tp_members = attribute_error_members;
    return type;
}

}  // namespace

namespace exc {
Type ImportError = make_import_error("ImportError", &Exception, "A module or a name in it cannot be imported.");
Type ModuleNotFoundError = make_import_error("ModuleNotFoundError", &ImportError, "There is no such module.");
Type NameError = make_name_error("NameError", &Exception, "A name is not bound.");
Type UnboundLocalError = make_name_error("UnboundLocalError", &NameError, "A local name has no value yet.");
Type AttributeError = make_attribute_error();
}  // namespace exc

// ---- Raising them from native code

Owned err_set_key_error(Object* key) {
    // Not through err_set_object: a tuple would be taken for the arguments.
    Ref<> exception = own(object_call_onearg(&exc::KeyError, key));
    if (!exception) return nullptr;
    return err_set_object(&exc::KeyError, exception.get());
}

Owned err_set_attribute_error(Object* object, Object* name, Object* message) {
    Ref<> exception = own(exception_create(&exc::AttributeError, message));
    if (!exception) return nullptr;
    auto* error = static_cast<AttributeErrorObject*>(exception.get());
    exception_set_field(error->object, object);
    exception_set_field(error->name, name);
    return err_set_object(&exc::AttributeError, exception.get());
}

Owned err_set_name_error(Type& type, Object* name, const char* format) {
    // CPython formats the name as a C string and cuts long ones; so does "%.200s" in the callers' formats.
    const char* text = str_as_utf8(name);
    if (!text) return nullptr;
    Ref<> message = own(str_from_format(format, text));
    if (!message) return nullptr;
    Ref<> exception = own(object_call_onearg(&type, message.get()));
    if (!exception) return nullptr;
    // Only a plain NameError carries the name in CPython 3.11: format_exc_check_arg compares the type.
    if (&type == &exc::NameError) exception_set_field(static_cast<NameErrorObject*>(exception.get())->name, name);
    return err_set_object(&type, exception.get());
}

Owned err_set_import_error(Type& type, Object* message, Object* name, Object* path) {
    Ref<> exception = own(object_call_onearg(&type, message));
    if (!exception) return nullptr;
    auto* error = static_cast<ImportErrorObject*>(exception.get());
    exception_set_field(error->name, name ? name : none());
    exception_set_field(error->path, path ? path : none());
    return err_set_object(&type, exception.get());
}

}  // namespace refscope::vm
