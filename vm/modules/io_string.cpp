// StringIO: a text file in memory; and IncrementalNewlineDecoder, whose translation it shares.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "vm/heap/collector_state.h"
#include "vm/modules/io_base.h"
#include "vm/modules/io_newlines.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct StringIoObject : IoObject {
    std::u32string* text;
    size_t position;
    Newlines newlines;
    bool ready, closed;
};
StringIoObject* as_string_io(Object* object) { return static_cast<StringIoObject*>(object); }

bool check_open(Object* object) {
    StringIoObject* self = as_string_io(object);
    if (self->ready && !self->closed) return true;
    err_set_string(exc::ValueError,
                   self->ready ? "I/O operation on closed file" : "I/O operation on uninitialized object");
    return false;
}
Owned text_object(const char32_t* text, size_t size) {
    return str_from_kind_and_data(4, text, static_cast<intptr_t>(size));
}
std::u32string characters(Object* text) {
    std::u32string result;
    const intptr_t length = str_length(text);
    result.reserve(static_cast<size_t>(length));
    for (intptr_t i = 0; i < length; ++i) result += str_read(text, i);
    return result;
}

void write_text(StringIoObject* self, std::u32string added) {
    added = self->newlines.translate_written(std::move(added));
    if (self->position > self->text->size()) self->text->resize(self->position, U'\0');
    self->text->replace(self->position, std::min(added.size(), self->text->size() - self->position), added);
    self->position += added.size();
}

Owned string_io_new(Type* type, Object*, Object*) {
    auto* self = static_cast<StringIoObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->text = new std::u32string;
    self->newlines = Newlines();
    return self;
}
int initialize(StringIoObject* self, Object* value, Object* newline) {
    if (!self->newlines.choose_memory(newline)) return -1;
    self->text->clear();
    self->position = 0;
    self->closed = false;
    self->ready = true;
    if (value && !is_none(value)) {
        if (!str_check(value)) {
            err_format(exc::TypeError, "initial_value must be str or None, not %.200s", value->type->tp_name);
            return -1;
        }
        write_text(self, characters(value));
        self->position = 0;
    }
    return 0;
}
int string_io_init(Object* object, Object* args, Object* kwargs) {
    static const char* const names[] = {"initial_value", "newline", nullptr};
    static const KeywordParser parser{"StringIO", names, 0, 2};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return -1;
    return initialize(as_string_io(object), out[0], out[1]);
}

Owned take(StringIoObject* self, size_t size) {
    const size_t at = self->position;
    self->position += size;
    return size ? text_object(self->text->data() + at, size) : newref(str_empty());
}
size_t available(StringIoObject* self) { return self->text->size() > self->position ? self->text->size() - self->position : 0; }

