// TextIOWrapper: str over a buffered binary stream.
//
// Input waits as bytes with their line ends as in the file. UTF-8 (strict), latin-1 and ASCII wait undecoded, since lines and
// characters can be found in the bytes; anything else is decoded when it is read and waits as UTF-8 with lone surrogates. So the
// position in the file is always that of the buffer less what waits.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "vm/base/utf8.h"
#include "vm/heap/collector_state.h"
#include "vm/host/host.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/modules/io_base.h"
#include "vm/modules/io_newlines.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

enum class Codec : uint8_t { kUtf8, kLatin1, kAscii, kOther };

struct TextObject : IoObject {
    Object* buffer;
    Object* encoding;
    Object* errors;
    Object* decoder;  // kOther: the codec's incremental decoder and encoder, made when first needed
    Object* encoder;
    std::string* input;
    std::string* tail;     // kUtf8, not strict: an incomplete character at the end of what was read
    std::string* pending;  // encoded, for the buffer
    size_t input_at;
    size_t checked;  // of `input`, from its start: known to be valid
    intptr_t chunk_size;
    Newlines newlines;
    Codec codec;
    bool ready, detached, finalizing, readable, seekable, telling, line_buffering, write_through, has_read1, strict, raw_input;
};
TextObject* as_text(Object* object) { return static_cast<TextObject*>(object); }

size_t left(const TextObject* self) { return self->input->size() - self->input_at; }
void drop_input(TextObject* self) {
    self->input->clear();
    self->tail->clear();
    self->input_at = self->checked = 0;
    clear_ref(self->decoder);
}

bool check_ready(TextObject* self) {
    if (self->ready) return true;
    err_set_string(exc::ValueError, self->detached ? "underlying buffer has been detached"
                                                   : "I/O operation on uninitialized object");
    return false;
}
bool check_open(TextObject* self) { return check_ready(self) && io_check_closed(self->buffer); }

std::string errors_text(const TextObject* self) { return str_to_utf8(self->errors); }

// ---- Choosing the codec

