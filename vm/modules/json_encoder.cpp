// _json.make_encoder: a value as JSON text on one line.
#include <cmath>
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/modules/json_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct EncoderObject : Object {
    Object* markers;  // dict id -> object of what is being written, against cycles; or None
    Object* fallback;
    Object* encoder;
    Object* indent;
    Object* key_separator;
    Object* item_separator;
    bool sort_keys, skip_keys, allow_nan;
    Owned (*fast_encode)(Object* text);  // when the encoder is one of the module's own functions
};
static_assert(sizeof(EncoderObject) == 80);
EncoderObject* as_encoder(Object* object) { return static_cast<EncoderObject*>(object); }

class Writing {
  public:
    explicit Writing(EncoderObject* encoder) : encoder_(encoder), out_(0, true) {}
    Owned finish() { return out_.finish(); }

    bool value(Object* object) {
        if (is_none(object)) return out_.put_ascii("null");
        if (object == py_true()) return out_.put_ascii("true");
        if (object == py_false()) return out_.put_ascii("false");
        if (str_check(object)) return put_stolen(quoted(object));
        if (int_check(object)) return put_stolen(int_repr(object));
        if (float_check(object)) return put_stolen(number(object));
        if (list_check(object) || tuple_check(object)) return nested(&Writing::list, object);
        if (dict_check(object)) return nested(&Writing::dict, object);
        return other(object);
    }

  private:
    bool put_stolen(Owned stolen) {
        Ref<> text = own(stolen);
        return text && out_.put_str(text.get());
    }
    bool nested(bool (Writing::*write)(Object*), Object* object) {
        if (!enter_recursive_call(" while encoding a JSON object")) return false;
        const bool fine = (this->*write)(object);
        leave_recursive_call();
        return fine;
    }

    Owned quoted(Object* text) {
        if (encoder_->fast_encode) return encoder_->fast_encode(text);
        Ref<> encoded = own(object_call_onearg(encoder_->encoder, text));
        if (encoded && !str_check(encoded.get())) {
            return err_format(exc::TypeError, "encoder() must return a string, not %.80s", encoded->type->tp_name);
        }
        return encoded.release();
    }
    Owned number(Object* object) {
        const double value = float_value(object);
        if (std::isfinite(value)) return float_type.tp_repr(object);
        if (!encoder_->allow_nan) return err_set_string(exc::ValueError, "Out of range float values are not JSON compliant");
        return str_intern_from_string(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    // What is being written is marked meanwhile. *key is its marker, null when nothing is marked.
    bool mark(Object* object, Ref<>* key) {
        if (is_none(encoder_->markers)) return true;
        *key = own(int_from_pointer(object));
        if (!*key) return false;
        const int present = dict_contains(encoder_->markers, key->get());
        if (present > 0) err_set_string(exc::ValueError, "Circular reference detected");
        return present == 0 && dict_set_item(encoder_->markers, key->get(), object) == 0;
    }
    bool unmark(const Ref<>& key) { return !key || dict_del_item(encoder_->markers, key.get()) == 0; }

    bool other(Object* object) {
        Ref<> key;
        if (!mark(object, &key)) return false;
        Ref<> instead = own(object_call_onearg(encoder_->fallback, object));
        if (!instead || !enter_recursive_call(" while encoding a JSON object")) return false;
        const bool fine = value(instead.get());
        leave_recursive_call();
        return fine && unmark(key);
    }

    bool list(Object* sequence) {
        Ref<> items = own(sequence_fast(sequence, "_iterencode_list needs a sequence"));
        if (!items) return false;
        if (object_size(items.get()) == 0) return out_.put_ascii("[]");
        Ref<> key;
        if (!mark(sequence, &key) || !out_.put('[')) return false;
        for (intptr_t i = 0; i < static_cast<VarObject*>(items.get())->size; ++i) {
            Ref<> item = share(list_check(items.get()) ? list_get_item(items.get(), i) : tuple_get_item(items.get(), i));
            if ((i && !out_.put_str(encoder_->item_separator)) || !value(item.get())) return false;
        }
        return unmark(key) && out_.put(']');
    }

    // The text of a dict's key; nullptr without an exception: it is to be left out.
    Owned key_text(Object* key) {
        if (str_check(key)) return newref(key);
        if (float_check(key)) return number(key);
        if (key == py_true()) return str_intern_from_string("true");
        if (key == py_false()) return str_intern_from_string("false");
        if (is_none(key)) return str_intern_from_string("null");
        if (int_check(key)) return int_repr(key);
        if (encoder_->skip_keys) return nullptr;
        return err_format(exc::TypeError, "keys must be str, int, float, bool or None, not %.100s", key->type->tp_name);
    }
    bool dict(Object* mapping) {
        if (dict_size(mapping) == 0) return out_.put_ascii("{}");
        Ref<> marker;
        if (!mark(mapping, &marker) || !out_.put('{')) return false;
        Ref<> items = own(mapping_items(mapping));
        if (!items || (encoder_->sort_keys && list_sort(items.get()) < 0)) return false;
        bool first = true;
        for (intptr_t i = 0; i < list_size(items.get()); ++i) {
            Ref<> item = share(list_get_item(items.get(), i));
            if (!tuple_check(item.get()) || tuple_size(item.get()) != 2) {
                err_set_string(exc::ValueError, "items must return 2-tuples");
                return false;
            }
            Ref<> text = own(key_text(tuple_get_item(item.get(), 0)));
            if (!text) {
                if (err_occurred()) return false;
                continue;
            }
            if (!first && !out_.put_str(encoder_->item_separator)) return false;
            first = false;
            if (!put_stolen(quoted(text.get())) || !out_.put_str(encoder_->key_separator) || !value(tuple_get_item(item.get(), 1))) return false;
        }
        return unmark(marker) && out_.put('}');
    }

    EncoderObject* encoder_;
    StrWriter out_;
};

Owned encoder_call(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"obj", "_current_indent_level", nullptr};
    static const KeywordParser parser{"_iterencode", names, 2, 2};
    Object* out[2] = {};
    intptr_t level;
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || !argument_ssize(out[1], &level)) return nullptr;
    Writing writing(as_encoder(self));
    if (!writing.value(out[0])) return nullptr;
    Ref<> text = own(writing.finish());
    Object* items[] = {text.get()};
    return text ? list_from_array(items, 1) : nullptr;
}

