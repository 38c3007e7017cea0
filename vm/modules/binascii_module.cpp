// The module binascii: bytes as hexadecimal, base64, uuencoded and quoted-printable text, and back; checksums.
#include <array>
#include <cstdint>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/modules/binascii_quoted.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/bytes_methods.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Object *binascii_error = nullptr, *binascii_incomplete = nullptr;  // roots

Owned fail(const char* message) { return err_set_string(*as_type(binascii_error), message); }

// Data that may also be an ASCII str.
bool ascii_argument(Object* argument, std::string* result) {
    if (str_check(argument)) {
        if (!str_is_ascii(argument)) {
            err_set_string(exc::ValueError, "string argument should contain only ASCII characters");
            return false;
        }
        *result = str_to_utf8(argument);
        return true;
    }
    BufferHold view;
    if (!buffer_check(argument)) {
        err_format(exc::TypeError, "argument should be bytes, buffer or ASCII string, not '%.100s'", argument->type->tp_name);
        return false;
    }
    if (!view.get(argument)) return false;
    result->assign(view.data(), static_cast<size_t>(view.size()));
    return true;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
Owned unhexlify(Object*, Object* argument) {
    std::string text, result;
    if (!ascii_argument(argument, &text)) return nullptr;
    if (text.size() % 2) return fail("Odd-length string");
    for (size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return fail("Non-hexadecimal digit found");
        result += static_cast<char>(high << 4 | low);
    }
    return bytes_from_view(result);
}
Owned hexlify(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"data", "sep", "bytes_per_sep", nullptr};
    static const KeywordParser parser{"hexlify", names, 1, 3};
    Object* out[3] = {};
    int group = 1;
    BufferHold view;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !view.get(out[0]) || (out[2] && !argument_int(out[2], &group))) return nullptr;
    Ref<> text = own(bytes_to_hex({view.data(), static_cast<size_t>(view.size())}, out[1], group));
    return text ? bytes_from_view(str_to_utf8(text.get())) : nullptr;
}

// ---- base64

constexpr const char* kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}
Owned decode_base64(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "strict_mode", nullptr};
    static const KeywordParser parser{"a2b_base64", names, 1, 1};
    Object* out[2] = {};
    std::string text, result;
    bool strict = false;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !ascii_argument(out[0], &text) || (out[1] && !argument_bool(out[1], &strict))) return nullptr;
    if (strict && !text.empty() && text[0] == '=') return fail("Leading padding not allowed");
    int position = 0, pads = 0;
    unsigned left = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '=') {
            if (position >= 2 && position + ++pads >= 4) {
                // Enough padding: what follows is not looked at, or not allowed.
                if (strict && i + 1 < text.size()) return fail("Excess data after padding");
                return bytes_from_view(result);
            }
            continue;
        }
        const int value = base64_value(text[i]);
        if (value < 0) {
            if (strict) return fail("Only base64 data is allowed");
            continue;
        }
        if (strict && pads) return fail("Discontinuous padding not allowed");
        pads = 0;
        switch (position) {
            case 0: left = static_cast<unsigned>(value); break;
            case 1:
                result += static_cast<char>(left << 2 | static_cast<unsigned>(value) >> 4);
                left = static_cast<unsigned>(value) & 15;
                break;
            case 2:
                result += static_cast<char>(left << 4 | static_cast<unsigned>(value) >> 2);
                left = static_cast<unsigned>(value) & 3;
                break;
            default: result += static_cast<char>(left << 6 | static_cast<unsigned>(value)); left = 0;
        }
        position = (position + 1) % 4;
    }
    if (position == 1) {
        return err_format(*as_type(binascii_error),
                          "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more than a multiple of 4",
                          static_cast<intptr_t>(result.size() / 3 * 4 + 1));
    }
    return position ? fail("Incorrect padding") : bytes_from_view(result);
}
Owned encode_base64(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "newline", nullptr};
    static const KeywordParser parser{"b2a_base64", names, 1, 1};
    Object* out[2] = {};
    BufferHold view;
    bool newline = true;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !view.get(out[0]) || (out[1] && !argument_bool(out[1], &newline))) return nullptr;
    std::string result;
    const auto* data = reinterpret_cast<const unsigned char*>(view.data());
    const intptr_t size = view.size();
    for (intptr_t i = 0; i < size; i += 3) {
        const unsigned triple = static_cast<unsigned>(data[i]) << 16 | (i + 1 < size ? static_cast<unsigned>(data[i + 1]) << 8 : 0) | (i + 2 < size ? data[i + 2] : 0u);
        result += kBase64[triple >> 18];
        result += kBase64[triple >> 12 & 63];
        result += i + 1 < size ? kBase64[triple >> 6 & 63] : '=';
        result += i + 2 < size ? kBase64[triple & 63] : '=';
    }
    if (newline) result += '\n';
    return bytes_from_view(result);
}