Owned string_io_read(Object* object, Object* const* args, intptr_t nargs) {
    intptr_t size;
    if (!check_positional("read", nargs, 0, 1) || !io_size_argument(args, nargs, &size) || !check_open(object)) return nullptr;
    StringIoObject* self = as_string_io(object);
    return take(self, size < 0 ? available(self) : std::min(static_cast<size_t>(size), available(self)));
}
size_t line_length(StringIoObject* self) {
    const size_t here = available(self);
    return here ? self->newlines.line_length(self->text->data() + self->position, here, true) : 0;
}
Owned string_io_readline(Object* object, Object* const* args, intptr_t nargs) {
    intptr_t limit;
    if (!check_positional("readline", nargs, 0, 1) || !io_size_argument(args, nargs, &limit) || !check_open(object)) return nullptr;
    const size_t length = line_length(as_string_io(object));
    return take(as_string_io(object), limit >= 0 ? std::min(length, static_cast<size_t>(limit)) : length);
}
Owned string_io_next(Object* self) {
    if (!check_open(self)) return nullptr;
    if (self->type != &string_io_type) {
        Ref<> line = own(object_call_method(self, ID(readline)));
        return line && object_size(line.get()) > 0 ? line.release() : nullptr;
    }
    const size_t length = line_length(as_string_io(self));
    return length ? take(as_string_io(self), length) : nullptr;
}
Owned string_io_write(Object* self, Object* text) {
    if (!check_open(self)) return nullptr;
    if (!str_check(text)) return err_format(exc::TypeError, "string argument expected, got '%s'", text->type->tp_name);
    if (str_length(text) > 0) write_text(as_string_io(self), characters(text));
    return int_from_ssize(str_length(text));
}
Owned string_io_getvalue(Object* self, Object*) {
    if (!check_open(self)) return nullptr;
    const std::u32string& text = *as_string_io(self)->text;
    return text.empty() ? newref(str_empty()) : text_object(text.data(), text.size());
}
Owned string_io_seek(Object* object, Object* const* args, intptr_t nargs) {
    intptr_t target;
    int whence = 0;
    if (!check_positional("seek", nargs, 1, 2) || !argument_ssize(args[0], &target) ||
        (nargs > 1 && !argument_int(args[1], &whence)) || !check_open(object)) {
        return nullptr;
    }
    StringIoObject* self = as_string_io(object);
    if (whence < 0 || whence > 2) return err_format(exc::ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
    if (target < 0 && whence == SEEK_SET) return err_format(exc::ValueError, "Negative seek position %zd", target);
    if (target != 0 && whence != SEEK_SET) return err_set_string(exc::OSError, "Can't do nonzero cur-relative seeks");
    self->position = whence == SEEK_SET ? static_cast<size_t>(target) : whence == SEEK_CUR ? self->position : self->text->size();
    return int_from_size(self->position);
}
Owned string_io_tell(Object* self, Object*) { return check_open(self) ? int_from_size(as_string_io(self)->position) : nullptr; }
Owned string_io_truncate(Object* object, Object* const* args, intptr_t nargs) {
    if (!check_positional("truncate", nargs, 0, 1) || !check_open(object)) return nullptr;
    StringIoObject* self = as_string_io(object);
    auto size = static_cast<intptr_t>(self->position);
    if (nargs && !is_none(args[0]) && !argument_ssize(args[0], &size)) return nullptr;
    if (size < 0) return err_format(exc::ValueError, "Negative size value %zd", size);
    if (static_cast<size_t>(size) < self->text->size()) self->text->resize(static_cast<size_t>(size));
    return int_from_ssize(size);
}
Owned string_io_close(Object* self, Object*) {
    as_string_io(self)->closed = true;
    as_string_io(self)->text->clear();
    as_string_io(self)->text->shrink_to_fit();
    return new_none();
}
Owned string_io_yes(Object* self, Object*) { return check_open(self) ? bool_from(true) : nullptr; }

Owned string_io_getstate(Object* self, Object*) {
    Ref<> value = own(string_io_getvalue(self, nullptr));
    if (!value) return nullptr;
    Ref<> newline = own(as_string_io(self)->newlines.chosen());
    Ref<> position = own(int_from_size(as_string_io(self)->position));
    Ref<> dict = as_io(self)->dict ? own(dict_copy(as_io(self)->dict)) : share(none());
    return newline && position && dict ? tuple_pack({value.get(), newline.get(), position.get(), dict.get()}) : nullptr;
}
Owned string_io_setstate(Object* object, Object* state) {
    if (!tuple_check(state) || tuple_size(state) < 4) {
        return err_format(exc::TypeError, "%.200s.__setstate__ argument should be 4-tuple, got %.200s", object->type->tp_name,
                          state->type->tp_name);
    }
    StringIoObject* self = as_string_io(object);
    intptr_t position;
    if (initialize(self, nullptr, tuple_get_item(state, 1)) < 0 || !argument_ssize(tuple_get_item(state, 2), &position)) return nullptr;
    if (!str_check(tuple_get_item(state, 0))) return err_set_string(exc::TypeError, "initial_value must be str");
    *self->text = characters(tuple_get_item(state, 0));  // translated when it was first written
    if (position < 0) return err_set_string(exc::ValueError, "position value cannot be negative");
    self->position = static_cast<size_t>(position);
    Object* dict = tuple_get_item(state, 3);
    if (!is_none(dict)) {
        Ref<> own_dict = own(object_generic_get_dict(self, nullptr));
        if (!own_dict || dict_update(own_dict.get(), dict) < 0) return nullptr;
    }
    return new_none();
}

Owned get_closed(Object* self, void*) { return bool_from(as_string_io(self)->closed); }
Owned get_line_buffering(Object* self, void*) { return check_open(self) ? bool_from(false) : nullptr; }
Owned get_newlines(Object* self, void*) { return check_open(self) ? as_string_io(self)->newlines.seen() : nullptr; }

void string_io_dealloc(Object* object) {
    gc_untrack(object);
    delete as_string_io(object)->text;
    io_dealloc_common(object);
}

const MethodDef string_io_methods[] = {
    method_def("close", string_io_close, kMethNoargs),      method_def("getvalue", string_io_getvalue, kMethNoargs),
    method_def("read", string_io_read, kMethFastcall),      method_def("readline", string_io_readline, kMethFastcall),
    method_def("tell", string_io_tell, kMethNoargs),        method_def("truncate", string_io_truncate, kMethFastcall),
    method_def("seek", string_io_seek, kMethFastcall),      method_def("write", string_io_write, kMethO),
    method_def("seekable", string_io_yes, kMethNoargs),     method_def("readable", string_io_yes, kMethNoargs),
    method_def("writable", string_io_yes, kMethNoargs),     method_def("__getstate__", string_io_getstate, kMethNoargs),
    method_def("__setstate__", string_io_setstate, kMethO), {nullptr, nullptr, 0}};
const GetSetDef string_io_getset[] = {{"closed", get_closed},
                                      {"newlines", get_newlines},
                                      {"line_buffering", get_line_buffering},
                                      {nullptr, nullptr}};

// ---- IncrementalNewlineDecoder

struct NewlineDecoderObject : Object {
    Object* decoder;  // None: the input is text already
    Newlines newlines;
    bool pending_carriage, translate;
};
NewlineDecoderObject* as_decoder(Object* object) { return static_cast<NewlineDecoderObject*>(object); }
bool decoder_ready(const NewlineDecoderObject* self) {
    if (self->decoder) return true;
    err_set_string(exc::ValueError, "IncrementalNewlineDecoder.__init__() not called");
    return false;
}

int decoder_init(Object* object, Object* args, Object* kwargs) {
    static const char* const names[] = {"decoder", "translate", "errors", nullptr};
    static const KeywordParser parser{"IncrementalNewlineDecoder", names, 2, 3};
    Object* out[3] = {};
    NewlineDecoderObject* self = as_decoder(object);
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || !argument_bool(out[1], &self->translate)) return -1;
    set_ref(self->decoder, newref(out[0]));
    self->newlines = Newlines();
    self->newlines.universal = true;
    self->newlines.translates = self->translate;
    self->pending_carriage = false;
    return 0;
}
Owned decoder_decode(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"input", "final", nullptr};
    static const KeywordParser parser{"decode", names, 1, 2};
    Object* out[2] = {};
    bool final = false;
    NewlineDecoderObject* self = as_decoder(object);
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || (out[1] && !argument_bool(out[1], &final))) return nullptr;
    if (!decoder_ready(self)) return nullptr;
    Ref<> text = is_none(self->decoder) ? share(out[0])
                                        : own(object_call_method(self->decoder, ID(decode), {out[0], bool_of(final)}));
    if (!text) return nullptr;
    if (!str_check(text.get())) {
        return err_format(exc::TypeError, "decoder should return a string result, not '%.200s'", text->type->tp_name);
    }
    std::u32string result = characters(text.get());
    if (self->pending_carriage && (final || !result.empty())) {
        result.insert(result.begin(), U'\r');
        self->pending_carriage = false;
    }
    // A '\r' at the end may be half of a '\r\n'.
    if (!final && !result.empty() && result.back() == U'\r') {
        result.pop_back();
        self->pending_carriage = true;
    }
    result = self->newlines.translate_read(std::move(result));
    return text_object(result.data(), result.size());
}
Owned decoder_getstate(Object* object, Object*) {
    NewlineDecoderObject* self = as_decoder(object);
    Ref<> state;
    Ref<> buffered;
    uint64_t flag = 0;
    if (!decoder_ready(self)) return nullptr;
    if (is_none(self->decoder)) {
        buffered.reset_steal(bytes_from_view(""));
    } else {
        state.reset_steal(object_call_method(self->decoder, ID(getstate)));
        if (!state) return nullptr;
        if (!tuple_check(state.get()) || tuple_size(state.get()) != 2) return err_set_string(exc::TypeError, "illegal decoder state");
        buffered = share(tuple_get_item(state.get(), 0));
        flag = int_as_uint64_mask(tuple_get_item(state.get(), 1));
    }
    flag = flag << 1 | self->pending_carriage;
    Ref<> number = own(int_from_uint64(flag));
    return buffered && number ? tuple_pack({buffered.get(), number.get()}) : nullptr;
}
Owned decoder_setstate(Object* object, Object* state) {
    NewlineDecoderObject* self = as_decoder(object);
    if (!decoder_ready(self)) return nullptr;
    if (!tuple_check(state) || tuple_size(state) != 2) return err_set_string(exc::TypeError, "state argument must be a tuple");
    const uint64_t flag = int_as_uint64_mask(tuple_get_item(state, 1));
    if (err_occurred()) return nullptr;
    self->pending_carriage = flag & 1;
    if (is_none(self->decoder)) return new_none();
    Ref<> number = own(int_from_uint64(flag >> 1));
    Ref<> inner = number ? own(tuple_pack({tuple_get_item(state, 0), number.get()})) : Ref<>();
    return inner ? object_call_method(self->decoder, ID(setstate), {inner.get()}) : nullptr;
}
Owned decoder_reset(Object* object, Object*) {
    NewlineDecoderObject* self = as_decoder(object);
    if (!decoder_ready(self)) return nullptr;
    self->newlines.forget_seen();
    self->pending_carriage = false;
    if (is_none(self->decoder)) return new_none();
    return object_call_method(self->decoder, ID(reset));
}
Owned decoder_newlines(Object* self, void*) { return decoder_ready(as_decoder(self)) ? as_decoder(self)->newlines.seen() : nullptr; }
int decoder_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_decoder(self)->decoder, Edge::field("decoder", true));
    return 0;
}
void decoder_dealloc(Object* self) {
    clear_ref(as_decoder(self)->decoder);
    self->type->tp_free(self);
}
const MethodDef decoder_methods[] = {method_def("decode", decoder_decode, kMethFastcall | kMethKeywords),
                                     method_def("getstate", decoder_getstate, kMethNoargs),
                                     method_def("setstate", decoder_setstate, kMethO),
                                     method_def("reset", decoder_reset, kMethNoargs),
                                     {nullptr, nullptr, 0}};
const GetSetDef decoder_getset[] = {{"newlines", decoder_newlines}, {nullptr, nullptr}};

}  // namespace

Type string_io_type = [] {
    Type type = io_static_type("_io.StringIO", &text_io_base_type, sizeof(StringIoObject));
    type.tp_dealloc = string_io_dealloc;
    type.tp_iternext = string_io_next;
    type.tp_methods = string_io_methods;
    type.tp_getset = string_io_getset;
    type.tp_init = string_io_init;
    type.tp_new = string_io_new;
    return type;
}();
Type newline_decoder_type = [] {
    Type type = static_type("_io.IncrementalNewlineDecoder", sizeof(NewlineDecoderObject), 0, kBaseType);
    type.tp_dealloc = decoder_dealloc;
    type.tp_traverse = decoder_traverse;
    type.tp_methods = decoder_methods;
    type.tp_getset = decoder_getset;
    type.tp_init = decoder_init;
    type.tp_new = type_generic_new;
    return type;
}();

}  // namespace refscope::vm
