#include "vm/objects/codec_errors.h"

#include <cstdio>
#include <cstring>

#include "vm/base/unicode_names.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

std::string escape_of(char32_t c) {
    char text[16];
    if (c < 0x100) std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned>(c));
    else if (c < 0x10000) std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(c));
    else std::snprintf(text, sizeof text, "\\U%08x", static_cast<unsigned>(c));
    return text;
}
std::string reference_of(char32_t c) { return "&#" + std::to_string(static_cast<unsigned>(c)) + ";"; }

// (replacement, position) of a handler's result; false: TypeError or IndexError pending.
bool read_result(Object* result, const char* message, bool bytes_allowed, intptr_t length, Object** replacement, intptr_t* position) {
    if (!tuple_check(result) || tuple_size(result) != 2) return err_set_string(exc::TypeError, message), false;
    *replacement = tuple_get_item(result, 0);
    if (!str_check(*replacement) && !(bytes_allowed && bytes_check(*replacement))) return err_set_string(exc::TypeError, message), false;
    if (!int_check(tuple_get_item(result, 1))) return err_set_string(exc::TypeError, message), false;
    intptr_t at = int_as_ssize(tuple_get_item(result, 1));
    if (at == -1 && err_occurred()) return false;
    intptr_t given = at;
    if (at < 0) at += length;
    if (at < 0 || at > length) {
        err_format(exc::IndexError, "position %zd from error handler out of bounds", given);
        return false;
    }
    *position = at;
    return true;
}

UnicodeErrorObject* as_error(Object* object) { return static_cast<UnicodeErrorObject*>(static_cast<ExceptionObject*>(object)); }

}  // namespace

ErrorHandler error_handler_named(const char* errors) {
    if (!errors) return ErrorHandler::kStrict;
    static const struct {
        const char* name;
        ErrorHandler kind;
    } known[] = {{"strict", ErrorHandler::kStrict}, {"ignore", ErrorHandler::kIgnore}, {"replace", ErrorHandler::kReplace},
                 {"surrogateescape", ErrorHandler::kSurrogateEscape}, {"surrogatepass", ErrorHandler::kSurrogatePass},
                 {"backslashreplace", ErrorHandler::kBackslashReplace}, {"xmlcharrefreplace", ErrorHandler::kXmlCharRefReplace}};
    for (auto& entry : known) {
        if (std::strcmp(errors, entry.name) == 0) return entry.kind;
    }
    return ErrorHandler::kOther;
}

void EncodeErrors::put(std::string* out, char32_t c) const {
    char unit[4] = {};
    for (int i = 0; i < unit_; ++i) unit[big_endian_ ? unit_ - 1 - i : i] = static_cast<char>(c >> (8 * i));
    out->append(unit, static_cast<size_t>(unit_));
}

Owned EncodeErrors::raise(intptr_t start, intptr_t end) {
    auto error = own(unicode_encode_error_new(encoding_, text_, start, end, reason_));
    if (!error) return nullptr;
    return err_set_object(&exc::UnicodeEncodeError, error.get());
}

bool EncodeErrors::call(intptr_t start, intptr_t end, char32_t limit, std::string* out, intptr_t* next) {
    if (!handler_) {
        handler_ = own(codec_lookup_error(errors_));
        if (!handler_) return false;
    }
    if (!exception_) {
        exception_ = own(unicode_encode_error_new(encoding_, text_, start, end, reason_));
        if (!exception_) return false;
    } else {
        as_error(exception_.get())->start = start;
        as_error(exception_.get())->end = end;
    }
    auto result = own(object_call_onearg(handler_.get(), exception_.get()));
    if (!result) return false;
    Object* replacement;
    if (!read_result(result.get(), "encoding error handler must return (str/bytes, int) tuple", true, str_length(text_), &replacement, next)) return false;
    if (bytes_check(replacement)) {
        if (bytes_size(replacement) % unit_) return raise(start, end), false;
        out->append(bytes_data(replacement), static_cast<size_t>(bytes_size(replacement)));
        return true;
    }
    for (intptr_t i = 0; i < str_length(replacement); ++i) {
        char32_t c = str_read(replacement, i);
        if (c >= limit) return raise(start, end), false;
        put(out, c);
    }
    return true;
}