// ---- uuencode

Owned decode_uu(Object*, Object* argument) {
    std::string text;
    if (!ascii_argument(argument, &text)) return nullptr;
    size_t at = 0;
    auto next = [&]() -> char { return at < text.size() ? text[at++] : '\0'; };
    const auto length = static_cast<size_t>((static_cast<unsigned char>(next()) - ' ') & 63);
    std::string result;
    unsigned left = 0;
    int bits = 0;
    while (result.size() < length) {
        const bool missing = at >= text.size();
        const char c = next();
        unsigned value = 0;
        // Blanks at the end of a line are often lost: what is missing is zero.
        if (!missing && c != '\n' && c != '\r') {
            if (c < ' ' || c > ' ' + 64) return fail("Illegal char");
            value = static_cast<unsigned>(c - ' ') & 63;
        }
        left = left << 6 | value;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        result += static_cast<char>(left >> bits);
        left &= (1u << bits) - 1;
    }
    while (at < text.size()) {
        const char c = next();
        if (c != ' ' && c != ' ' + 64 && c != '\n' && c != '\r') return fail("Trailing garbage");
    }
    return bytes_from_view(result);
}
Owned encode_uu(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "backtick", nullptr};
    static const KeywordParser parser{"b2a_uu", names, 1, 1};
    Object* out[2] = {};
    BufferHold view;
    bool backtick = false;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !view.get(out[0]) || (out[1] && !argument_bool(out[1], &backtick))) return nullptr;
    if (view.size() > 45) return fail("At most 45 bytes at once");
    auto character = [&](unsigned value) { return backtick && !value ? '`' : static_cast<char>(value + ' '); };
    std::string result{character(static_cast<unsigned>(view.size()))};
    const auto* data = reinterpret_cast<const unsigned char*>(view.data());
    for (intptr_t i = 0; i < view.size(); i += 3) {
        const unsigned triple = static_cast<unsigned>(data[i]) << 16 | (i + 1 < view.size() ? static_cast<unsigned>(data[i + 1]) << 8 : 0) |
                                (i + 2 < view.size() ? data[i + 2] : 0u);
        for (int shift = 18; shift >= 0; shift -= 6) result += character(triple >> shift & 63);
    }
    return bytes_from_view(result + "\n");
}

// ---- Quoted-printable

Owned decode_qp(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"data", "header", nullptr};
    static const KeywordParser parser{"a2b_qp", names, 1, 2};
    Object* out[2] = {};
    std::string text;
    bool header = false;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !ascii_argument(out[0], &text) || (out[1] && !argument_bool(out[1], &header))) return nullptr;
    return bytes_from_view(decode_quoted_printable(text, header));
}
Owned encode_qp(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"data", "quotetabs", "istext", "header", nullptr};
    static const KeywordParser parser{"b2a_qp", names, 1, 4};
    Object* out[4] = {};
    BufferHold view;
    bool switches[3] = {false, true, false};
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !view.get(out[0])) return nullptr;
    for (int i = 0; i < 3; ++i) {
        if (out[1 + i] && !argument_bool(out[1 + i], &switches[i])) return nullptr;
    }
    return bytes_from_view(encode_quoted_printable({view.data(), static_cast<size_t>(view.size())}, switches[0], switches[1], switches[2]));
}

// ---- Checksums

constexpr std::array<uint32_t, 256> make_crc32_table() {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < 256; ++i) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320u ^ value >> 1 : value >> 1;
        table[i] = value;
    }
    return table;
}
constexpr auto kCrc32Table = make_crc32_table();