std::string normalized(const std::string& name) {
    std::string result;
    for (char c : name) {
        result += c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return result;
}
Codec codec_of(const std::string& encoding) {
    const std::string name = normalized(encoding);
    for (const char* alias : {"utf-8", "utf8", "u8", "cp65001"}) {
        if (name == alias) return Codec::kUtf8;
    }
    for (const char* alias : {"latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1", "latin", "8859", "cp819"}) {
        if (name == alias) return Codec::kLatin1;
    }
    for (const char* alias : {"ascii", "us-ascii", "646"}) {
        if (name == alias) return Codec::kAscii;
    }
    return Codec::kOther;
}

// Debian's locales are UTF-8; in the C locale Python switches to its UTF-8 mode, which writes the name small.
const char* locale_encoding() { return locale_is_c() ? "utf-8" : "UTF-8"; }

bool choose_codec(TextObject* self, Object* encoding, Object* errors) {
    Ref<> chosen_encoding, chosen_errors;
    if (!encoding || is_none(encoding) || (str_check(encoding) && str_equal_ascii(encoding, "locale"))) {
        chosen_encoding.reset_steal(str_from_string(locale_encoding()));
    } else if (str_check(encoding)) {
        chosen_encoding = share(encoding);
    } else {
        err_format(exc::TypeError, "TextIOWrapper() argument 'encoding' must be str or None, not %.50s", encoding->type->tp_name);
    }
    if (!errors || is_none(errors)) {
        chosen_errors.reset_steal(str_from_string("strict"));
    } else if (str_check(errors)) {
        chosen_errors = share(errors);
    } else {
        err_format(exc::TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %.50s", errors->type->tp_name);
    }
    if (!chosen_encoding || !chosen_errors) return false;
    const std::string name = str_to_utf8(chosen_encoding.get());
    self->codec = codec_of(name);
    if (self->codec == Codec::kOther) {
        Ref<> info = own(codec_lookup(name.c_str()));
        if (!info) return false;
        Object* found = nullptr;
        if (object_lookup_attr(info.get(), ID(_is_text_encoding), &found) < 0) return false;
        Ref<> is_text = own(found);
        if (is_text && !object_is_true(is_text.get())) {
            err_format(exc::LookupError, "'%.400s' is not a text encoding; use codecs.open() to handle arbitrary codecs",
                       name.c_str());
            return false;
        }
    }
    self->strict = str_equal_ascii(chosen_errors.get(), "strict");
    self->raw_input = self->codec == Codec::kLatin1 || (self->codec != Codec::kOther && self->strict);
    set_ref(self->encoding, static_cast<Object*>(chosen_encoding.release()));
    set_ref(self->errors, static_cast<Object*>(chosen_errors.release()));
    clear_ref(self->encoder);
    return true;
}

// The codec's incremental encoder or decoder.
Owned incremental(TextObject* self, const char* factory) {
    Ref<> codecs = own(import_module("codecs"));
    if (!codecs) return nullptr;
    Ref<> get = own(object_get_attr_string(codecs.get(), factory));
    if (!get) return nullptr;
    Ref<> type = own(object_call_onearg(get.get(), self->encoding));
    return type ? object_call_onearg(type.get(), self->errors) : nullptr;
}

// ---- Making

Owned text_tp_new(Type* type, Object*, Object*) {
    auto* self = static_cast<TextObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->input = new std::string;
    self->tail = new std::string;
    self->pending = new std::string;
    self->chunk_size = kDefaultBufferSize;
    self->newlines = Newlines();
    return self;
}

int initialize(TextObject* self, Object* buffer, Object* encoding, Object* errors, const char* newline, bool line_buffering,
               bool write_through) {
    self->ready = self->detached = false;
    if (!self->newlines.choose(newline) || !choose_codec(self, encoding, errors)) return -1;
    set_ref(self->buffer, newref(buffer));
    drop_input(self);
    self->line_buffering = line_buffering;
    self->write_through = write_through;
    const int readable = io_ask(buffer, "readable");
    if (readable < 0) return -1;
    const int seekable = io_ask(buffer, "seekable");
    if (seekable < 0) return -1;
    Object* read1 = nullptr;
    const int has_read1 = object_lookup_attr(buffer, ID(read1), &read1);
    xdecref(read1);
    if (has_read1 < 0) return -1;
    self->readable = readable;
    self->seekable = self->telling = seekable;
    self->has_read1 = has_read1;
    self->ready = true;
    // A byte order mark belongs at the start of a file only.
    if (self->codec == Codec::kOther && seekable) {
        const int writable = io_ask(buffer, "writable");
        if (writable < 0) return -1;
        Ref<> position = writable ? own(object_call_method(buffer, ID(tell))) : Ref<>();
        if (writable && !position) return -1;
        if (position && object_is_true(position.get())) {
            self->encoder = incremental(self, "getincrementalencoder");
            if (!self->encoder) return -1;
            Ref<> zero = own(int_from_int(0));
            Ref<> result = own(object_call_method(self->encoder, ID(setstate), {zero.get()}));
            if (!result) return -1;
        }
    }
    return 0;
}

int text_init(Object* object, Object* args, Object* kwargs) {
    static const char* const names[] = {"buffer", "encoding", "errors", "newline", "line_buffering", "write_through", nullptr};
    static const KeywordParser parser{"TextIOWrapper", names, 1, 6};
    Object* out[6] = {};
    bool line_buffering = false, write_through = false;
    const char* newline = nullptr;
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return -1;
    if (out[3] && !is_none(out[3])) {
        if (!str_check(out[3])) {
            argument_bad("TextIOWrapper", "argument 'newline'", "str or None", out[3]);
            return -1;
        }
        newline = str_as_utf8(out[3]);
        if (!newline) return -1;
    }
    if ((out[4] && !argument_bool(out[4], &line_buffering)) || (out[5] && !argument_bool(out[5], &write_through))) return -1;
    return initialize(as_text(object), out[0], out[1], out[2], newline, line_buffering, write_through);
}

// ---- Writing

int write_flush(TextObject* self) {
    if (self->pending->empty()) return 0;
    Ref<> bytes = own(bytes_from_view(*self->pending));
    if (!bytes) return -1;
    self->pending->clear();
    Ref<> result = own(object_call_method(self->buffer, ID(write), {bytes.get()}));
    return result ? 0 : -1;
}

// The bytes of a text; with its line ends as they are to be written.
bool encode(TextObject* self, Object* text, std::string* result) {
    Ref<> shown = share(text);
    if (self->newlines.written[0] && str_find_char(text, '\n', 0, str_length(text), 1) >= 0) {
        Ref<> line_feed = own(str_from_string("\n")), replacement = own(str_from_string(self->newlines.written));
        if (!line_feed || !replacement) return false;
        shown.reset_steal(str_replace(text, line_feed.get(), replacement.get(), -1));
        if (!shown) return false;
    }
    if (self->codec != Codec::kOther && str_is_ascii(shown.get())) {
        result->assign(reinterpret_cast<const char*>(str_latin1(shown.get())), static_cast<size_t>(str_length(shown.get())));
        return true;
    }
    Ref<> bytes;
    const std::string errors = errors_text(self);
    switch (self->codec) {
        case Codec::kUtf8: bytes.reset_steal(utf8_encode(shown.get(), errors.c_str())); break;
        case Codec::kLatin1: bytes.reset_steal(latin1_encode(shown.get(), errors.c_str())); break;
        case Codec::kAscii: bytes.reset_steal(ascii_encode(shown.get(), errors.c_str())); break;
        case Codec::kOther:
            if (!self->encoder && !(self->encoder = incremental(self, "getincrementalencoder"))) return false;
            bytes.reset_steal(object_call_method(self->encoder, ID(encode), {shown.get()}));
    }
    if (!bytes) return false;
    if (!bytes_check(bytes.get())) {
        err_format(exc::TypeError, "encoder should return a bytes object, not '%.200s'", bytes->type->tp_name);
        return false;
    }
    *result = bytes_view(bytes.get());
    return true;
}

Owned text_write(Object* object, Object* text) {
    TextObject* self = as_text(object);
    if (!str_check(text)) return err_format(exc::TypeError, "write() argument must be str, not %.200s", text->type->tp_name);
    if (!check_open(self)) return nullptr;
    std::string bytes;
    if (!encode(self, text, &bytes)) return nullptr;
    const intptr_t length = str_length(text);
    const bool flush = self->line_buffering && (str_find_char(text, '\n', 0, length, 1) >= 0 ||
                                                str_find_char(text, '\r', 0, length, 1) >= 0);
    const auto limit = static_cast<size_t>(self->chunk_size);
    if (self->pending->size() + bytes.size() > limit && write_flush(self) < 0) return nullptr;
    *self->pending += bytes;
    if ((self->pending->size() >= limit || flush || self->write_through) && write_flush(self) < 0) return nullptr;
    if (flush) {
        Ref<> result = own(object_call_method(self->buffer, ID(flush)));
        if (!result) return nullptr;
    }
    if (!self->input->empty() || self->decoder) drop_input(self);
    return int_from_ssize(length);
}

Owned text_flush(Object* object, Object*) {
    TextObject* self = as_text(object);
    if (!check_open(self)) return nullptr;
    self->telling = self->seekable;
    return write_flush(self) < 0 ? nullptr : object_call_method(self->buffer, ID(flush));
}

// ---- Reading

bool check_readable(TextObject* self) {
    if (!check_open(self)) return false;
    if (!self->readable) {
        err_unsupported("not readable");
        return false;
    }
    return write_flush(self) == 0;
}

// What a decoder makes of the chunk, as UTF-8 with lone surrogates.
bool decode_other(TextObject* self, std::string_view chunk, bool final) {
    Ref<> text;
    const std::string errors = errors_text(self);
    if (self->codec == Codec::kUtf8) {
        const std::string bytes = *self->tail + std::string(chunk);
        intptr_t consumed = static_cast<intptr_t>(bytes.size());
        text.reset_steal(utf8_decode(bytes.data(), consumed, errors.c_str(), final ? nullptr : &consumed));
        if (!text) return false;
        *self->tail = bytes.substr(static_cast<size_t>(consumed));
    } else if (self->codec == Codec::kAscii) {
        text.reset_steal(ascii_decode(chunk.data(), static_cast<intptr_t>(chunk.size()), errors.c_str()));
    } else {
        if (!self->decoder && !(self->decoder = incremental(self, "getincrementaldecoder"))) return false;
        Ref<> bytes = own(bytes_from_view(chunk));
        if (!bytes) return false;
        text.reset_steal(object_call_method(self->decoder, ID(decode), {bytes.get(), bool_of(final)}));
    }
    if (!text) return false;
    if (!str_check(text.get())) {
        err_format(exc::TypeError, "decoder should return a string result, not '%.200s'", text->type->tp_name);
        return false;
    }
    *self->input += str_to_utf8(text.get());
    self->checked = self->input->size();
    return true;
}

// Raises what is wrong with raw input as soon as it is read, as CPython does.
bool check_input(TextObject* self, bool final) {
    const char* data = self->input->data() + self->checked;
    const auto size = static_cast<intptr_t>(self->input->size() - self->checked);
    if (self->codec == Codec::kLatin1 || base::is_ascii({data, static_cast<size_t>(size)})) {
        self->checked = self->input->size();
        return true;
    }
    intptr_t consumed = size;
    Ref<> text = own(self->codec == Codec::kAscii ? ascii_decode(data, size, nullptr)
                                                  : utf8_decode(data, size, nullptr, final ? nullptr : &consumed));
    if (!text) {
        self->input->resize(self->checked);
        return false;
    }
    self->checked += static_cast<size_t>(consumed);
    return true;
}

bool add_input(TextObject* self, std::string_view chunk, bool final) {
    if (self->input_at) {
        self->input->erase(0, self->input_at);
        self->checked -= std::min(self->checked, self->input_at);
        self->input_at = 0;
    }
    if (!self->raw_input) return decode_other(self, chunk, final);
    *self->input += chunk;
    return check_input(self, final);
}

// 1: there is more input; 0: the file has ended; -1: error.
int fill(TextObject* self) {
    Ref<> size = own(int_from_ssize(self->chunk_size));
    Ref<> chunk = own(object_call_method(self->buffer, self->has_read1 ? ID(read1) : ID(read), {size.get()}));
    if (!chunk) return -1;
    BufferHold view;
    if (!view.get(chunk.get())) {
        err_clear();
        err_format(exc::TypeError, "underlying %s() should have returned a bytes-like object, not '%.200s'",
                   self->has_read1 ? "read1" : "read", chunk->type->tp_name);
        return -1;
    }
    const bool final = view.size() == 0;
    if (!add_input(self, {view.data(), static_cast<size_t>(view.size())}, final)) return -1;
    return final ? 0 : 1;
}

// Takes bytes that end at a character's boundary out of the input, as text with its line ends as wanted.
Owned take(TextObject* self, size_t size) {
    std::string_view bytes(self->input->data() + self->input_at, size);
    std::string translated;
    if (self->newlines.universal) {
        bool carriage = false, line_feed = false, both = false;
        if (bytes.find('\r') == std::string_view::npos) {
            line_feed = bytes.find('\n') != std::string_view::npos;
        } else {
            translated.reserve(size);
            for (size_t i = 0; i < bytes.size(); ++i) {
                if (bytes[i] != '\r') {
                    if (bytes[i] == '\n') line_feed = true;
                    translated += bytes[i];
                    continue;
                }
                if (i + 1 < bytes.size() && bytes[i + 1] == '\n') {
                    both = true;
                    ++i;
                } else {
                    carriage = true;
                }
                translated += '\n';
            }
            if (self->newlines.translates) bytes = translated;
        }
        self->newlines.note(carriage, line_feed, both);
    }
    Owned result;
    const auto count = static_cast<intptr_t>(bytes.size());
    if (self->raw_input && self->codec == Codec::kLatin1) result = latin1_decode(bytes.data(), count);
    else result = str_from_utf8(bytes.data(), count);
    self->input_at += size;
    if (self->input_at == self->input->size()) {
        self->input->clear();
        self->input_at = self->checked = 0;
    }
    return result;
}

// Bytes of the first `characters` characters that wait (a translated "\r\n" counts once); *found tells how many there are. A '\r' at
// the end does not count unless `final`: a '\n' may follow.
size_t bytes_of(const TextObject* self, intptr_t characters, bool final, intptr_t* found) {
    const std::string_view bytes(self->input->data() + self->input_at, left(self));
    const bool latin1 = self->raw_input && self->codec == Codec::kLatin1;
    const bool joins = self->newlines.universal && self->newlines.translates;
    size_t i = 0;
    *found = 0;
    while (i < bytes.size() && *found < characters) {
        if (joins && bytes[i] == '\r') {
            if (i + 1 == bytes.size() && !final) break;
            i += i + 1 < bytes.size() && bytes[i + 1] == '\n' ? 2 : 1;
        } else {
            ++i;
            if (!latin1) {
                while (i < bytes.size() && base::is_utf8_continuation(bytes[i])) ++i;
            }
        }
        ++*found;
    }
    return i;
}

Owned text_read(Object* object, Object* const* args, intptr_t nargs) {
    TextObject* self = as_text(object);
    intptr_t wanted;
    if (!check_positional("read", nargs, 0, 1) || !io_size_argument(args, nargs, &wanted) || !check_readable(self)) return nullptr;
    if (wanted < 0) {
        Ref<> rest = own(object_call_method(self->buffer, ID(read)));
        if (!rest) return nullptr;
        BufferHold view;
        if (!is_none(rest.get())) {
            if (!view.get(rest.get())) return nullptr;
            if (!add_input(self, {view.data(), static_cast<size_t>(view.size())}, true)) return nullptr;
        }
        return take(self, left(self));
    }
    for (;;) {
        intptr_t found;
        size_t size = bytes_of(self, wanted, false, &found);
        // The last character may be cut off.
        if (found >= wanted && (!self->raw_input || self->input_at + size <= self->checked)) return take(self, size);
        const int more = fill(self);
        if (more < 0) return nullptr;
        if (more == 0) {
            size = bytes_of(self, wanted, true, &found);
            return take(self, size);
        }
    }
}

// The length of the first line that waits; 0: its end is not there.
size_t line_bytes(const TextObject* self, size_t from, bool final) {
    const char* data = self->input->data() + self->input_at;
    const size_t size = left(self);
    const Newlines& newlines = self->newlines;
    if (!newlines.universal && !newlines.end[1]) {
        const void* end = from < size ? memchr(data + from, newlines.end[0], size - from) : nullptr;
        if (end) return static_cast<size_t>(static_cast<const char*>(end) - data) + 1;
        return final ? size : 0;
    }
    for (size_t i = from; i < size; ++i) {
        if (newlines.universal) {
            if (data[i] == '\n') return i + 1;
            if (data[i] != '\r') continue;
            if (i + 1 < size) return i + (data[i + 1] == '\n' ? 2 : 1);
            return final ? i + 1 : 0;
        }
        if (data[i] == newlines.end[0] && i + 1 < size && data[i + 1] == newlines.end[1]) return i + 2;
    }
    return final ? size : 0;
}

Owned read_line(TextObject* self, intptr_t limit) {
    bool final = false;
    size_t searched = 0;
    for (;;) {
        size_t size = line_bytes(self, searched, final);
        if (limit >= 0) {
            intptr_t found;
            const size_t cut = bytes_of(self, limit, final, &found);
            if (found >= limit && (size == 0 || cut < size)) size = cut;
            if (limit == 0) return newref(str_empty());
        }
        if (size || final) return take(self, size);
        searched = left(self) ? left(self) - 1 : 0;
        const int more = fill(self);
        if (more < 0) return nullptr;
        final = more == 0;
    }
}
Owned text_readline(Object* object, Object* const* args, intptr_t nargs) {
    intptr_t limit;
    if (!check_positional("readline", nargs, 0, 1) || !io_size_argument(args, nargs, &limit)) return nullptr;
    return check_readable(as_text(object)) ? read_line(as_text(object), limit) : nullptr;
}
Owned text_next(Object* object) {
    TextObject* self = as_text(object);
    if (!check_ready(self)) return nullptr;
    self->telling = false;
    Ref<> line;
    if (self->type == &text_io_wrapper_type) {
        if (!check_readable(self)) return nullptr;
        line.reset_steal(read_line(self, -1));
    } else {
        line.reset_steal(object_call_method(self, ID(readline)));
        if (line && !str_check(line.get())) {
            return err_format(exc::OSError, "readline() should have returned a str object, not '%.200s'", line->type->tp_name);
        }
    }
    if (!line) return nullptr;
    if (str_length(line.get()) > 0) return line.release();
    self->telling = self->seekable;
    return nullptr;
}

// ---- Position

// Bytes of the file that wait here as input.
bool waiting_bytes(TextObject* self, int64_t* result) {
    if (self->raw_input) {
        *result = static_cast<int64_t>(left(self));
        return true;
    }
    Ref<> text = own(str_from_utf8(self->input->data() + self->input_at, static_cast<intptr_t>(left(self))));
    if (!text) return false;
    const std::string name = str_to_utf8(self->encoding), errors = errors_text(self);
    Ref<> bytes = own(str_as_encoded(text.get(), name.c_str(), errors.c_str()));
    if (!bytes) return false;
    *result = bytes_size(bytes.get()) + static_cast<int64_t>(self->tail->size());
    return true;
}

Owned text_tell(Object* object, Object*) {
    TextObject* self = as_text(object);
    if (!check_open(self)) return nullptr;
    if (!self->seekable) return err_unsupported("underlying stream is not seekable");
    if (!self->telling) return err_set_string(exc::OSError, "telling position disabled by next() call");
    if (write_flush(self) < 0) return nullptr;
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    if (!flushed) return nullptr;
    Ref<> position = own(object_call_method(self->buffer, ID(tell)));
    int64_t waiting;
    if (!position || !waiting_bytes(self, &waiting)) return nullptr;
    if (waiting == 0) return position.release();
    Ref<> difference = own(int_from_int64(waiting));
    return difference ? number_subtract(position.get(), difference.get()) : nullptr;
}

Owned text_seek(Object* object, Object* const* args, intptr_t nargs) {
    TextObject* self = as_text(object);
    int whence = 0;
    if (!check_positional("seek", nargs, 1, 2) || (nargs > 1 && !argument_int(args[1], &whence)) || !check_open(self)) return nullptr;
    if (!self->seekable) return err_unsupported("underlying stream is not seekable");
    const int nonzero = object_is_true(args[0]);
    if (nonzero < 0) return nullptr;
    Ref<> target = share(args[0]);
    if (whence == SEEK_CUR) {
        if (nonzero) return err_unsupported("can't do nonzero cur-relative seeks");
        target.reset_steal(text_tell(self, nullptr));
        if (!target) return nullptr;
    } else if (whence == SEEK_END) {
        if (nonzero) return err_unsupported("can't do nonzero end-relative seeks");
    } else if (whence != SEEK_SET) {
        return err_format(exc::ValueError, "invalid whence (%d, should be %d, %d or %d)", whence, SEEK_SET, SEEK_CUR, SEEK_END);
    } else {
        Ref<> zero = own(int_from_int(0));
        const int negative = object_rich_compare_bool(target.get(), zero.get(), kLT);
        if (negative < 0) return nullptr;
        if (negative) return err_format(exc::ValueError, "negative seek position %R", target.get());
    }
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    if (!flushed) return nullptr;
    drop_input(self);
    if (self->encoder) {
        Ref<> reset = own(object_call_method(self->encoder, ID(reset)));
        if (!reset) return nullptr;
    }
    Ref<> origin = own(int_from_int(whence == SEEK_END ? SEEK_END : SEEK_SET));
    return object_call_method(self->buffer, ID(seek), {target.get(), origin.get()});
}
Owned text_truncate(Object* object, Object* const* args, intptr_t nargs) {
    TextObject* self = as_text(object);
    if (!check_positional("truncate", nargs, 0, 1) || !check_ready(self)) return nullptr;
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    return flushed ? object_call_method(self->buffer, ID(truncate), {nargs ? args[0] : none()}) : nullptr;
}

// ---- The rest

Owned pass_on(Object* object, Object* name) {
    TextObject* self = as_text(object);
    return check_ready(self) ? object_call_method(self->buffer, name) : nullptr;
}
Owned text_fileno(Object* self, Object*) { return pass_on(self, ID(fileno)); }
Owned text_seekable(Object* self, Object*) { return pass_on(self, ID(seekable)); }
Owned text_readable(Object* self, Object*) { return pass_on(self, ID(readable)); }
Owned text_writable(Object* self, Object*) { return pass_on(self, ID(writable)); }
Owned text_isatty(Object* self, Object*) { return pass_on(self, ID(isatty)); }

Owned text_detach(Object* object, Object*) {
    TextObject* self = as_text(object);
    if (!check_ready(self)) return nullptr;
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    if (!flushed) return nullptr;
    Object* buffer = self->buffer;
    self->buffer = nullptr;
    self->detached = true;
    self->ready = false;
    return buffer;
}

Owned text_close(Object* object, Object*) {
    TextObject* self = as_text(object);
    bool closed;
    if (!check_ready(self) || !io_is_closed(self, &closed)) return nullptr;
    if (closed) return new_none();
    if (self->finalizing) {
        Ref<> warned = own(object_call_method(self->buffer, ID(_dealloc_warn), {self}));
        if (!warned) err_clear();
    }
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    Ref<> failure = own(err_fetch());
    Ref<> result = own(object_call_method(self->buffer, ID(close)));
    if (!failure) return result.release();
    err_chain(failure.release());
    return nullptr;
}

Owned text_reconfigure(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"encoding", "errors", "newline", "line_buffering", "write_through", nullptr};
    static const KeywordParser parser{"reconfigure", names, 0, 0};
    TextObject* self = as_text(object);
    Object* out[5] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !check_ready(self)) return nullptr;
    const bool recode = (out[0] && !is_none(out[0])) || (out[1] && !is_none(out[1]));
    if ((recode || out[2]) && (!self->input->empty() || self->decoder)) {
        return err_unsupported("It is not possible to set the encoding or newline of stream after the first read");
    }
    bool line_buffering = self->line_buffering, write_through = self->write_through;
    if (out[3] && !is_none(out[3]) && !argument_bool(out[3], &line_buffering)) return nullptr;
    if (out[4] && !is_none(out[4]) && !argument_bool(out[4], &write_through)) return nullptr;
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    if (!flushed) return nullptr;
    if (out[2]) {
        if (!is_none(out[2]) && !str_check(out[2])) {
            argument_bad("reconfigure", "argument 'newline'", "str or None", out[2]);
            return nullptr;
        }
        const char* newline = is_none(out[2]) ? nullptr : str_as_utf8(out[2]);
        if (!self->newlines.choose(newline)) return nullptr;
    }
    if (recode) {
        // A new encoding begins with strict errors unless told otherwise.
        Object* encoding = out[0] && !is_none(out[0]) ? out[0] : self->encoding;
        Object* errors = out[1] && !is_none(out[1]) ? out[1] : out[0] && !is_none(out[0]) ? none() : self->errors;
        Ref<> held_encoding = share(encoding), held_errors = share(errors);
        if (!choose_codec(self, encoding, errors)) return nullptr;
    }
    self->line_buffering = line_buffering;
    self->write_through = write_through;
    return new_none();
}

