// UnicodeError and its three subclasses: which text, where, and why it could not be converted.
#include <cstddef>
#include <cstdio>
#include <string>

#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/exception_types.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

UnicodeErrorObject* as_unicode_error(Object* object) { return static_cast<UnicodeErrorObject*>(object); }

// Which of the five arguments a type takes, and what `object` must be.
enum class Kind { kEncode, kDecode, kTranslate };

bool text_argument(Object* argument, int position) {
    if (str_check(argument)) return true;
    err_format(exc::TypeError, "argument %d must be str, not %.50s", position, argument->type->tp_name);
    return false;
}
bool index_argument(Object* argument, intptr_t* result) {
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    *result = int_as_ssize(index.get());
    return !(*result == -1 && err_occurred());
}

int initialize(Object* object, Object* args, Object* kwargs, Kind kind) {
    if (base_exception_init(object, args, kwargs) < 0) return -1;
    UnicodeErrorObject* self = as_unicode_error(object);
    clear_ref(self->encoding);
    clear_ref(self->object);
    clear_ref(self->reason);
    const intptr_t expected = kind == Kind::kTranslate ? 4 : 5;
    const intptr_t given = tuple_size(args);
    if (given != expected) {
        err_format(exc::TypeError, "function takes exactly %zd arguments (%zd given)", expected, given);
        return -1;
    }
    int at = 0;
    Object* encoding = kind == Kind::kTranslate ? nullptr : tuple_get_item(args, at++);
    if (encoding && !text_argument(encoding, at)) return -1;
    Object* converted = tuple_get_item(args, at++);
    if (kind != Kind::kDecode && !text_argument(converted, at)) return -1;
    intptr_t start, end;
    if (!index_argument(tuple_get_item(args, at++), &start) || !index_argument(tuple_get_item(args, at++), &end)) return -1;
    Object* reason = tuple_get_item(args, at++);
    if (!text_argument(reason, at)) return -1;
    Ref<> data = kind == Kind::kDecode && !bytes_check(converted) ? own(bytes_from_object(converted)) : share(converted);
    if (!data) return -1;
    exception_set_field(self->encoding, encoding);
    self->object = data.release();
    self->start = start;
    self->end = end;
    exception_set_field(self->reason, reason);
    return 0;
}
int encode_error_init(Object* self, Object* args, Object* kwargs) { return initialize(self, args, kwargs, Kind::kEncode); }
int decode_error_init(Object* self, Object* args, Object* kwargs) { return initialize(self, args, kwargs, Kind::kDecode); }
int translate_error_init(Object* self, Object* args, Object* kwargs) {
    return initialize(self, args, kwargs, Kind::kTranslate);
}

int unicode_error_clear(Object* object) {
    UnicodeErrorObject* self = as_unicode_error(object);
    clear_ref(self->encoding);
    clear_ref(self->object);
    clear_ref(self->reason);
    return base_exception_clear(self);
}
void unicode_error_dealloc(Object* self) {
    gc_untrack(self);
    unicode_error_clear(self);
    self->type->tp_free(self);
}
int unicode_error_traverse(Object* object, Visit visit, void* context) {
    UnicodeErrorObject* self = as_unicode_error(object);
    RS_VISIT(self->encoding, Edge::field("encoding"));
    RS_VISIT(self->object, Edge::field("object"));
    RS_VISIT(self->reason, Edge::field("reason"));
    return base_exception_traverse(self, visit, context);
}

std::string escaped(char32_t character) {
    char text[16];
    const char* format = character <= 0xff ? "\\x%02x" : character <= 0xffff ? "\\u%04x" : "\\U%08x";
    snprintf(text, sizeof text, format, static_cast<unsigned>(character));
    return text;
}

