// The module _codecs: the registry and the codecs that the package `encodings` wraps.
#include <cstring>
#include <string>

#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

Owned create_codecs_module();

namespace {

// (result, length): what every codec function returns. Takes the result.
Owned with_length(Object* stolen, intptr_t length) {
    auto result = own(stolen);
    if (!result) return nullptr;
    auto count = own(int_from_ssize(length));
    return count ? tuple_pack({result.get(), count.get()}) : nullptr;
}

// None or absent: nullptr.
bool errors_argument(const char* function, Object* const* args, intptr_t nargs, intptr_t index, const char** errors) {
    *errors = nullptr;
    if (index >= nargs || is_none(args[index])) return true;
    if (!str_check(args[index])) {
        std::string where = "argument " + std::to_string(index + 1);
        argument_bad(function, where.c_str(), "str or None", args[index]);
        return false;
    }
    return argument_text(function, static_cast<int>(index + 1), args[index], errors);
}

template <class Encode>
Owned encode_with(const char* name, Object* const* args, intptr_t nargs, intptr_t most, Encode encode) {
    if (!check_positional(name, nargs, 1, most)) return nullptr;
    if (!str_check(args[0])) return argument_bad(name, "argument 1", "str", args[0]), nullptr;
    const char* errors;
    if (!errors_argument(name, args, nargs, 1, &errors)) return nullptr;
    return with_length(encode(args[0], errors), str_length(args[0]));
}

// Decoders take any buffer; `final` says that nothing follows.
template <class Decode>
Owned decode_with(const char* name, Object* const* args, intptr_t nargs, intptr_t most, bool final_default, Decode decode) {
    if (!check_positional(name, nargs, 1, most)) return nullptr;
    BufferHold buffer;
    std::string utf8;
    const char* data;
    intptr_t size;
    // The escape codecs take text, too.
    if (str_check(args[0]) && std::strstr(name, "escape")) {
        utf8 = str_to_utf8(args[0]);
        data = utf8.data();
        size = static_cast<intptr_t>(utf8.size());
    } else {
        if (!buffer.get(args[0])) return nullptr;
        data = buffer.data();
        size = buffer.size();
    }
    const char* errors;
    if (!errors_argument(name, args, nargs, 1, &errors)) return nullptr;
    bool last = final_default;
    if (nargs > 2 && most > 2 && !argument_bool(args[2], &last)) return nullptr;
    intptr_t consumed = size;
    Owned text = decode(data, size, errors, last ? nullptr : &consumed);
    return with_length(text, consumed);
}

#define RS_ENCODER(function, name, call)                                             \
    Owned function(Object*, Object* const* args, intptr_t nargs) {                   \
        return encode_with(name, args, nargs, 2, [](Object* text, const char* errors) -> Owned { return call; }); \
    }
#define RS_DECODER(function, name, most, final_default, call)                        \
    Owned function(Object*, Object* const* args, intptr_t nargs) {                   \
        return decode_with(name, args, nargs, most, final_default,                   \
                           [](const char* data, intptr_t size, const char* errors, intptr_t* consumed) -> Owned { return call; }); \
    }

RS_ENCODER(utf_8_encode, "utf_8_encode", utf8_encode(text, errors))
RS_ENCODER(latin_1_encode, "latin_1_encode", latin1_encode(text, errors))
RS_ENCODER(ascii_encode_function, "ascii_encode", ascii_encode(text, errors))
RS_ENCODER(utf_16_le_encode, "utf_16_le_encode", utf16_encode(text, errors, -1))
RS_ENCODER(utf_16_be_encode, "utf_16_be_encode", utf16_encode(text, errors, 1))
RS_ENCODER(utf_32_le_encode, "utf_32_le_encode", utf32_encode(text, errors, -1))
RS_ENCODER(utf_32_be_encode, "utf_32_be_encode", utf32_encode(text, errors, 1))
RS_ENCODER(unicode_escape_encode_function, "unicode_escape_encode", unicode_escape_encode(text))
RS_ENCODER(raw_unicode_escape_encode_function, "raw_unicode_escape_encode", raw_unicode_escape_encode(text))

RS_DECODER(utf_8_decode, "utf_8_decode", 3, false, utf8_decode(data, size, errors, consumed))
RS_DECODER(latin_1_decode, "latin_1_decode", 2, true, latin1_decode(data, size))
RS_DECODER(ascii_decode_function, "ascii_decode", 2, true, ascii_decode(data, size, errors))
RS_DECODER(unicode_escape_decode_function, "unicode_escape_decode", 3, true, unicode_escape_decode(data, size, errors, consumed))
RS_DECODER(raw_unicode_escape_decode_function, "raw_unicode_escape_decode", 3, true, raw_unicode_escape_decode(data, size, errors, consumed))

template <int kUnit, int kOrder>
Owned wide_decode(Object*, Object* const* args, intptr_t nargs) {
    const char* name = kUnit == 2 ? (kOrder == 0 ? "utf_16_decode" : kOrder < 0 ? "utf_16_le_decode" : "utf_16_be_decode")
                                  : (kOrder == 0 ? "utf_32_decode" : kOrder < 0 ? "utf_32_le_decode" : "utf_32_be_decode");
    return decode_with(name, args, nargs, 3, false, [](const char* data, intptr_t size, const char* errors, intptr_t* consumed) {
        int order = kOrder;
        return kUnit == 2 ? utf16_decode(data, size, errors, &order, consumed) : utf32_decode(data, size, errors, &order, consumed);
    });
}
// (text, consumed, byteorder)
template <int kUnit>
Owned wide_ex_decode(Object*, Object* const* args, intptr_t nargs) {
    const char* name = kUnit == 2 ? "utf_16_ex_decode" : "utf_32_ex_decode";
    if (!check_positional(name, nargs, 1, 4)) return nullptr;
    BufferHold buffer;
    const char* errors;
    int order = 0;
    bool last = false;
    if (!buffer.get(args[0]) || !errors_argument(name, args, nargs, 1, &errors)) return nullptr;
    if (nargs > 2 && !argument_int(args[2], &order)) return nullptr;
    if (nargs > 3 && !argument_bool(args[3], &last)) return nullptr;
    intptr_t consumed = buffer.size();
    auto text = own(kUnit == 2 ? utf16_decode(buffer.data(), buffer.size(), errors, &order, last ? nullptr : &consumed)
                               : utf32_decode(buffer.data(), buffer.size(), errors, &order, last ? nullptr : &consumed));
    if (!text) return nullptr;
    auto count = own(int_from_ssize(consumed));
    auto byte_order = own(int_from_int64(order));
    return count && byte_order ? tuple_pack({text.get(), count.get(), byte_order.get()}) : nullptr;
}
template <int kUnit>
Owned wide_encode(Object*, Object* const* args, intptr_t nargs) {
    const char* name = kUnit == 2 ? "utf_16_encode" : "utf_32_encode";
    int order = 0;
    if (nargs > 2 && !argument_int(args[2], &order)) return nullptr;
    return encode_with(name, args, nargs, 3, [order](Object* text, const char* errors) {
        return kUnit == 2 ? utf16_encode(text, errors, order) : utf32_encode(text, errors, order);
    });
}

Owned charmap_encode_function(Object*, Object* const* args, intptr_t nargs) {
    Object* mapping = nargs > 2 && !is_none(args[2]) ? args[2] : nullptr;
    return encode_with("charmap_encode", args, nargs, 3, [mapping](Object* text, const char* errors) { return charmap_encode(text, mapping, errors); });
}
Owned charmap_decode_function(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("charmap_decode", nargs, 1, 3)) return nullptr;
    BufferHold buffer;
    const char* errors;
    if (!buffer.get(args[0]) || !errors_argument("charmap_decode", args, nargs, 1, &errors)) return nullptr;
    return with_length(charmap_decode(buffer.data(), buffer.size(), nargs > 2 && !is_none(args[2]) ? args[2] : nullptr, errors), buffer.size());
}
// The inverse of a decoding table of 256 characters.
Owned charmap_build(Object*, Object* table) {
    if (!str_check(table)) return argument_bad("charmap_build", "argument", "str", table), nullptr;
    auto map = own(dict_new());
    for (intptr_t i = 0; map && i < str_length(table) && i < 256; ++i) {
        char32_t c = str_read(table, i);
        if (c == 0xfffe) continue;
        auto key = own(int_from_int64(static_cast<int64_t>(c)));
        auto value = own(int_from_int64(i));
        if (!key || !value || dict_set_item(map.get(), key.get(), value.get()) < 0) return nullptr;
    }
    return map.release();
}

