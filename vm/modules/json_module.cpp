// The module _json: the accelerators of the library's json.
//
// Here are the module and JSON's strings; json_scanner.cpp reads values, json_encoder.cpp writes them.
#include "vm/modules/json_module.h"

#include "vm/modules/import.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr const char* kHexDigits = "0123456789abcdef";

bool is_high_surrogate(char32_t c) { return c >= 0xd800 && c <= 0xdbff; }
bool is_low_surrogate(char32_t c) { return c >= 0xdc00 && c <= 0xdfff; }

// The value of four hexadecimal digits at `at`; false: they are none.
bool read_hex4(Object* text, intptr_t at, char32_t* result) {
    *result = 0;
    for (intptr_t i = at; i < at + 4; ++i) {
        const char32_t c = str_read(text, i);
        const char32_t digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
        if (digit > 15) return false;
        *result = *result << 4 | digit;
    }
    return true;
}

// A backslash and what follows it, for the characters that have a letter; 0 for others.
char escape_letter(char32_t c) {
    switch (c) {
        case '"':
        case '\\': return static_cast<char>(c);
        case '\b': return 'b';
        case '\f': return 'f';
        case '\n': return 'n';
        case '\r': return 'r';
        case '\t': return 't';
        default: return 0;
    }
}
bool put_hex_escape(StrWriter& writer, char32_t unit) {
    const char text[] = {'\\', 'u', kHexDigits[unit >> 12 & 15], kHexDigits[unit >> 8 & 15], kHexDigits[unit >> 4 & 15], kHexDigits[unit & 15]};
    return writer.put_ascii({text, sizeof text});
}

Owned encode(Object* text, bool ascii_only) {
    StrWriter writer(str_length(text) + 2, true);
    if (!writer.put('"')) return nullptr;
    intptr_t begin = 0;
    const intptr_t length = str_length(text);
    for (intptr_t i = 0; i < length; ++i) {
        const char32_t c = str_read(text, i);
        const bool plain = c >= ' ' && c != '"' && c != '\\' && (!ascii_only || c <= '~');
        if (plain) continue;
        if (!writer.put_substring(text, begin, i)) return nullptr;
        begin = i + 1;
        if (const char letter = escape_letter(c)) {
            const char pair[] = {'\\', letter};
            if (!writer.put_ascii({pair, 2})) return nullptr;
        } else if (c >= 0x10000) {
            const char32_t rest = c - 0x10000;
            if (!put_hex_escape(writer, 0xd800 | rest >> 10) || !put_hex_escape(writer, 0xdc00 | (rest & 0x3ff))) return nullptr;
        } else if (!put_hex_escape(writer, c)) {
            return nullptr;
        }
    }
    return writer.put_substring(text, begin, length) && writer.put('"') ? writer.finish() : nullptr;
}

bool check_text(Object* argument) {
    if (str_check(argument)) return true;
    err_format(exc::TypeError, "first argument must be a string, not %.80s", argument->type->tp_name);
    return false;
}

Owned scanstring(Object*, Object* const* args, intptr_t nargs) {
    intptr_t end, next;
    bool strict = true;
    if (!check_positional("scanstring", nargs, 2, 3) || !argument_ssize(args[1], &end) || (nargs > 2 && !argument_bool(args[2], &strict))) return nullptr;
    if (!check_text(args[0])) return nullptr;
    Ref<> text = own(json_scan_string(args[0], end, strict, &next));
    Ref<> index = text ? own(int_from_ssize(next)) : Ref<>();
    return index ? tuple_pack({text.get(), index.get()}) : nullptr;
}

const MethodDef functions[] = {
    method_def("encode_basestring_ascii", json_encode_basestring_ascii, kMethO,
               "encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string"),
    method_def("encode_basestring", json_encode_basestring, kMethO,
               "encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string"),
    method_def("scanstring", scanstring, kMethFastcall,
               "scanstring(string, end, strict=True) -> (string, end)\n\nThe string of JSON text whose opening quote is before end, and the index after its closing quote."),
    {nullptr, nullptr, 0}};

}  // namespace

Owned json_raise(const char* message, Object* text, intptr_t position) {
    Ref<> decoder = own(import_module("json.decoder"));
    Ref<> type = decoder ? own(object_get_attr_string(decoder.get(), "JSONDecodeError")) : Ref<>();
    Ref<> what = type ? own(str_from_string(message)) : Ref<>(), index = own(int_from_ssize(position));
    Ref<> error = what && index ? own(object_call_args(type.get(), {what.get(), text, index.get()})) : Ref<>();
    return error ? err_set_object(error->type, error.get()) : nullptr;
}

Owned json_scan_string(Object* text, intptr_t end, bool strict, intptr_t* result_end) {
    const intptr_t length = str_length(text), begin = end - 1;
    if (end < 0 || length < end) return err_set_string(exc::ValueError, "end is out of bounds");
    StrWriter writer(0, true);
    for (;;) {
        intptr_t next = end;
        char32_t c = 0;
        for (; next < length; ++next) {
            c = str_read(text, next);
            if (c == '"' || c == '\\') break;
            if (c <= 0x1f && strict) return json_raise("Invalid control character at", text, next);
        }
        if (next == length) return json_raise("Unterminated string starting at", text, begin);
        if (c == '"' && writer.length() == 0) {
            *result_end = next + 1;
            return str_substring(text, end, next);
        }
        if (next > end && !writer.put_substring(text, end, next)) return nullptr;
        ++next;
        if (c == '"') {
            *result_end = next;
            return writer.finish();
        }
        if (next == length) return json_raise("Unterminated string starting at", text, begin);
        c = str_read(text, next);
        if (c != 'u') {
            end = next + 1;
            switch (c) {
                case '"':
                case '\\':
                case '/': break;
                case 'b': c = '\b'; break;
                case 'f': c = '\f'; break;
                case 'n': c = '\n'; break;
                case 'r': c = '\r'; break;
                case 't': c = '\t'; break;
                default: return json_raise("Invalid \\escape", text, end - 2);
            }
        } else {
            ++next;
            end = next + 4;
            if (end >= length) return json_raise("Invalid \\uXXXX escape", text, next - 1);
            if (!read_hex4(text, next, &c)) return json_raise("Invalid \\uXXXX escape", text, end - 5);
            if (is_high_surrogate(c) && end + 6 < length && str_read(text, end) == '\\' && str_read(text, end + 1) == 'u') {
                char32_t second;
                if (!read_hex4(text, end + 2, &second)) return json_raise("Invalid \\uXXXX escape", text, end + 1);
                if (is_low_surrogate(second)) {
                    c = 0x10000 + ((c & 0x3ff) << 10) + (second & 0x3ff);
                    end += 6;
                }
            }
        }
        if (!writer.put(c)) return nullptr;
    }
}

Owned json_encode_ascii(Object* text) { return encode(text, true); }
Owned json_encode(Object* text) { return encode(text, false); }
Owned json_encode_basestring_ascii(Object*, Object* text) { return check_text(text) ? json_encode_ascii(text) : nullptr; }
Owned json_encode_basestring(Object*, Object* text) { return check_text(text) ? json_encode(text) : nullptr; }

Owned create_json_module() {
    if (!json_scanner_type.has(kReady) && (type_ready(&json_scanner_type) < 0 || type_ready(&json_encoder_type) < 0)) return nullptr;
    Ref<> module = own(module_create("_json", "json speedups\n", functions));
    if (!module || module_add_object(module.get(), "make_scanner", &json_scanner_type) < 0 ||
        module_add_object(module.get(), "make_encoder", &json_encoder_type) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
