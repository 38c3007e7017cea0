#include "vm/inspect/display.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "vm/base/bigint.h"
#include "vm/base/utf8.h"
#include "vm/heap/collector_state.h"
#include "vm/inspect/facts.h"
#include "vm/inspect/holders.h"
#include "vm/inspect/library_values.h"
#include "vm/inspect/stored_attributes.h"
#include "vm/interpreter/generator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/bound_method.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/cell.h"
#include "vm/objects/complex.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/range.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

bool is_printable(char32_t c) {
    if (c < 0x20 || (c >= 0x7f && c < 0xa1) || c == 0xad) return false;
    return !(c >= 0xd800 && c < 0xe000) && c != 0x2028 && c != 0x2029;
}

void append_character(std::string* out, char32_t c, char quote) {
    char text[16];
    switch (c) {
        case '\n': *out += "\\n"; return;
        case '\r': *out += "\\r"; return;
        case '\t': *out += "\\t"; return;
        case '\\': *out += "\\\\"; return;
        default: break;
    }
    if (c == static_cast<unsigned char>(quote)) {
        *out += '\\';
        *out += quote;
    } else if (!is_printable(c)) {
        if (c < 0x100) std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned>(c));
        else if (c < 0x10000) std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(c));
        else std::snprintf(text, sizeof text, "\\U%08x", static_cast<unsigned>(c));
        *out += text;
    } else if (c < 0x80) {
        *out += static_cast<char>(c);
    } else if (c < 0x800) {
        *out += static_cast<char>(0xc0 | c >> 6);
        *out += static_cast<char>(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out += static_cast<char>(0xe0 | c >> 12);
        *out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        *out += static_cast<char>(0x80 | (c & 0x3f));
    } else {
        *out += static_cast<char>(0xf0 | c >> 18);
        *out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
        *out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
        *out += static_cast<char>(0x80 | (c & 0x3f));
    }
}

std::string str_text(Object* object, size_t max_text) {
    auto length = static_cast<size_t>(str_length(object));
    size_t shown = std::min(length, max_text);
    bool single = false, twice = false;
    for (size_t i = 0; i < shown; ++i) {
        char32_t c = str_read(object, static_cast<intptr_t>(i));
        single |= c == '\'';
        twice |= c == '"';
    }
    char quote = single && !twice ? '"' : '\'';
    std::string out(1, quote);
    for (size_t i = 0; i < shown; ++i) append_character(&out, str_read(object, static_cast<intptr_t>(i)), quote);
    if (shown < length) return out + "…" + quote + " (" + std::to_string(length) + " characters)";
    return out + quote;
}

std::string bytes_text(const char* data, size_t length, size_t max_text) {
    size_t shown = std::min(length, max_text);
    bool single = std::find(data, data + shown, '\'') != data + shown, twice = std::find(data, data + shown, '"') != data + shown;
    char quote = single && !twice ? '"' : '\'';
    std::string out = std::string("b") + quote;
    char text[8];
    for (size_t i = 0; i < shown; ++i) {
        auto c = static_cast<unsigned char>(data[i]);
        if (c == '\n' || c == '\r' || c == '\t' || c == '\\' || c == static_cast<unsigned char>(quote)) {
            append_character(&out, c, quote);
        } else if (c < 0x20 || c >= 0x7f) {
            std::snprintf(text, sizeof text, "\\x%02x", c);
            out += text;
        } else {
            out += static_cast<char>(c);
        }
    }
    if (shown < length) return out + "…" + quote + " (" + std::to_string(length) + " bytes)";
    return out + quote;
}

std::string utf8_of(Object* object) { return object && str_check(object) ? str_to_utf8(object) : "?"; }

class Writer {
  public:
    explicit Writer(const DisplayOptions& options) : options_(options) {}
    std::string write(Object* object, int depth);

  private:
    std::string items(Object* object, int depth, const char* open, const char* close, size_t count,
                      Object* (*at)(Object*, size_t));
    std::string dict_text(Object* dict, int depth);
    std::string set_text(Object* set, int depth);
    std::string exception_text(Object* exception, int depth);
    std::string library_text(Object* object, int depth);
    std::string deque_text(Object* deque, int depth);
    std::string enum_class_text(Object* object);
    std::string plain(Object* object);
    bool entered(Object* object) { return std::find(open_.begin(), open_.end(), object) != open_.end(); }

    const DisplayOptions& options_;
    std::vector<Object*> open_;
};

// Whether the program's own code would be asked for the repr: then the object shows by its address.
bool repr_is_native(Object* object) {
    for (Type* type = object->type; type; type = type->tp_base) {
        if (!type->has(kHeapType)) return true;
        if (type->tp_dict && dict_get_item(type->tp_dict, ID(__repr__))) return false;
    }
    return true;
}

std::string Writer::plain(Object* object) {
    std::string name = type_name_of(object);
    return "<" + std::string(type_short_name(object->type)) + " object at " + hex_id(object) + ">";
}