Owned escape_decode(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("escape_decode", nargs, 1, 2)) return nullptr;
    const char* errors;
    if (!errors_argument("escape_decode", args, nargs, 1, &errors)) return nullptr;
    std::string text;
    if (str_check(args[0])) {
        text = str_to_utf8(args[0]);
    } else {
        BufferHold buffer;
        if (!buffer.get(args[0])) return nullptr;
        text.assign(buffer.data(), static_cast<size_t>(buffer.size()));
    }
    return with_length(bytes_decode_escape(text, errors), static_cast<intptr_t>(text.size()));
}
Owned escape_encode(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("escape_encode", nargs, 1, 2)) return nullptr;
    if (!bytes_check(args[0])) return argument_bad("escape_encode", "argument 1", "bytes", args[0]), nullptr;
    std::string out;
    for (char c : bytes_view(args[0])) {
        auto byte = static_cast<uint8_t>(c);
        if (c == '\'' || c == '\\') (out += '\\') += c;
        else if (c == '\t') out += "\\t";
        else if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (byte < ' ' || byte >= 0x7f) {
            out += "\\x";
            out += "0123456789abcdef"[byte >> 4];
            out += "0123456789abcdef"[byte & 15];
        } else {
            out += c;
        }
    }
    return with_length(bytes_from_view(out), bytes_size(args[0]));
}
Owned readbuffer_encode(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("readbuffer_encode", nargs, 1, 2)) return nullptr;
    if (str_check(args[0])) return with_length(utf8_encode(args[0], nullptr), str_length(args[0]));
    BufferHold buffer;
    if (!buffer.get(args[0])) return nullptr;
    return with_length(bytes_from_data(buffer.data(), buffer.size()), buffer.size());
}