Owned describe(Object* object, Kind kind) {
    UnicodeErrorObject* self = as_unicode_error(object);
    if (!self->object) return newref(str_empty());  // __init__ was not called
    // The attributes can be anything by now: reason and encoding are shown by str().
    Ref<> reason = own(object_str(self->reason));
    if (!reason) return nullptr;
    Ref<> prefix;
    if (kind == Kind::kTranslate) {
        prefix.reset_steal(str_from_string("can't translate"));
    } else {
        Ref<> encoding = own(object_str(self->encoding));
        if (!encoding) return nullptr;
        prefix.reset_steal(str_from_format("'%U' codec can't %s", encoding.get(), kind == Kind::kEncode ? "encode" : "decode"));
    }
    if (!prefix) return nullptr;
    const bool is_bytes = bytes_check(self->object);
    const bool is_text = str_check(self->object);
    const intptr_t length = is_bytes ? bytes_size(self->object) : is_text ? str_length(self->object) : 0;
    if (self->start >= 0 && self->start < length && self->end == self->start + 1) {
        if (kind == Kind::kDecode && is_bytes) {
            char text[8];
            snprintf(text, sizeof text, "0x%02x", static_cast<unsigned char>(bytes_data(self->object)[self->start]));
            return str_from_format("%U byte %s in position %zd: %U", prefix.get(), text, self->start, reason.get());
        }
        if (kind != Kind::kDecode && is_text) {
            const std::string character = escaped(str_read(self->object, self->start));
            return str_from_format("%U character '%s' in position %zd: %U", prefix.get(), character.c_str(), self->start,
                                   reason.get());
        }
    }
    return str_from_format("%U %s in position %zd-%zd: %U", prefix.get(), kind == Kind::kDecode ? "bytes" : "characters",
                           self->start, self->end - 1, reason.get());
}
Owned encode_error_str(Object* self) { return describe(self, Kind::kEncode); }
Owned decode_error_str(Object* self) { return describe(self, Kind::kDecode); }
Owned translate_error_str(Object* self) { return describe(self, Kind::kTranslate); }

const MemberDef unicode_error_members[] = {
    {"encoding", MemberKind::kObject, offsetof(UnicodeErrorObject, encoding), false},
    {"object", MemberKind::kObject, offsetof(UnicodeErrorObject, object), false},
    {"start", MemberKind::kSsize, offsetof(UnicodeErrorObject, start), false},
    {"end", MemberKind::kSsize, offsetof(UnicodeErrorObject, end), false},
    {"reason", MemberKind::kObject, offsetof(UnicodeErrorObject, reason), false},
    {nullptr, MemberKind::kNone, 0}};

Type make(const char* name, InitFn init, UnaryFn text, const char* doc) {
    Type type = exception_static_type(name, &exc::UnicodeError, sizeof(UnicodeErrorObject), doc);
    type.tp_dealloc = unicode_error_dealloc;
    type.tp_traverse = unicode_error_traverse;
    type.tp_clear = unicode_error_clear;
    type.tp_members = unicode_error_members;
    type.tp_init = init;
    type.tp_str = text;
    return type;
}

Owned new_error(Type* type, const char* encoding, Object* object, intptr_t start, intptr_t end, const char* reason) {
    Ref<> encoding_text = own(str_from_string(encoding));
    Ref<> start_index = own(int_from_ssize(start));
    Ref<> end_index = own(int_from_ssize(end));
    Ref<> reason_text = own(str_from_string(reason));
    if (!encoding_text || !start_index || !end_index || !reason_text) return nullptr;
    return object_call_args(type, {encoding_text.get(), object, start_index.get(), end_index.get(), reason_text.get()});
}

}  // namespace

namespace exc {
Type UnicodeError = exception_static_type("UnicodeError", &ValueError, sizeof(ExceptionObject), "The base of errors of text conversion.");
Type UnicodeEncodeError = make("UnicodeEncodeError", encode_error_init, encode_error_str, "Text cannot be encoded.");
Type UnicodeDecodeError = make("UnicodeDecodeError", decode_error_init, decode_error_str, "Bytes cannot be decoded.");
Type UnicodeTranslateError = make("UnicodeTranslateError", translate_error_init, translate_error_str, "Text cannot be translated.");
}  // namespace exc

Owned unicode_decode_error_new(const char* encoding, Object* bytes, intptr_t start, intptr_t end, const char* reason) {
    return new_error(&exc::UnicodeDecodeError, encoding, bytes, start, end, reason);
}
Owned unicode_encode_error_new(const char* encoding, Object* text, intptr_t start, intptr_t end, const char* reason) {
    return new_error(&exc::UnicodeEncodeError, encoding, text, start, end, reason);
}

}  // namespace refscope::vm