Owned text_repr(Object* object) {
    TextObject* self = as_text(object);
    if (!check_ready(self)) return nullptr;
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return err_format(exc::RuntimeError, "reentrant call inside %s.__repr__", self->type->tp_name);
    Ref<> result = own(str_from_string("<_io.TextIOWrapper"));
    Object* found = nullptr;
    if (object_lookup_attr(self, ID(name), &found) < 0) {
        if (!err_matches(exc::ValueError)) return nullptr;
        err_clear();  // the buffer has been detached
    }
    Ref<> name = own(found);
    if (result && name) result.reset_steal(str_from_format("%U name=%R", result.get(), name.get()));
    found = nullptr;
    if (object_lookup_attr(self, ID(mode), &found) < 0) return nullptr;
    Ref<> mode = own(found);
    if (result && mode) result.reset_steal(str_from_format("%U mode=%R", result.get(), mode.get()));
    return result ? str_from_format("%U encoding=%R>", result.get(), self->encoding) : nullptr;
}

Owned get_name(Object* object, void*) {
    TextObject* self = as_text(object);
    return check_ready(self) ? object_get_attr(self->buffer, ID(name)) : nullptr;
}
Owned get_closed(Object* object, void*) {
    TextObject* self = as_text(object);
    return check_ready(self) ? object_get_attr(self->buffer, ID(closed)) : nullptr;
}
Owned get_newlines(Object* self, void*) { return check_ready(as_text(self)) ? as_text(self)->newlines.seen() : nullptr; }
Owned get_errors(Object* self, void*) { return check_ready(as_text(self)) ? newref(as_text(self)->errors) : nullptr; }
Owned get_chunk_size(Object* self, void*) { return check_ready(as_text(self)) ? int_from_ssize(as_text(self)->chunk_size) : nullptr; }
int set_chunk_size(Object* object, Object* value, void*) {
    TextObject* self = as_text(object);
    if (!check_ready(self)) return -1;
    if (!value) {
        err_set_string(exc::AttributeError, "cannot delete attribute");
        return -1;
    }
    const intptr_t size = number_as_ssize(value, &exc::ValueError);
    if (size == -1 && err_occurred()) return -1;
    if (size <= 0) {
        err_set_string(exc::ValueError, "a strictly positive integer is required");
        return -1;
    }
    self->chunk_size = size;
    return 0;
}

