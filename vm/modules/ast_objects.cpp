#include "vm/modules/ast_objects.h"

#include <map>
#include <string>

#include "vm/heap/thread.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/complex.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/syntax/ast_visitor.h"

namespace refscope::vm {

namespace {

using syntax::Node;
using syntax::NodeKind;

Owned text_object(std::string_view text) { return str_from_utf8(text.data(), static_cast<intptr_t>(text.size())); }

Owned constant_value(const syntax::Constant& constant) {
    switch (constant.constant_kind) {
        case syntax::ConstantKind::None: return new_none();
        case syntax::ConstantKind::True: return newref(py_true());
        case syntax::ConstantKind::False: return newref(py_false());
        case syntax::ConstantKind::Ellipsis: return newref(ellipsis());
        case syntax::ConstantKind::Int: return int_from_big(*constant.integer);
        case syntax::ConstantKind::Float: return float_new(constant.number);
        case syntax::ConstantKind::Complex: return complex_from_doubles(0, constant.number);
        case syntax::ConstantKind::Str: return text_object(constant.text);
        case syntax::ConstantKind::Bytes:
            return bytes_from_data(constant.text.data(), static_cast<intptr_t>(constant.text.size()));
    }
    return nullptr;
}

class Builder {
  public:
    explicit Builder(Object* classes) : classes_(classes) {}

    Owned node(const Node& item) {
        if (!enter_recursive_call(" during ast construction")) return nullptr;
        Object* result = build(item);
        leave_recursive_call();
        return result;
    }

  private:
    Owned build(const Node& item) {
        Ref<> object = own(make(syntax::node_name(item.kind)));
        if (!object) return nullptr;
        bool ok = true;
        syntax::visit(item, [&](const auto& typed) { ok = fields(object.get(), typed); });
        return ok && fill_in(object.get(), item) ? object.release() : nullptr;
    }

    Owned make(std::string_view class_name) {
        Object* type = dict_get_item_string(classes_, std::string(class_name).c_str());
        return type ? object_call_noargs(type) : err_format(exc::SystemError, "unknown node of the syntax tree");
    }

    // Places, and None or [] for the fields that nothing stands for.
    bool fill_in(Object* object, const Node& item) {
        Ref<> names = own(object_get_attr_string(object->type, "_fields"));
        if (!names) return false;
        Ref<> dict = own(object_get_attr_string(object, "__dict__"));
        if (!dict) return false;
        for (intptr_t i = 0; i < tuple_size(names.get()); ++i) {
            Object* name = tuple_get_item(names.get(), i);
            int known = dict_contains(dict.get(), name);
            if (known < 0) return false;
            if (known) continue;
            Ref<> value = own(str_equal_ascii(name, "type_ignores") ? list_new(0) : new_none());
            if (!value || object_set_attr(object, name, value.get()) < 0) return false;
        }
        Ref<> places = own(object_get_attr_string(object->type, "_attributes"));
        if (!places || tuple_size(places.get()) == 0) return true;
        const syntax::Range& range = item.range;
        return place(object, "lineno", range.lineno) && place(object, "col_offset", range.col_offset) &&
               place(object, "end_lineno", range.end_lineno) && place(object, "end_col_offset", range.end_col_offset);
    }
    bool place(Object* object, const char* name, int value) { return set(object, name, int_from_int(value)); }

    bool set(Object* object, const char* name, Object* stolen_value) {
        Ref<> value = own(stolen_value);
        Ref<> key = own(str_intern_from_string(name));
        return value && key && object_set_attr(object, key.get(), value.get()) >= 0;
    }

    template <class T>
    bool fields(Object* object, const T& item) {
        bool ok = true;
        item.for_each_field([&](const char* name, const auto& value) { ok = ok && set(object, name, field(value)); });
        return ok;
    }
    bool fields(Object* object, const syntax::Constant& item) {
        return set(object, "value", constant_value(item)) &&
               set(object, "kind", item.has_u_prefix ? str_from_string("u") : new_none());
    }

    Owned field(const syntax::Identifier& name) { return field(name.text); }
    Owned field(std::string_view text) {
        if (text.empty()) return new_none();
        Object* name = text_object(text);
        if (name) str_intern_in_place(&name);
        return name;
    }
    Owned field(int value) { return int_from_int(value); }
    Owned field(syntax::ExprContext value) { return shared(syntax::context_name(value)); }
    Owned field(syntax::BoolOperator value) { return shared(syntax::operator_name(value)); }
    Owned field(syntax::Operator value) { return shared(syntax::operator_name(value)); }
    Owned field(syntax::UnaryOperator value) { return shared(syntax::operator_name(value)); }
    Owned field(syntax::CmpOperator value) { return shared(syntax::operator_name(value)); }
    Owned field(syntax::ConstantKind value) {
        return newref(value == syntax::ConstantKind::True ? py_true() : value == syntax::ConstantKind::False ? py_false() : none());
    }
    Owned field(const Node* value) { return value ? node(*value) : new_none(); }
    template <class T>
    Owned field(const syntax::Sequence<T>& values) {
        Ref<> list = own(list_new(0));
        for (const T& value : values) {
            Ref<> item = own(list ? field(value) : nullptr);
            if (!item || list_append(list.get(), item.get()) < 0) return nullptr;
        }
        return list.release();
    }

    // Operators and contexts carry nothing: one object serves all places.
    Owned shared(std::string_view class_name) {
        Ref<>& made = shared_[class_name];
        if (!made) made = own(make(class_name));
        return made ? newref(made.get()) : nullptr;
    }

    Object* classes_;
    std::map<std::string_view, Ref<>> shared_;
};

}  // namespace

Owned ast_objects(const syntax::ModNode& tree) {
    Ref<> module = own(import_module("_ast"));
    return module ? Builder(module_dict(module.get())).node(tree) : nullptr;
}

}  // namespace refscope::vm