Owned register_function(Object*, Object* function) { return codec_register(function) < 0 ? nullptr : new_none(); }
Owned unregister_function(Object*, Object* function) { return codec_unregister(function) < 0 ? nullptr : new_none(); }
Owned lookup_function(Object*, Object* encoding) {
    const char* name;
    if (!str_check(encoding)) return argument_bad("lookup", "argument", "str", encoding), nullptr;
    return argument_text("lookup", 1, encoding, &name) ? codec_lookup(name) : nullptr;
}
Owned register_error(Object*, Object* const* args, intptr_t nargs) {
    const char* name;
    if (!check_positional("register_error", nargs, 2, 2) || !argument_text("register_error", 1, args[0], &name)) return nullptr;
    return codec_register_error(name, args[1]) < 0 ? nullptr : new_none();
}
Owned lookup_error(Object*, Object* name_object) {
    const char* name;
    if (!str_check(name_object)) return argument_bad("lookup_error", "argument", "str", name_object), nullptr;
    return argument_text("lookup_error", 1, name_object, &name) ? codec_lookup_error(name) : nullptr;
}

template <bool kEncode>
Owned convert(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"obj", "encoding", "errors", nullptr};
    static const KeywordParser parser{kEncode ? "encode" : "decode", names, 1, 3, 0};
    Object* given[3];
    const char *encoding = "utf-8", *errors = nullptr;
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    if (given[1] && !argument_text(parser.function, 2, given[1], &encoding)) return nullptr;
    if (given[2] && !argument_text(parser.function, 3, given[2], &errors)) return nullptr;
    return kEncode ? codec_encode(given[0], encoding, errors) : codec_decode(given[0], encoding, errors);
}

const MethodDef functions[] = {
    method_def("register", register_function, kMethO),
    method_def("unregister", unregister_function, kMethO),
    method_def("lookup", lookup_function, kMethO),
    method_def("encode", convert<true>, kMethFastcall | kMethKeywords, "encode($module, /, obj, encoding='utf-8', errors='strict')\n--\n\n"),
    method_def("decode", convert<false>, kMethFastcall | kMethKeywords, "decode($module, /, obj, encoding='utf-8', errors='strict')\n--\n\n"),
    method_def("escape_encode", escape_encode, kMethFastcall),
    method_def("escape_decode", escape_decode, kMethFastcall),
    method_def("utf_8_encode", utf_8_encode, kMethFastcall),
    method_def("utf_8_decode", utf_8_decode, kMethFastcall),
    method_def("utf_16_encode", wide_encode<2>, kMethFastcall),
    method_def("utf_16_le_encode", utf_16_le_encode, kMethFastcall),
    method_def("utf_16_be_encode", utf_16_be_encode, kMethFastcall),
    method_def("utf_16_decode", wide_decode<2, 0>, kMethFastcall),
    method_def("utf_16_le_decode", wide_decode<2, -1>, kMethFastcall),
    method_def("utf_16_be_decode", wide_decode<2, 1>, kMethFastcall),
    method_def("utf_16_ex_decode", wide_ex_decode<2>, kMethFastcall),
    method_def("utf_32_encode", wide_encode<4>, kMethFastcall),
    method_def("utf_32_le_encode", utf_32_le_encode, kMethFastcall),
    method_def("utf_32_be_encode", utf_32_be_encode, kMethFastcall),
    method_def("utf_32_decode", wide_decode<4, 0>, kMethFastcall),
    method_def("utf_32_le_decode", wide_decode<4, -1>, kMethFastcall),
    method_def("utf_32_be_decode", wide_decode<4, 1>, kMethFastcall),
    method_def("utf_32_ex_decode", wide_ex_decode<4>, kMethFastcall),
    method_def("unicode_escape_encode", unicode_escape_encode_function, kMethFastcall),
    method_def("unicode_escape_decode", unicode_escape_decode_function, kMethFastcall),
    method_def("raw_unicode_escape_encode", raw_unicode_escape_encode_function, kMethFastcall),
    method_def("raw_unicode_escape_decode", raw_unicode_escape_decode_function, kMethFastcall),
    method_def("latin_1_encode", latin_1_encode, kMethFastcall),
    method_def("latin_1_decode", latin_1_decode, kMethFastcall),
    method_def("ascii_encode", ascii_encode_function, kMethFastcall),
    method_def("ascii_decode", ascii_decode_function, kMethFastcall),
    method_def("charmap_encode", charmap_encode_function, kMethFastcall),
    method_def("charmap_decode", charmap_decode_function, kMethFastcall),
    method_def("charmap_build", charmap_build, kMethO),
    method_def("readbuffer_encode", readbuffer_encode, kMethFastcall),
    method_def("register_error", register_error, kMethFastcall),
    method_def("lookup_error", lookup_error, kMethO),
    {nullptr, nullptr, 0},
};

}  // namespace

Owned create_codecs_module() { return module_create("_codecs", nullptr, functions); }

}  // namespace refscope::vm