int text_traverse(Object* object, Visit visit, void* context) {
    TextObject* self = as_text(object);
    RS_VISIT(self->buffer, Edge::field("buffer"));
    RS_VISIT(self->encoding, Edge::field("encoding"));
    RS_VISIT(self->errors, Edge::field("errors"));
    RS_VISIT(self->decoder, Edge::field("decoder"));
    RS_VISIT(self->encoder, Edge::field("encoder"));
    return io_traverse_common(self, visit, context);
}
int text_clear(Object* object) {
    TextObject* self = as_text(object);
    self->ready = false;
    clear_ref(self->buffer);
    clear_ref(self->encoding);
    clear_ref(self->errors);
    clear_ref(self->decoder);
    clear_ref(self->encoder);
    return io_clear_common(self);
}
void text_dealloc(Object* object) {
    TextObject* self = as_text(object);
    self->finalizing = true;
    if (io_dealloc_begin(self)) return;
    text_clear(self);
    delete self->input;
    delete self->tail;
    delete self->pending;
    io_dealloc_common(self);
}

const MethodDef text_methods[] = {
    method_def("detach", text_detach, kMethNoargs),     method_def("reconfigure", text_reconfigure, kMethFastcall | kMethKeywords),
    method_def("write", text_write, kMethO),            method_def("read", text_read, kMethFastcall),
    method_def("readline", text_readline, kMethFastcall), method_def("flush", text_flush, kMethNoargs),
    method_def("close", text_close, kMethNoargs),       method_def("fileno", text_fileno, kMethNoargs),
    method_def("seekable", text_seekable, kMethNoargs), method_def("readable", text_readable, kMethNoargs),
    method_def("writable", text_writable, kMethNoargs), method_def("isatty", text_isatty, kMethNoargs),
    method_def("seek", text_seek, kMethFastcall),       method_def("tell", text_tell, kMethNoargs),
    method_def("truncate", text_truncate, kMethFastcall), {nullptr, nullptr, 0}};
