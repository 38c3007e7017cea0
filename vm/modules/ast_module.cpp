// The module _ast: the classes of the syntax tree, with the fields that Python 3.11's have.
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct AstObject : Object {
    Object* dict;
};

// Positional arguments are the fields in order; keywords may be any attribute.
int ast_init(Object* self, Object* args, Object* kwargs) {
    Object* found = nullptr;
    if (object_lookup_attr(self->type, ID(_fields), &found) < 0) return -1;
    Ref<> fields = own(found);
    const intptr_t count = fields ? object_size(fields.get()) : 0;
    if (count < 0) return -1;
    const intptr_t given = tuple_size(args);
    if (given > count) {
        err_format(exc::TypeError, "%.400s constructor takes at most %zd positional argument%s", self->type->tp_name, count,
                   count == 1 ? "" : "s");
        return -1;
    }
    for (intptr_t i = 0; i < given; ++i) {
        Ref<> name = own(sequence_get_item(fields.get(), i));
        if (!name || object_set_attr(self, name.get(), tuple_get_item(args, i)) < 0) return -1;
    }
    intptr_t position = 0;
    Object *key, *value;
    while (kwargs && dict_next(kwargs, &position, &key, &value)) {
        for (intptr_t i = 0; i < given; ++i) {
            Ref<> name = own(sequence_get_item(fields.get(), i));
            if (name && str_check(name.get()) && str_check(key) && str_equal(name.get(), key)) {
                err_format(exc::TypeError, "%.400s got multiple values for argument '%U'", self->type->tp_name, key);
                return -1;
            }
        }
        if (object_set_attr(self, key, value) < 0) return -1;
    }
    return 0;
}
int ast_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<AstObject*>(self)->dict, Edge::field("__dict__"));
    return 0;
}
int ast_clear(Object* self) {
    clear_ref(static_cast<AstObject*>(self)->dict);
    return 0;
}
void ast_dealloc(Object* self) {
    gc_untrack(self);
    ast_clear(self);
    self->type->tp_free(self);
}
Owned ast_reduce(Object* self, Object*) {
    Ref<> nothing = own(tuple_new(0));
    Object* dict = static_cast<AstObject*>(self)->dict;
    return dict ? tuple_pack({self->type, nothing.get(), dict}) : tuple_pack({self->type, nothing.get()});
}
const MethodDef ast_methods[] = {method_def("__reduce__", ast_reduce, kMethNoargs), {nullptr, nullptr, 0}};
const GetSetDef ast_getset[] = {{"__dict__", object_generic_get_dict, object_generic_set_dict}, {nullptr, nullptr}};

Type ast_type = [] {
    Type type = static_type("ast.AST", sizeof(AstObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = ast_dealloc;
    type.tp_traverse = ast_traverse;
    type.tp_clear = ast_clear;
    type.tp_getattro = object_generic_get_attr;
    type.tp_setattro = object_generic_set_attr;
    type.tp_dictoffset = offsetof(AstObject, dict);
    type.tp_methods = ast_methods;
    type.tp_getset = ast_getset;
    type.tp_init = ast_init;
    type.tp_new = type_generic_new;
    return type;
}();

const struct {
    const char *name, *base, *fields, *attributes, *optional;
} ast_classes[] = {
#define RS_AST_CLASS(name, base, fields, attributes, optional) {name, base, fields, attributes, optional},
#include "vm/modules/ast_classes.inc"
#undef RS_AST_CLASS
};

std::vector<std::string> words(const char* text) {
    std::vector<std::string> result;
    const std::string all = text;
    for (size_t begin = 0; begin < all.size();) {
        const size_t end = std::min(all.find(' ', begin), all.size());
        result.push_back(all.substr(begin, end - begin));
        begin = end + 1;
    }
    return result;
}
Owned name_tuple(const char* text) {
    const std::vector<std::string> names = words(text);
    Owned result = tuple_new(static_cast<intptr_t>(names.size()));
    for (size_t i = 0; result && i < names.size(); ++i) {
        tuple_init_item(result, static_cast<intptr_t>(i), str_intern_from_string(names[i].c_str()));
    }
    return result;
}

int add_class(Object* dict, Object* module_name, const char* name, Object* base, const char* fields, const char* attributes,
              const char* optional) {
    Ref<> namespace_ = own(dict_new()), class_name = own(str_from_string(name)), bases = own(tuple_pack({base}));
    Ref<> field_names = own(name_tuple(fields)), attribute_names = own(name_tuple(attributes));
    if (!namespace_ || !class_name || !bases || !field_names || !attribute_names) return -1;
    if (dict_set_item_string(namespace_.get(), "_fields", field_names.get()) < 0 ||
        dict_set_item_string(namespace_.get(), "__match_args__", field_names.get()) < 0 ||
        dict_set_item_string(namespace_.get(), "__module__", module_name) < 0 ||
        (*attributes && dict_set_item_string(namespace_.get(), "_attributes", attribute_names.get()) < 0)) {
        return -1;
    }
    for (const std::string& word : words(optional)) {
        if (dict_set_item_string(namespace_.get(), word.c_str(), none()) < 0) return -1;
    }
    Ref<> type = own(type_new_from(&type_type, class_name.get(), bases.get(), namespace_.get(), nullptr));
    return type ? dict_set_item_string(dict, name, type.get()) : -1;
}

}  // namespace

Owned create_ast_module() {
    Ref<> module = own(module_create("_ast", "The classes of the abstract syntax tree.", nullptr));
    Ref<> module_name = own(str_from_string("ast"));
    if (!module || !module_name) return nullptr;
    Object* dict = module_dict(module.get());
    if (!ast_type.has(kReady)) {
        if (type_ready(&ast_type) < 0) return nullptr;
        Ref<> empty = own(tuple_new(0));
        for (const char* name : {"_fields", "__match_args__", "_attributes"}) {
            if (dict_set_item_string(ast_type.tp_dict, name, empty.get()) < 0) return nullptr;
        }
        type_modified(&ast_type);
    }
    if (dict_set_item_string(dict, "AST", &ast_type) < 0) return nullptr;
    for (const auto& entry : ast_classes) {
        Object* base = dict_get_item_string(dict, entry.base);
        if (!base || add_class(dict, module_name.get(), entry.name, base, entry.fields, entry.attributes, entry.optional) < 0) {
            return nullptr;
        }
    }
    if (module_add_int(module.get(), "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000) < 0 || module_add_int(module.get(), "PyCF_ONLY_AST", 0x400) < 0 ||
        module_add_int(module.get(), "PyCF_TYPE_COMMENTS", 0x1000) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