std::string Writer::items(Object* object, int depth, const char* open, const char* close, size_t count, Object* (*at)(Object*, size_t)) {
    std::string out = open;
    open_.push_back(object);
    for (size_t i = 0; i < count; ++i) {
        if (i) out += ", ";
        if (i >= options_.max_items) {
            out += "… (" + std::to_string(count) + " items)";
            break;
        }
        Object* item = at(object, i);
        out += item ? write(item, depth + 1) : "<NULL>";
    }
    open_.pop_back();
    return out + close;
}

std::string Writer::dict_text(Object* dict, int depth) {
    std::string out = "{";
    open_.push_back(dict);
    intptr_t position = 0;
    Object *key, *value;
    size_t shown = 0;
    while (dict_next(dict, &position, &key, &value)) {
        if (shown) out += ", ";
        if (shown >= options_.max_items) {
            out += "… (" + std::to_string(dict_size(dict)) + " items)";
            break;
        }
        out += write(key, depth + 1) + ": " + write(value, depth + 1);
        ++shown;
    }
    open_.pop_back();
    return out + "}";
}

std::string Writer::set_text(Object* object, int depth) {
    SetObject* set = as_set(object);
    bool plain_set = set_check_exact(object);
    if (set->used == 0) return plain_set ? "set()" : std::string(type_short_name(object->type)) + "()";
    std::string out = plain_set ? "{" : std::string(type_short_name(object->type)) + "({";
    open_.push_back(object);
    size_t shown = 0;
    for (intptr_t i = 0; i <= set->mask; ++i) {
        Object* key = set->table[i].key;
        if (!key || set->table[i].hash == -1) continue;
        if (shown) out += ", ";
        if (shown >= options_.max_items) {
            out += "… (" + std::to_string(set->used) + " items)";
            break;
        }
        out += write(key, depth + 1);
        ++shown;
    }
    open_.pop_back();
    return out + (plain_set ? "}" : "})");
}

std::string Writer::exception_text(Object* exception, int depth) {
    std::string name = type_short_name(exception->type);
    Object* args = static_cast<ExceptionObject*>(exception)->args;
    if (!args || !tuple_check(args)) return name + "()";
    if (tuple_size(args) == 1) return name + "(" + write(tuple_get_item(args, 0), depth + 1) + ")";
    return name + items(args, depth, "(", ")", static_cast<size_t>(tuple_size(args)),
                        [](Object* tuple, size_t i) { return tuple_get_item(tuple, static_cast<intptr_t>(i)); });
}

// What the library's own __repr__ writes, though it is Python code.
bool is_library_value(Object* object) { return is_named_tuple(object) || is_dataclass_instance(object) || is_enum_member(object); }

std::string Writer::library_text(Object* object, int depth) {
    if (is_enum_member(object)) {
        Object *name = stored_attribute(object, "_name_"), *value = stored_attribute(object, "_value_");
        std::string out = "<" + std::string(type_short_name(object->type));
        if (name && str_check(name)) out += "." + utf8_of(name);
        return out + ": " + (value ? write(value, depth + 1) : "?") + ">";
    }
    Object* qualified = is_named_tuple(object) ? nullptr : object->type->ht_qualname;
    std::string out = (qualified ? utf8_of(qualified) : std::string(type_short_name(object->type))) + "(";
    open_.push_back(object);
    bool first = true;
    for (auto& [name, value] : library_fields(object)) {
        if (!first) out += ", ";
        first = false;
        out += name + "=" + write(value, depth + 1);
    }
    open_.pop_back();
    return out + ")";
}

std::string Writer::deque_text(Object* object, int depth) {
    std::string out = std::string(type_short_name(object->type)) + "([";
    open_.push_back(object);
    size_t shown = 0;
    for (Object* item : deque_items(object)) {
        if (shown) out += ", ";
        if (shown++ >= options_.max_items) {
            out += "…";
            break;
        }
        out += write(item, depth + 1);
    }
    open_.pop_back();
    return out + "])";
}

std::string Writer::enum_class_text(Object* object) {
    bool is_flag = false;
    for (Type* type = as_type(object); type; type = type->tp_base) is_flag |= std::strcmp(type->tp_name, "Flag") == 0;
    return std::string(is_flag ? "<flag '" : "<enum '") + type_short_name(as_type(object)) + "'>";
}

