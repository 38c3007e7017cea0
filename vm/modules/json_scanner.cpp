// _json.make_scanner: reads one JSON value of a str.
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/modules/json_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct ScannerObject : Object {
    bool strict;
    Object* object_hook;
    Object* object_pairs_hook;
    Object* parse_float;
    Object* parse_int;
    Object* parse_constant;
    Object* memo;  // dict: equal keys of one text are one object
};
static_assert(sizeof(ScannerObject) == 72);
ScannerObject* as_scanner(Object* object) { return static_cast<ScannerObject*>(object); }

// One text being read. The methods get an index and give the next one in `*next`; nullptr: an exception is pending.
class Reading {
  public:
    Reading(ScannerObject* scanner, Object* text) : scanner_(scanner), text_(text), end_(str_length(text) - 1) {}

    Owned value(intptr_t index, intptr_t* next) {
        if (index < 0) return err_set_string(exc::ValueError, "idx cannot be negative");
        if (index > end_) return stop(index);
        switch (at(index)) {
            case '"': return json_scan_string(text_, index + 1, scanner_->strict, next);
            case '{': return nested(&Reading::object, index + 1, next, " while decoding a JSON object from a unicode string");
            case '[': return nested(&Reading::array, index + 1, next, " while decoding a JSON array from a unicode string");
            case 'n':
                if (word(index, "null", next)) return new_none();
                break;
            case 't':
                if (word(index, "true", next)) return bool_from(true);
                break;
            case 'f':
                if (word(index, "false", next)) return bool_from(false);
                break;
            case 'N':
                if (word(index, "NaN", next)) return constant("NaN");
                break;
            case 'I':
                if (word(index, "Infinity", next)) return constant("Infinity");
                break;
            case '-':
                if (word(index, "-Infinity", next)) return constant("-Infinity");
                break;
            default: break;
        }
        return number(index, next);
    }

  private:
    char32_t at(intptr_t index) const { return str_read(text_, index); }
    bool is_at(intptr_t index, char32_t c) const { return index <= end_ && at(index) == c; }
    bool digit_at(intptr_t index) const { return index <= end_ && at(index) >= '0' && at(index) <= '9'; }
    intptr_t skip_space(intptr_t index) const {
        while (index <= end_ && (at(index) == ' ' || at(index) == '\t' || at(index) == '\n' || at(index) == '\r')) ++index;
        return index;
    }
    bool word(intptr_t index, const char* expected, intptr_t* next) const {
        for (; *expected; ++expected, ++index) {
            if (!is_at(index, static_cast<unsigned char>(*expected))) return false;
        }
        *next = index;
        return true;
    }
    Owned stop(intptr_t index) {
        Ref<> value = own(int_from_ssize(index));
        return value ? err_set_object(&exc::StopIteration, value.get()) : nullptr;
    }
    Owned constant(const char* text) {
        Ref<> name = own(str_intern_from_string(text));
        return name ? object_call_onearg(scanner_->parse_constant, name.get()) : nullptr;
    }
    Owned nested(Owned (Reading::*read)(intptr_t, intptr_t*), intptr_t index, intptr_t* next, const char* where) {
        if (!enter_recursive_call(where)) return nullptr;
        Owned result = (this->*read)(index, next);
        leave_recursive_call();
        return result;
    }

    Owned object(intptr_t index, intptr_t* next) {
        const bool pairs = !is_none(scanner_->object_pairs_hook);
        Ref<> result = own(pairs ? list_new(0) : dict_new());
        if (!result) return nullptr;
        index = skip_space(index);
        if (!is_at(index, '}')) {
            for (;;) {
                if (!is_at(index, '"')) return json_raise("Expecting property name enclosed in double quotes", text_, index);
                Ref<> key = own(json_scan_string(text_, index + 1, scanner_->strict, &index));
                if (!key) return nullptr;
                Object* known = dict_set_default(scanner_->memo, key.get(), key.get());
                if (!known) return nullptr;
                key = share(known);
                index = skip_space(index);
                if (!is_at(index, ':')) return json_raise("Expecting ':' delimiter", text_, index);
                index = skip_space(index + 1);
                Ref<> item = own(value(index, &index));
                if (!item) return nullptr;
                if (pairs) {
                    Ref<> pair = own(tuple_pack({key.get(), item.get()}));
                    if (!pair || list_append(result.get(), pair.get()) < 0) return nullptr;
                } else if (dict_set_item(result.get(), key.get(), item.get()) < 0) {
                    return nullptr;
                }
                index = skip_space(index);
                if (is_at(index, '}')) break;
                if (!is_at(index, ',')) return json_raise("Expecting ',' delimiter", text_, index);
                index = skip_space(index + 1);
            }
        }
        *next = index + 1;
        if (pairs) return object_call_onearg(scanner_->object_pairs_hook, result.get());
        return is_none(scanner_->object_hook) ? result.release() : object_call_onearg(scanner_->object_hook, result.get());
    }

    Owned array(intptr_t index, intptr_t* next) {
        Ref<> result = own(list_new(0));
        if (!result) return nullptr;
        index = skip_space(index);
        if (!is_at(index, ']')) {
            for (;;) {
                Ref<> item = own(value(index, &index));
                if (!item || list_append(result.get(), item.get()) < 0) return nullptr;
                index = skip_space(index);
                if (is_at(index, ']')) break;
                if (!is_at(index, ',')) return json_raise("Expecting ',' delimiter", text_, index);
                index = skip_space(index + 1);
            }
        }
        *next = index + 1;
        return result.release();
    }

