// The codec registry: search functions, the cache of codecs found, error handlers by name; and the shortcuts by which str.encode
// and bytes.decode reach the common encodings without it.
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/buffer.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codec_errors.h"
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Object* search_path = nullptr;     // list
Object* search_cache = nullptr;    // dict: normalized name -> CodecInfo
Object* error_registry = nullptr;  // dict: name -> handler

// Lower case, with '_' for runs of characters that are neither letters, digits nor '.' (PEP 100).
std::string normalized(const char* encoding) {
    std::string out;
    for (const char* p = encoding; *p; ++p) {
        char c = *p;
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
        if (c == ' ') c = '-';
        out += c;
    }
    return out;
}

// The forms with a given byte order go through the registry, as in CPython: its errors say so.
enum class Known { kNone, kUtf8, kLatin1, kAscii, kUtf16, kUtf32 };
Known known_encoding(const char* encoding) {
    std::string name;
    for (const char* p = encoding; *p; ++p) {
        char c = *p;
        if (c == '-' || c == ' ') c = '_';
        name += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    static const struct {
        const char* name;
        Known encoding;
    } table[] = {{"utf_8", Known::kUtf8}, {"utf8", Known::kUtf8}, {"latin1", Known::kLatin1}, {"latin_1", Known::kLatin1},
                 {"iso_8859_1", Known::kLatin1}, {"iso8859_1", Known::kLatin1}, {"ascii", Known::kAscii}, {"us_ascii", Known::kAscii},
                 {"utf16", Known::kUtf16}, {"utf_16", Known::kUtf16},
                 {"utf32", Known::kUtf32}, {"utf_32", Known::kUtf32}};
    for (auto& entry : table) {
        if (name == entry.name) return entry.encoding;
    }
    return Known::kNone;
}

// An exception of a plain kind that a codec raised is raised again with the codec's name, the old one as its cause.
void name_the_codec(const char* operation, const char* encoding) {
    auto old = own(err_fetch());
    auto* exception = static_cast<ExceptionObject*>(old.get());
    Type* type = exception->type;
    bool plain = type->tp_new == exc::BaseException.tp_new && type->tp_init == exc::BaseException.tp_init &&
                 type->tp_basicsize == exc::BaseException.tp_basicsize && (!exception->dict || dict_size(exception->dict) == 0) &&
                 tuple_size(exception->args) <= 1 && (tuple_size(exception->args) == 0 || str_check_exact(tuple_get_item(exception->args, 0)));
    if (!plain) {
        err_restore(old.release());
        return;
    }
    err_format(*type, "%s with '%s' codec failed (%.200s: %S)", operation, encoding, type_short_name(type), old.get());
    auto renamed = own(err_fetch());
    exception_set_context(renamed.get(), newref(old.get()));
    exception_set_cause(renamed.get(), old.release());
    err_restore(renamed.release());
}

Owned call_codec(Object* function, Object* object, const char* errors, const char* what, const char* encoding) {
    Ref<> errors_object;
    if (errors) {
        errors_object = own(str_from_string(errors));
        if (!errors_object) return nullptr;
    }
    auto result = own(errors ? object_call_args(function, {object, errors_object.get()}) : object_call_onearg(function, object));
    if (!result) {
        name_the_codec(what[0] == 'e' ? "encoding" : "decoding", encoding);
        return nullptr;
    }
    if (!tuple_check(result.get()) || tuple_size(result.get()) != 2) {
        return err_format(exc::TypeError, "%s must return a tuple (object, integer)", what);
    }
    return newref(tuple_get_item(result.get(), 0));
}

// codec_lookup for text encodings: refuses codecs like hex that do not convert between str and bytes.
Owned look_up_text_encoding(const char* encoding, const char* alternative) {
    auto codec = own(codec_lookup(encoding));
    if (!codec) return nullptr;
    if (!tuple_check_exact(codec.get())) {
        auto flag = own(object_get_attr_string(codec.get(), "_is_text_encoding"));
        if (!flag) {
            if (!err_matches(exc::AttributeError)) return nullptr;
            err_clear();
        } else {
            int is_text = object_is_true(flag.get());
            if (is_text < 0) return nullptr;
            if (!is_text) {
                return err_format(exc::LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs", encoding, alternative);
            }
        }
    }
    return codec.release();
}

}  // namespace

int init_codec_registry() {
    if (search_path) return 0;
    search_path = list_new(0);
    search_cache = dict_new();
    error_registry = dict_new();
    if (!search_path || !search_cache || !error_registry) return -1;
    register_root(&search_path, "codec search functions");
    register_root(&search_cache, "codecs in use");
    register_root(&error_registry, "codec error handlers");
    static const char* const names[] = {"strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};
    for (size_t i = 0; i < std::size(names); ++i) {
        auto function = own(builtin_function_new(&codec_error_functions[i], nullptr, nullptr));
        if (!function || dict_set_item_string(error_registry, names[i], function.get()) < 0) return -1;
    }
    return 0;
}

int codec_register(Object* function) {
    if (init_codec_registry() < 0) return -1;
    if (!callable_check(function)) return err_set_string(exc::TypeError, "argument must be callable"), -1;
    return list_append(search_path, function);
}

int codec_unregister(Object* function) {
    if (!search_path) return 0;
    for (intptr_t i = 0; i < list_size(search_path); ++i) {
        if (list_get_item(search_path, i) == function) {
            dict_clear(search_cache);
            return list_set_slice(search_path, i, i + 1, nullptr);
        }
    }
    return 0;
}

Owned codec_lookup(const char* encoding) {
    if (init_codec_registry() < 0) return nullptr;
    Object* name = str_from_view(normalized(encoding));
    if (!name) return nullptr;
    str_intern_in_place(&name);
    auto key = own(name);
    Object* found = dict_get_item_with_error(search_cache, key.get());
    if (found) return newref(found);
    if (err_occurred()) return nullptr;
    if (list_size(search_path) == 0) {
        // The package `encodings` registers its search function when it is imported.
        auto import_function = own(xnewref(builtin_lookup(ID(__import__))));
        if (!import_function) return nullptr;
        auto module = own(object_call_onearg(import_function.get(), ID(encodings)));
        if (!module) return nullptr;
    }
    for (intptr_t i = 0; i < list_size(search_path); ++i) {
        auto function = share(list_get_item(search_path, i));
        auto result = own(object_call_onearg(function.get(), key.get()));
        if (!result) return nullptr;
        if (is_none(result.get())) continue;
        if (!tuple_check(result.get()) || tuple_size(result.get()) != 4) {
            return err_set_string(exc::TypeError, "codec search functions must return 4-tuples");
        }
        if (dict_set_item(search_cache, key.get(), result.get()) < 0) return nullptr;
        return result.release();
    }
    return err_format(exc::LookupError, "unknown encoding: %s", encoding);
}

Owned codec_encode(Object* object, const char* encoding, const char* errors) {
    auto codec = own(codec_lookup(encoding));
    return codec ? call_codec(tuple_get_item(codec.get(), 0), object, errors, "encoder", encoding) : nullptr;
}
Owned codec_decode(Object* object, const char* encoding, const char* errors) {
    auto codec = own(codec_lookup(encoding));
    return codec ? call_codec(tuple_get_item(codec.get(), 1), object, errors, "decoder", encoding) : nullptr;
}

int codec_register_error(const char* name, Object* handler) {
    if (init_codec_registry() < 0) return -1;
    if (!callable_check(handler)) return err_set_string(exc::TypeError, "handler must be callable"), -1;
    return dict_set_item_string(error_registry, name, handler);
}

Owned codec_lookup_error(const char* name) {
    if (init_codec_registry() < 0) return nullptr;
    if (!name) name = "strict";
    Object* handler = dict_get_item_string_with_error(error_registry, name);
    if (handler) return newref(handler);
    if (err_occurred()) return nullptr;
    return err_format(exc::LookupError, "unknown error handler name '%.400s'", name);
}

Owned str_as_encoded(Object* text, const char* encoding, const char* errors) {
    if (!encoding) return utf8_encode(text, errors);
    switch (known_encoding(encoding)) {
        case Known::kUtf8: return utf8_encode(text, errors);
        case Known::kLatin1: return latin1_encode(text, errors);
        case Known::kAscii: return ascii_encode(text, errors);
        case Known::kUtf16: return utf16_encode(text, errors, 0);
        case Known::kUtf32: return utf32_encode(text, errors, 0);
        case Known::kNone: break;
    }
    auto codec = own(look_up_text_encoding(encoding, "codecs.encode()"));
    auto result = own(codec ? call_codec(tuple_get_item(codec.get(), 0), text, errors, "encoder", encoding) : nullptr);
    if (!result || bytes_check(result.get())) return result.release();
    if (bytearray_check(result.get())) {
        if (err_warn(exc::RuntimeWarning, 1, "encoder %s returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types",
                     encoding) < 0) {
            return nullptr;
        }
        return bytes_from_data(bytearray_data(result.get()), bytearray_size(result.get()));
    }
    return err_format(exc::TypeError, "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
                      encoding, result->type->tp_name);
}

Owned str_decode(const char* data, intptr_t size, const char* encoding, const char* errors) {
    if (!encoding) return utf8_decode(data, size, errors);
    int order = 0;
    switch (known_encoding(encoding)) {
        case Known::kUtf8: return utf8_decode(data, size, errors);
        case Known::kLatin1: return latin1_decode(data, size);
        case Known::kAscii: return ascii_decode(data, size, errors);
        case Known::kUtf16: return utf16_decode(data, size, errors, &order);
        case Known::kUtf32: return utf32_decode(data, size, errors, &order);
        case Known::kNone: break;
    }
    auto bytes = own(bytes_from_data(data, size));
    if (!bytes) return nullptr;
    auto codec = own(look_up_text_encoding(encoding, "codecs.decode()"));
    auto result = own(codec ? call_codec(tuple_get_item(codec.get(), 1), bytes.get(), errors, "decoder", encoding) : nullptr);
    if (!result || str_check(result.get())) return result.release();
    return err_format(exc::TypeError, "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                      encoding, result->type->tp_name);
}

Owned str_from_encoded_object(Object* object, const char* encoding, const char* errors) {
    if (str_check(object)) return err_set_string(exc::TypeError, "decoding str is not supported");
    if (!buffer_check(object)) {
        return err_format(exc::TypeError, "decoding to str: need a bytes-like object, %.80s found", object->type->tp_name);
    }
    BufferHold buffer;
    if (!buffer.get(object)) return nullptr;
    if (buffer.size() == 0 && (!encoding || known_encoding(encoding) != Known::kNone)) return newref(str_empty());
    return str_decode(buffer.data(), buffer.size(), encoding, errors);
}

}  // namespace refscope::vm