std::string Writer::write(Object* object, int depth) {
    if (!object || !object->type) return "<freed>";
    if (object == none()) return "None";
    if (object == py_true()) return "True";
    if (object == py_false()) return "False";
    if (object == ellipsis()) return "Ellipsis";
    if (object == not_implemented()) return "NotImplemented";
    if (is_enum_class(object)) return enum_class_text(object);
    if (!repr_is_native(object) && !is_library_value(object)) return plain(object);
    if (entered(object)) {
        if (is_library_value(object)) return "...";
        if (list_check(object)) return "[...]";
        if (tuple_check(object)) return "(...)";
        if (dict_check(object)) return "{...}";
        return std::string(type_short_name(object->type)) + "(...)";
    }
    if (depth > options_.max_depth && (list_check(object) || tuple_check(object) || dict_check(object) || anyset_check(object))) {
        return list_check(object) ? "[…]" : tuple_check(object) ? "(…)" : "{…}";
    }
    if (is_library_value(object)) return library_text(object, depth);
    if (int_check(object)) {
        base::BigInt value = int_to_big(object);
        if (int_bit_length(object) > 20000) return "<int of " + std::to_string(int_bit_length(object)) + " bits>";
        if (options_.hex) return (int_sign(object) < 0 ? "-0x" : "0x") + value.to_string(16).substr(int_sign(object) < 0 ? 1 : 0);
        return value.to_string();
    }
    if (float_check(object)) return double_repr(float_value(object));
    if (str_check(object)) return str_text(object, options_.max_text);
    if (bytes_check(object)) return bytes_text(bytes_data(object), static_cast<size_t>(bytes_size(object)), options_.max_text);
    if (list_check(object)) {
        return items(object, depth, "[", "]", static_cast<size_t>(list_size(object)),
                     [](Object* list, size_t i) { return list_get_item(list, static_cast<intptr_t>(i)); });
    }
    if (tuple_check(object)) {
        if (!tuple_check_exact(object) && object->type->tp_repr != tuple_type.tp_repr) return plain(object);
        auto at = [](Object* tuple, size_t i) { return tuple_get_item(tuple, static_cast<intptr_t>(i)); };
        return items(object, depth, "(", tuple_size(object) == 1 ? ",)" : ")", static_cast<size_t>(tuple_size(object)), at);
    }
    if (bytearray_check(object)) {
        return std::string(type_short_name(object->type)) + "(" +
               bytes_text(bytearray_data(object), static_cast<size_t>(bytearray_size(object)), options_.max_text) + ")";
    }
    if (slice_check(object)) {
        auto* slice = static_cast<SliceObject*>(object);
        return "slice(" + write(slice->start, depth + 1) + ", " + write(slice->stop, depth + 1) + ", " + write(slice->step, depth + 1) + ")";
    }
    if (is_deque(object)) return deque_text(object, depth);
    if (Object* factory = default_factory(object)) {
        return std::string(type_short_name(object->type)) + "(" + write(factory, depth + 1) + ", " + dict_text(object, depth) + ")";
    }
    if (dict_check(object)) return dict_text(object, depth);
    if (anyset_check(object)) return set_text(object, depth);
    if (exception_instance_check(object)) return exception_text(object, depth);
    if (type_check(object)) {
        Type* type = as_type(object);
        Object stand_in{1, 0, type};
        return "<class '" + type_name_of(&stand_in) + "'>";
    }
    if (function_check(object)) return "<function " + utf8_of(as_function(object)->func_qualname) + " at " + hex_id(object) + ">";
    if (bound_method_check(object)) {
        auto* method = static_cast<BoundMethodObject*>(object);
        std::string name = function_check(method->im_func) ? utf8_of(as_function(method->im_func)->func_qualname) : "?";
        return "<bound method " + name + " of " + write(method->im_self, depth + 1) + ">";
    }
    if (builtin_function_check(object)) {
        auto* function = static_cast<BuiltinFunctionObject*>(object);
        if (!function->m_self || module_check(function->m_self)) return std::string("<built-in function ") + function->m_ml->name + ">";
        return std::string("<built-in method ") + function->m_ml->name + " of " + type_short_name(function->m_self->type) + " object at " +
               hex_id(function->m_self) + ">";
    }
    if (module_check(object)) return "<" + short_name(object) + ">";
    if (cell_check(object)) {
        Object* content = static_cast<CellObject*>(object)->ob_ref;
        return content ? "<cell at " + hex_id(object) + ": " + write(content, depth + 1) + ">" : "<cell at " + hex_id(object) + ": empty>";
    }
    if (weakref_check(object)) {
        Object* referent = static_cast<WeakrefObject*>(object)->referent;
        std::string kind = type_short_name(object->type);
        if (kind == "ReferenceType" || kind == "weakref") kind = "weakref";
        if (!referent || referent == none() || refcount_of(referent) <= 0) return "<" + kind + " at " + hex_id(object) + "; dead>";
        return "<" + kind + " at " + hex_id(object) + "; to '" + type_short_name(referent->type) + "' at " + hex_id(referent) + ">";
    }
    if (generator_check_exact(object) || coroutine_check_exact(object) || async_generator_check_exact(object)) {
        return std::string("<") + object->type->tp_name + " object " + utf8_of(as_generator(object)->qualname) + " at " + hex_id(object) + ">";
    }
    if (range_check(object)) {
        auto* range = static_cast<RangeObject*>(object);
        std::string out = "range(" + write(range->start, depth + 1) + ", " + write(range->stop, depth + 1);
        if (!int_is_compact(range->step) || int_compact_value(range->step) != 1) out += ", " + write(range->step, depth + 1);
        return out + ")";
    }
    return plain(object);
}

}  // namespace

std::string display(Object* object, const DisplayOptions& options) {
    std::string text = Writer(options).write(object, 0);
    if (options.counts && !is_shared_by_runtime(object)) text += "  rc " + std::to_string(refcount_of(object));
    return text;
}

}  // namespace refscope::vm