Owned encoder_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"markers", "default", "encoder", "indent", "key_separator", "item_separator", "sort_keys", "skipkeys", "allow_nan", nullptr};
    static const KeywordParser parser{"make_encoder", names, 9, 9};
    Object* out[9] = {};
    bool switches[3];
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    for (int i = 4; i < 6; ++i) {
        if (!str_check(out[i])) return err_format(exc::TypeError, "make_encoder() argument %d must be str, not %.200s", i + 1, out[i]->type->tp_name);
    }
    for (int i = 0; i < 3; ++i) {
        if (!argument_bool(out[6 + i], &switches[i])) return nullptr;
    }
    if (!is_none(out[0]) && !dict_check(out[0])) {
        return err_format(exc::TypeError, "make_encoder() argument 1 must be dict or None, not %.200s", out[0]->type->tp_name);
    }
    auto* self = static_cast<EncoderObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->markers = newref(out[0]);
    self->fallback = newref(out[1]);
    self->encoder = newref(out[2]);
    self->indent = newref(out[3]);
    self->key_separator = newref(out[4]);
    self->item_separator = newref(out[5]);
    self->sort_keys = switches[0];
    self->skip_keys = switches[1];
    self->allow_nan = switches[2];
    if (builtin_function_check(out[2])) {
        const void* function = static_cast<BuiltinFunctionObject*>(out[2])->m_ml->function;
        if (function == reinterpret_cast<const void*>(json_encode_basestring_ascii)) self->fast_encode = json_encode_ascii;
        if (function == reinterpret_cast<const void*>(json_encode_basestring)) self->fast_encode = json_encode;
    }
    return self;
}

int encoder_traverse(Object* object, Visit visit, void* context) {
    EncoderObject* self = as_encoder(object);
    RS_VISIT(self->markers, Edge::field("markers"));
    RS_VISIT(self->fallback, Edge::field("default"));
    RS_VISIT(self->encoder, Edge::field("encoder"));
    RS_VISIT(self->indent, Edge::field("indent"));
    RS_VISIT(self->key_separator, Edge::field("key_separator"));
    RS_VISIT(self->item_separator, Edge::field("item_separator"));
    return 0;
}
int encoder_clear(Object* object) {
    EncoderObject* self = as_encoder(object);
    clear_ref(self->markers);
    clear_ref(self->fallback);
    clear_ref(self->encoder);
    clear_ref(self->indent);
    clear_ref(self->key_separator);
    clear_ref(self->item_separator);
    return 0;
}
void encoder_dealloc(Object* self) {
    gc_untrack(self);
    encoder_clear(self);
    self->type->tp_free(self);
}

const MemberDef encoder_members[] = {{"markers", MemberKind::kObject, offsetof(EncoderObject, markers), true, "markers"},
                                     {"default", MemberKind::kObject, offsetof(EncoderObject, fallback), true, "default"},
                                     {"encoder", MemberKind::kObject, offsetof(EncoderObject, encoder), true, "encoder"},
                                     {"indent", MemberKind::kObject, offsetof(EncoderObject, indent), true, "indent"},
                                     {"key_separator", MemberKind::kObject, offsetof(EncoderObject, key_separator), true, "key_separator"},
                                     {"item_separator", MemberKind::kObject, offsetof(EncoderObject, item_separator), true, "item_separator"},
                                     {"sort_keys", MemberKind::kBool, offsetof(EncoderObject, sort_keys), true, "sort_keys"},
                                     {"skipkeys", MemberKind::kBool, offsetof(EncoderObject, skip_keys), true, "skipkeys"},
                                     {nullptr, MemberKind::kNone, 0}};

}  // namespace

Type json_encoder_type = [] {
    Type type = static_type("_json.Encoder", sizeof(EncoderObject), 0, kHaveGc);
    type.tp_dealloc = encoder_dealloc;
    type.tp_call = encoder_call;
    type.tp_doc = "_iterencode(obj, _current_indent_level) -> iterable";
    type.tp_traverse = encoder_traverse;
    type.tp_clear = encoder_clear;
    type.tp_members = encoder_members;
    type.tp_new = encoder_new;
    return type;
}();

}  // namespace refscope::vm