bool EncodeErrors::handle(intptr_t start, intptr_t end, char32_t limit, std::string* out, intptr_t* next) {
    *next = end;
    switch (kind_) {
        case ErrorHandler::kStrict:
            raise(start, end);
            return false;
        case ErrorHandler::kIgnore:
            return true;
        case ErrorHandler::kReplace:
            for (intptr_t i = start; i < end; ++i) put(out, '?');
            return true;
        case ErrorHandler::kBackslashReplace:
        case ErrorHandler::kXmlCharRefReplace:
            for (intptr_t i = start; i < end; ++i) {
                char32_t c = str_read(text_, i);
                for (char ascii : kind_ == ErrorHandler::kBackslashReplace ? escape_of(c) : reference_of(c)) put(out, static_cast<uint8_t>(ascii));
            }
            return true;
        case ErrorHandler::kSurrogateEscape: {
            intptr_t i = start;
            if (unit_ == 1) {
                for (; i < end; ++i) {
                    char32_t c = str_read(text_, i);
                    if (c < 0xdc80 || c > 0xdcff) break;
                    out->push_back(static_cast<char>(c - 0xdc00));
                }
            }
            if (i == end) return true;
            return call(i, end, limit, out, next);
        }
        default:
            return call(start, end, limit, out, next);
    }
}

bool DecodeErrors::handle(intptr_t start, intptr_t end, const char* reason, StrWriter* out, intptr_t* next) {
    *next = end;
    switch (kind_) {
        case ErrorHandler::kIgnore:
            return true;
        case ErrorHandler::kReplace:
            return out->put(0xfffd);
        case ErrorHandler::kSurrogateEscape: {
            // Bytes below 0x80 cannot be escaped.
            intptr_t i = start;
            while (i < end && i < start + 4 && static_cast<uint8_t>(data_[i]) >= 0x80) {
                if (!out->put(0xdc00 + static_cast<uint8_t>(data_[i]))) return false;
                ++i;
            }
            if (i > start) {
                *next = i;
                return true;
            }
            break;
        }
        case ErrorHandler::kBackslashReplace:
            for (intptr_t i = start; i < end; ++i) {
                if (!out->put_ascii(escape_of(static_cast<uint8_t>(data_[i])))) return false;
            }
            return true;
        default:
            break;
    }
    if (!input_) {
        input_ = own(bytes_from_data(data_, size_));
        if (!input_) return false;
    }
    auto error = own(unicode_decode_error_new(encoding_, input_.get(), start, end, reason));
    if (!error) return false;
    if (kind_ == ErrorHandler::kStrict) return err_set_object(&exc::UnicodeDecodeError, error.get()), false;
    if (!handler_) {
        handler_ = own(codec_lookup_error(errors_));
        if (!handler_) return false;
    }
    exception_ = std::move(error);
    auto result = own(object_call_onearg(handler_.get(), exception_.get()));
    if (!result) return false;
    // The handler may have put another input into the exception.
    Object* input = as_error(exception_.get())->object;
    if (input && input != input_.get() && bytes_check(input)) input_ = share(input);
    data_ = bytes_data(input_.get());
    size_ = bytes_size(input_.get());
    Object* replacement;
    if (!read_result(result.get(), "decoding error handler must return (str, int) tuple", false, size_, &replacement, next)) return false;
    return out->put_str(replacement);
}