bool start_value(Object* argument, uint32_t* result) {
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    *result = static_cast<uint32_t>(int_as_uint64_mask(index.get()));
    return !err_occurred();
}
Owned crc32(Object*, Object* const* args, intptr_t nargs) {
    uint32_t value = 0;
    BufferHold view;
    if (!check_positional("crc32", nargs, 1, 2) || !view.get(args[0]) || (nargs > 1 && !start_value(args[1], &value))) return nullptr;
    value = ~value;
    for (intptr_t i = 0; i < view.size(); ++i) value = kCrc32Table[(value ^ static_cast<unsigned char>(view.data()[i])) & 255] ^ value >> 8;
    return int_from_int64(~value);
}
Owned crc_hqx(Object*, Object* const* args, intptr_t nargs) {
    uint32_t value;
    BufferHold view;
    if (!check_positional("crc_hqx", nargs, 2, 2) || !view.get(args[0]) || !start_value(args[1], &value)) return nullptr;
    value &= 0xffff;
    for (intptr_t i = 0; i < view.size(); ++i) {
        value ^= static_cast<uint32_t>(static_cast<unsigned char>(view.data()[i])) << 8;
        for (int bit = 0; bit < 8; ++bit) value = (value & 0x8000 ? value << 1 ^ 0x1021 : value << 1) & 0xffff;
    }
    return int_from_int64(value);
}

const MethodDef functions[] = {
    method_def("a2b_uu", decode_uu, kMethO, "a2b_uu($module, data, /)\n--\n\nDecode a line of uuencoded data."),
    method_def("b2a_uu", encode_uu, kMethFastcall | kMethKeywords, "b2a_uu($module, data, /, *, backtick=False)\n--\n\nUuencode line of data."),
    method_def("a2b_base64", decode_base64, kMethFastcall | kMethKeywords, "a2b_base64($module, data, /, *, strict_mode=False)\n--\n\nDecode a line of base64 data."),
    method_def("b2a_base64", encode_base64, kMethFastcall | kMethKeywords, "b2a_base64($module, data, /, *, newline=True)\n--\n\nBase64-code line of data."),
    method_def("a2b_hex", unhexlify, kMethO, "a2b_hex($module, hexstr, /)\n--\n\nBinary data of hexadecimal representation."),
    method_def("b2a_hex", hexlify, kMethFastcall | kMethKeywords, "b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nHexadecimal representation of binary data."),
    method_def("hexlify", hexlify, kMethFastcall | kMethKeywords, "hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nHexadecimal representation of binary data."),
    method_def("unhexlify", unhexlify, kMethO, "unhexlify($module, hexstr, /)\n--\n\nBinary data of hexadecimal representation."),
    method_def("a2b_qp", decode_qp, kMethFastcall | kMethKeywords, "a2b_qp($module, /, data, header=False)\n--\n\nDecode a string of qp-encoded data."),
    method_def("b2a_qp", encode_qp, kMethFastcall | kMethKeywords, "b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)\n--\n\nEncode a string using quoted-printable encoding."),
    method_def("crc32", crc32, kMethFastcall, "crc32($module, data, crc=0, /)\n--\n\nCompute CRC-32 incrementally."),
    method_def("crc_hqx", crc_hqx, kMethFastcall, "crc_hqx($module, data, crc, /)\n--\n\nCompute CRC-CCITT incrementally."),
    {nullptr, nullptr, 0}};

Owned make_error(const char* name, Type* base) {
    Ref<> text = own(str_from_string(name)), bases = own(tuple_pack({base})), names = own(dict_new()), module = own(str_from_string("binascii"));
    if (!text || !bases || !names || !module || dict_set_item_string(names.get(), "__module__", module.get()) < 0) return nullptr;
    return type_new_from(&type_type, text.get(), bases.get(), names.get(), nullptr);
}

}  // namespace

Owned create_binascii_module() {
    if (!binascii_error) {
        binascii_error = make_error("Error", &exc::ValueError);
        binascii_incomplete = make_error("Incomplete", &exc::Exception);
        if (!binascii_error || !binascii_incomplete) return nullptr;
        register_root(&binascii_error, "binascii.Error");
        register_root(&binascii_incomplete, "binascii.Incomplete");
    }
    Ref<> module = own(module_create("binascii", "Conversion between binary data and ASCII", functions));
    if (!module || module_add_object(module.get(), "Error", binascii_error) < 0 ||
        module_add_object(module.get(), "Incomplete", binascii_incomplete) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