    Owned number(intptr_t start, intptr_t* next) {
        intptr_t index = start;
        bool is_float = false;
        if (is_at(index, '-') && ++index > end_) return stop(start);
        if (is_at(index, '0')) ++index;
        else if (digit_at(index)) index = skip_digits(index);
        else return stop(start);
        if (is_at(index, '.') && digit_at(index + 1)) {
            is_float = true;
            index = skip_digits(index + 1);
        }
        if (index < end_ && (is_at(index, 'e') || is_at(index, 'E'))) {
            intptr_t exponent = index + 1;
            if (exponent < end_ && (is_at(exponent, '-') || is_at(exponent, '+'))) ++exponent;
            if (digit_at(exponent)) {
                is_float = true;
                index = skip_digits(exponent);
            }
        }
        *next = index;
        Object* parse = is_float ? scanner_->parse_float : scanner_->parse_int;
        Ref<> text = own(str_substring(text_, start, index));
        if (!text) return nullptr;
        if (parse != (is_float ? &float_type : &int_type)) return object_call_onearg(parse, text.get());
        return is_float ? float_from_string(text.get()) : int_from_str_object(text.get(), 10);
    }
    intptr_t skip_digits(intptr_t index) const {
        while (digit_at(index)) ++index;
        return index;
    }

    ScannerObject* scanner_;
    Object* text_;
    intptr_t end_;  // the last index
};

Owned scanner_call(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"string", "idx", nullptr};
    static const KeywordParser parser{"scan_once", names, 2, 2};
    Object* out[2] = {};
    intptr_t index, next = -1;
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || !argument_ssize(out[1], &index)) return nullptr;
    if (!str_check(out[0])) return err_format(exc::TypeError, "first argument must be a string, not %.80s", out[0]->type->tp_name);
    Ref<> value = own(Reading(as_scanner(self), out[0]).value(index, &next));
    dict_clear(as_scanner(self)->memo);
    Ref<> end = value ? own(int_from_ssize(next)) : Ref<>();
    return end ? tuple_pack({value.get(), end.get()}) : nullptr;
}

Owned scanner_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"context", nullptr};
    static const KeywordParser parser{"make_scanner", names, 1, 1};
    Object* out[1] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<> made = own(type->tp_alloc(type, 0));
    if (!made) return nullptr;
    ScannerObject* self = as_scanner(made.get());
    if (!(self->memo = dict_new())) return nullptr;
    Ref<> strict = own(object_get_attr_string(out[0], "strict"));
    const int is_strict = strict ? object_is_true(strict.get()) : -1;
    if (is_strict < 0) return nullptr;
    self->strict = is_strict;
    const struct {
        const char* name;
        Object** field;
    } fields[] = {{"object_hook", &self->object_hook},
                  {"object_pairs_hook", &self->object_pairs_hook},
                  {"parse_float", &self->parse_float},
                  {"parse_int", &self->parse_int},
                  {"parse_constant", &self->parse_constant}};
    for (const auto& field : fields) {
        if (!(*field.field = object_get_attr_string(out[0], field.name))) return nullptr;
    }
    return made.release();
}

int scanner_traverse(Object* object, Visit visit, void* context) {
    ScannerObject* self = as_scanner(object);
    RS_VISIT(self->object_hook, Edge::field("object_hook"));
    RS_VISIT(self->object_pairs_hook, Edge::field("object_pairs_hook"));
    RS_VISIT(self->parse_float, Edge::field("parse_float"));
    RS_VISIT(self->parse_int, Edge::field("parse_int"));
    RS_VISIT(self->parse_constant, Edge::field("parse_constant"));
    RS_VISIT(self->memo, Edge::field("memo"));
    return 0;
}
int scanner_clear(Object* object) {
    ScannerObject* self = as_scanner(object);
    clear_ref(self->object_hook);
    clear_ref(self->object_pairs_hook);
    clear_ref(self->parse_float);
    clear_ref(self->parse_int);
    clear_ref(self->parse_constant);
    clear_ref(self->memo);
    return 0;
}
void scanner_dealloc(Object* self) {
    gc_untrack(self);
    scanner_clear(self);
    self->type->tp_free(self);
}

const MemberDef scanner_members[] = {{"strict", MemberKind::kBool, offsetof(ScannerObject, strict), true, "strict"},
                                     {"object_hook", MemberKind::kObject, offsetof(ScannerObject, object_hook), true, "object_hook"},
                                     {"object_pairs_hook", MemberKind::kObject, offsetof(ScannerObject, object_pairs_hook)},
                                     {"parse_float", MemberKind::kObject, offsetof(ScannerObject, parse_float), true, "parse_float"},
                                     {"parse_int", MemberKind::kObject, offsetof(ScannerObject, parse_int), true, "parse_int"},
                                     {"parse_constant", MemberKind::kObject, offsetof(ScannerObject, parse_constant), true, "parse_constant"},
                                     {nullptr, MemberKind::kNone, 0}};

}  // namespace

Type json_scanner_type = [] {
    Type type = static_type("_json.Scanner", sizeof(ScannerObject), 0, kHaveGc);
    type.tp_dealloc = scanner_dealloc;
    type.tp_call = scanner_call;
    type.tp_doc = "JSON scanner object";
    type.tp_traverse = scanner_traverse;
    type.tp_clear = scanner_clear;
    type.tp_members = scanner_members;
    type.tp_new = scanner_new;
    return type;
}();

}  // namespace refscope::vm