const MemberDef text_members[] = {{"encoding", MemberKind::kObject, offsetof(TextObject, encoding), true},
                                  {"buffer", MemberKind::kObject, offsetof(TextObject, buffer), true},
                                  {"line_buffering", MemberKind::kBool, offsetof(TextObject, line_buffering), true},
                                  {"write_through", MemberKind::kBool, offsetof(TextObject, write_through), true},
                                  {"_finalizing", MemberKind::kBool, offsetof(TextObject, finalizing), false},
                                  {nullptr, MemberKind::kNone, 0}};
const GetSetDef text_getset[] = {{"name", get_name},
                                 {"closed", get_closed},
                                 {"newlines", get_newlines},
                                 {"errors", get_errors},
                                 {"_CHUNK_SIZE", get_chunk_size, set_chunk_size},
                                 {nullptr, nullptr}};

}  // namespace

bool locale_is_c() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = host().variable(name);
        if (value && *value) return strcmp(value, "C") == 0 || strcmp(value, "POSIX") == 0;
    }
    return true;
}

Type text_io_wrapper_type = [] {
    Type type = io_static_type("_io.TextIOWrapper", &text_io_base_type, sizeof(TextObject));
    type.tp_dealloc = text_dealloc;
    type.tp_traverse = text_traverse;
    type.tp_clear = text_clear;
    type.tp_repr = text_repr;
    type.tp_iternext = text_next;
    type.tp_methods = text_methods;
    type.tp_members = text_members;
    type.tp_getset = text_getset;
    type.tp_init = text_init;
    type.tp_new = text_tp_new;
    return type;
}();

Owned text_io_new(Object* buffer, Object* encoding, Object* errors, const char* newline, bool line_buffering, bool write_through) {
    Ref<> self = own(text_tp_new(&text_io_wrapper_type, nullptr, nullptr));
    if (!self || initialize(as_text(self.get()), buffer, encoding, errors, newline, line_buffering, write_through) < 0) return nullptr;
    return self.release();
}

}  // namespace refscope::vm