namespace {

Owned wrong_type(Object* error) { return err_format(exc::TypeError, "don't know how to handle %.200s in error callback", error->type->tp_name); }

Owned pair(Object* stolen_replacement, intptr_t position) {
    auto replacement = own(stolen_replacement);
    auto at = own(int_from_ssize(position));
    return replacement && at ? tuple_pack({replacement.get(), at.get()}) : nullptr;
}

enum class Kind { kEncode, kDecode, kTranslate, kNone };
// The part at fault, clipped to the object.
struct Fault {
    Kind kind = Kind::kNone;
    Object* object = nullptr;
    intptr_t start = 0, end = 0;
};
Fault fault_of(Object* error) {
    Fault fault;
    if (is_instance_of(error, &exc::UnicodeEncodeError)) fault.kind = Kind::kEncode;
    else if (is_instance_of(error, &exc::UnicodeDecodeError)) fault.kind = Kind::kDecode;
    else if (is_instance_of(error, &exc::UnicodeTranslateError)) fault.kind = Kind::kTranslate;
    else return fault;
    auto* fields = as_error(error);
    fault.object = fields->object;
    if (!fault.object || (fault.kind == Kind::kDecode ? !bytes_check(fault.object) : !str_check(fault.object))) {
        fault.kind = Kind::kNone;
        return fault;
    }
    intptr_t length = fault.kind == Kind::kDecode ? bytes_size(fault.object) : str_length(fault.object);
    fault.start = fields->start < 0 ? 0 : fields->start > length - 1 && length > 0 ? length - 1 : length == 0 ? 0 : fields->start;
    fault.end = fields->end < 1 ? (length < 1 ? length : 1) : fields->end > length ? length : fields->end;
    return fault;
}

Owned strict_errors(Object*, Object* error) {
    if (exception_instance_check(error)) return err_set_object(error->type, error);
    return err_set_string(exc::TypeError, "codec must pass exception instance");
}
Owned ignore_errors(Object*, Object* error) {
    Fault fault = fault_of(error);
    return fault.kind == Kind::kNone ? wrong_type(error) : pair(newref(str_empty()), fault.end);
}
Owned replace_errors(Object*, Object* error) {
    Fault fault = fault_of(error);
    if (fault.kind == Kind::kNone) return wrong_type(error);
    StrWriter writer;
    if (fault.kind == Kind::kDecode) writer.put(0xfffd);
    else writer.put_repeated(fault.kind == Kind::kEncode ? '?' : 0xfffd, fault.end - fault.start);
    return pair(writer.finish(), fault.end);
}
template <class Text>
Owned replace_each(Object* error, bool decode_allowed, Text text) {
    Fault fault = fault_of(error);
    if (fault.kind == Kind::kNone || (fault.kind != Kind::kEncode && !decode_allowed)) return wrong_type(error);
    std::string out;
    for (intptr_t i = fault.start; i < fault.end; ++i) {
        out += text(fault.kind == Kind::kDecode ? static_cast<uint8_t>(bytes_data(fault.object)[i]) : str_read(fault.object, i));
    }
    return pair(str_from_view(out), fault.end);
}
Owned xmlcharrefreplace_errors(Object*, Object* error) { return replace_each(error, false, reference_of); }
Owned backslashreplace_errors(Object*, Object* error) { return replace_each(error, true, escape_of); }
Owned namereplace_errors(Object*, Object* error) {
    return replace_each(error, false, [](char32_t c) {
        std::string name = base::character_name(c);
        return name.empty() ? escape_of(c) : "\\N{" + name + "}";
    });
}

// The unit and order of bytes of an encoding's name: 1 for UTF-8, 2, 4; 0: another encoding.
int standard_encoding(Object* name, bool* big_endian) {
    *big_endian = false;
    if (!name || !str_check(name)) return 0;
    std::string text;
    for (char c : str_to_utf8(name)) text += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    if (text.compare(0, 3, "utf") == 0) text.erase(0, 3);
    else if (text == "cp65001") return 1;
    else return 0;
    if (!text.empty() && text[0] == '-') text.erase(0, 1);
    if (text == "8") return 1;
    int unit = text.compare(0, 2, "16") == 0 ? 2 : text.compare(0, 2, "32") == 0 ? 4 : 0;
    if (!unit) return 0;
    text.erase(0, 2);
    if (!text.empty() && text[0] == '-') text.erase(0, 1);
    if (text == "be") *big_endian = true;
    return text.empty() || text == "be" || text == "le" ? unit : 0;
}

Owned raise_again(Object* error) { return err_set_object(error->type, error); }

Owned surrogatepass_errors(Object*, Object* error) {
    Fault fault = fault_of(error);
    if (fault.kind != Kind::kEncode && fault.kind != Kind::kDecode) return wrong_type(error);
    bool big_endian;
    int unit = standard_encoding(as_error(error)->encoding, &big_endian);
    if (!unit) return raise_again(error);
    if (fault.kind == Kind::kEncode) {
        std::string out;
        for (intptr_t i = fault.start; i < fault.end; ++i) {
            char32_t c = str_read(fault.object, i);
            if (c < 0xd800 || c > 0xdfff) return raise_again(error);
            if (unit == 1) {
                out += static_cast<char>(0xe0 | (c >> 12));
                out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
                out += static_cast<char>(0x80 | (c & 0x3f));
            } else {
                for (int b = 0; b < unit; ++b) out += static_cast<char>(c >> (8 * (big_endian ? unit - 1 - b : b)));
            }
        }
        return pair(bytes_from_view(out), fault.end);
    }
    intptr_t left = bytes_size(fault.object) - fault.start;
    auto* p = reinterpret_cast<unsigned char*>(bytes_data(fault.object)) + fault.start;
    char32_t c = 0;
    int used = unit == 1 ? 3 : unit;
    if (left >= used) {
        if (unit == 1) {
            if ((p[0] & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) c = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
        } else {
            for (int b = 0; b < unit; ++b) c |= static_cast<char32_t>(p[big_endian ? unit - 1 - b : b]) << (8 * b);
        }
    }
    if (c < 0xd800 || c > 0xdfff) return raise_again(error);
    return pair(str_from_ordinal(c), fault.start + used);
}

Owned surrogateescape_errors(Object*, Object* error) {
    Fault fault = fault_of(error);
    if (fault.kind == Kind::kEncode) {
        std::string out;
        for (intptr_t i = fault.start; i < fault.end; ++i) {
            char32_t c = str_read(fault.object, i);
            if (c < 0xdc80 || c > 0xdcff) return raise_again(error);
            out += static_cast<char>(c - 0xdc00);
        }
        return pair(bytes_from_view(out), fault.end);
    }
    if (fault.kind != Kind::kDecode) return wrong_type(error);
    StrWriter writer;
    intptr_t i = fault.start;
    for (; i < fault.end && i < fault.start + 4; ++i) {
        auto byte = static_cast<uint8_t>(bytes_data(fault.object)[i]);
        if (byte < 0x80) break;
        if (!writer.put(0xdc00 + byte)) return nullptr;
    }
    if (i == fault.start) return raise_again(error);
    return pair(writer.finish(), i);
}

}  // namespace

const MethodDef codec_error_functions[] = {
    method_def("strict_errors", strict_errors, kMethO),
    method_def("ignore_errors", ignore_errors, kMethO),
    method_def("replace_errors", replace_errors, kMethO),
    method_def("xmlcharrefreplace_errors", xmlcharrefreplace_errors, kMethO),
    method_def("backslashreplace_errors", backslashreplace_errors, kMethO),
    method_def("namereplace_errors", namereplace_errors, kMethO),
    method_def("surrogatepass", surrogatepass_errors, kMethO),
    method_def("surrogateescape", surrogateescape_errors, kMethO),
    {nullptr, nullptr, 0},
};

}  // namespace refscope::vm
