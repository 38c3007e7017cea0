// printf-style formatting with `%`, for str and for bytes (PEP 461): one reader of conversions, two kinds of output.
#include <charconv>
#include <climits>
#include <cmath>
#include <string>

#include "vm/objects/abstract.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

struct Conversion {
    bool left = false, plus = false, blank = false, alternate = false, zero = false;
    intptr_t width = -1;
    int precision = -1;
    char32_t letter = 0;
};

// The values to be formatted, in their order or by key.
class Values {
  public:
    explicit Values(Object* given) : given_(given) {
        if (tuple_check(given)) {
            count_ = tuple_size(given);
            next_ = 0;
        }
        bool text = str_check(given) || bytes_check(given) || bytearray_check(given);
        if (!tuple_check(given) && !text && mapping_check(given)) mapping_ = given;
    }
    Object* next() {  // borrowed; nullptr with TypeError
        if (next_ >= count_) {
            err_set_string(exc::TypeError, "not enough arguments for format string");
            return nullptr;
        }
        intptr_t index = next_++;
        return count_ < 0 ? given_ : tuple_get_item(given_, index);
    }
    bool use_key(Object* key) {
        if (!mapping_) return err_set_string(exc::TypeError, "format requires a mapping"), false;
        by_key_ = own(object_get_item(mapping_, key));
        if (!by_key_) return false;
        given_ = by_key_.get();
        count_ = -1;
        next_ = -2;
        return true;
    }
    bool has_mapping() const { return mapping_ != nullptr; }
    bool exhausted() const { return mapping_ || next_ >= count_; }

  private:
    Object* given_;
    Object* mapping_ = nullptr;
    Ref<> by_key_;
    intptr_t count_ = -1, next_ = -2;
};

Owned wrong_number(char32_t letter, const char* wanted, Object* value) {
    return err_format(exc::TypeError, "%%%c format: %s is required, not %.200s", static_cast<int>(letter), wanted, value->type->tp_name);
}

// d i u o x X: false with an exception.
bool format_integer(const Conversion& conversion, Object* value, std::string* out) {
    char32_t letter = conversion.letter;
    bool strict = letter == 'o' || letter == 'x' || letter == 'X';
    const char* wanted = strict ? "an integer" : "a real number";
    if (!number_check(value)) return wrong_number(letter, wanted, value), false;
    Ref<> number = share(value);
    if (!int_check(value)) {
        number = own(strict ? number_index(value) : number_int(value));
        if (!number) {
            if (err_matches(exc::TypeError)) wrong_number(letter, wanted, value);
            return false;
        }
    }
    int base = letter == 'o' ? 8 : strict ? 16 : 10;
    std::string digits;
    bool negative = int_sign(number.get()) < 0;
    if (base == 10 && int_is_medium(number.get())) {
        char buffer[24];
        int64_t small = int_medium_value(number.get());
        digits.assign(buffer, std::to_chars(buffer, buffer + sizeof buffer, small < 0 ? -small : small).ptr);
    } else {
        auto text = own(int_format(number.get(), base, false));
        if (!text) return false;
        digits.assign(static_cast<const char*>(str_data(text.get())) + negative, static_cast<size_t>(str_length(text.get())) - negative);
    }
    if (conversion.precision > static_cast<int>(digits.size())) {
        digits.insert(0, static_cast<size_t>(conversion.precision) - digits.size(), '0');
    }
    if (conversion.alternate && strict) digits.insert(0, letter == 'o' ? "0o" : "0x");
    if (letter == 'X') {
        for (char& c : digits) c = static_cast<char>(c >= 'a' && c <= 'z' ? c & ~0x20 : c);
    }
    *out = (negative ? "-" : "") + digits;
    return true;
}

bool format_float(const Conversion& conversion, Object* value, bool bytes, std::string* out) {
    double number = float_as_double(value);
    if (number == -1.0 && err_occurred()) {
        if (bytes) err_format(exc::TypeError, "float argument required, not %.200s", value->type->tp_name);
        return false;
    }
    DoubleFormat format;
    format.kind = static_cast<char>(conversion.letter);
    format.precision = conversion.precision < 0 ? 6 : conversion.precision;
    format.alternate = conversion.alternate;
    *out = double_to_text(number, format);
    return true;
}

// A formatted number with sign, prefix, width and padding.
std::string lay_out_number(const Conversion& conversion, const std::string& text) {
    std::string body = text, lead;
    if (body[0] == '-' || body[0] == '+') {
        lead += body[0];
        body.erase(0, 1);
    } else if (conversion.plus) {
        lead += '+';
    } else if (conversion.blank) {
        lead += ' ';
    }
    char32_t letter = conversion.letter;
    if (conversion.alternate && (letter == 'x' || letter == 'X' || letter == 'o')) {
        lead += body.substr(0, 2);
        body.erase(0, 2);
    }
    auto length = static_cast<intptr_t>(lead.size() + body.size());
    auto room = static_cast<size_t>(conversion.width > length ? conversion.width - length : 0);
    if (conversion.left) return lead + body + std::string(room, ' ');
    return conversion.zero ? lead + std::string(room, '0') + body : std::string(room, ' ') + lead + body;
}

// Reads the format string: text of either kind.
template <class At>
class Reader {
  public:
    Reader(At at, intptr_t size, bool bytes) : at_(at), size_(size), bytes_(bytes) {}

    bool done() const { return position_ >= size_; }
    intptr_t position() const { return position_; }
    // Up to the next '%', which is skipped; the end of the literal text is returned.
    intptr_t skip_literal() {
        while (position_ < size_ && at_(position_) != '%') ++position_;
        return position_++;
    }
    bool skip_doubled() {
        if (position_ >= size_ || at_(position_) != '%') return false;
        ++position_;
        return true;
    }
    // The range of a "(key)"; 1 there is one, 0 none, -1 error.
    int key(intptr_t* begin, intptr_t* end) {
        if (position_ >= size_ || at_(position_) != '(') return 0;
        int depth = 1;
        *begin = ++position_;
        for (; position_ < size_; ++position_) {
            if (at_(position_) == '(') ++depth;
            else if (at_(position_) == ')' && --depth == 0) break;
        }
        if (position_ >= size_) return err_set_string(exc::ValueError, "incomplete format key"), -1;
        *end = position_++;
        return 1;
    }
    bool conversion(Values& values, Conversion* out) {
        char32_t c = next();
        for (;; c = next()) {
            if (c == '-') out->left = true;
            else if (c == '+') out->plus = true;
            else if (c == ' ') out->blank = true;
            else if (c == '#') out->alternate = true;
            else if (c == '0') out->zero = true;
            else break;
        }
        if (c == '*') {
            Object* value = values.next();
            if (!value) return false;
            if (!int_check(value)) return err_set_string(exc::TypeError, "* wants int"), false;
            out->width = int_as_ssize(value);
            if (out->width == -1 && err_occurred()) return false;
            if (out->width < 0) {
                out->left = true;
                out->width = -out->width;
            }
            c = next();
        } else if (c >= '0' && c <= '9') {
            out->width = 0;
            for (; c >= '0' && c <= '9'; c = next()) {
                if (out->width > (INTPTR_MAX - static_cast<int>(c - '0')) / 10) return err_set_string(exc::ValueError, "width too big"), false;
                out->width = out->width * 10 + static_cast<int>(c - '0');
            }
        }
        if (c == '.') {
            out->precision = 0;
            c = next();
            if (c == '*') {
                Object* value = values.next();
                if (!value) return false;
                if (!int_check(value)) return err_set_string(exc::TypeError, "* wants int"), false;
                out->precision = int_as_int(value);
                if (out->precision == -1 && err_occurred()) return false;
                if (out->precision < 0) out->precision = 0;
                c = next();
            } else {
                for (; c >= '0' && c <= '9'; c = next()) {
                    if (out->precision > (INT_MAX - static_cast<int>(c - '0')) / 10) {
                        return err_set_string(exc::ValueError, bytes_ ? "prec too big" : "precision too big"), false;
                    }
                    out->precision = out->precision * 10 + static_cast<int>(c - '0');
                }
            }
        }
        if (c == 'h' || c == 'l' || c == 'L' || (bytes_ && c == 'z')) c = next();
        if (c == kEnd) return err_set_string(exc::ValueError, "incomplete format"), false;
        out->letter = c;
        return true;
    }
    Owned unsupported(char32_t letter) const {
        return err_format(exc::ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                          letter >= 31 && letter <= 126 ? static_cast<int>(letter) : '?', static_cast<unsigned>(letter), position_ - 1);
    }

  private:
    static constexpr char32_t kEnd = 0xffffffff;
    char32_t next() { return position_ < size_ ? at_(position_++) : kEnd; }

    At at_;
    intptr_t size_;
    bool bytes_;
    intptr_t position_ = 0;
};

bool is_integer_letter(char32_t c) { return c == 'd' || c == 'i' || c == 'u' || c == 'o' || c == 'x' || c == 'X'; }
bool is_float_letter(char32_t c) { return c == 'e' || c == 'E' || c == 'f' || c == 'F' || c == 'g' || c == 'G'; }

bool put_text(StrWriter& writer, const Conversion& conversion, Object* text) {
    intptr_t length = str_length(text);
    if (conversion.precision >= 0 && length > conversion.precision) length = conversion.precision;
    intptr_t room = conversion.width > length ? conversion.width - length : 0;
    return (conversion.left || writer.put_repeated(' ', room)) && writer.put_substring(text, 0, length) &&
           (!conversion.left || writer.put_repeated(' ', room));
}

// %c for str: false with an exception.
bool character_of(Object* value, char32_t* out) {
    if (str_check(value)) {
        if (str_length(value) == 1) {
            *out = str_read(value, 0);
            return true;
        }
    } else {
        auto number = own(int_check(value) ? newref(value) : number_index(value));
        if (number) {
            int64_t c = int_as_int64(number.get());
            if (c == -1 && err_occurred()) return false;
            if (c < 0 || c > 0x10ffff) return err_set_string(exc::OverflowError, "%c arg not in range(0x110000)"), false;
            *out = static_cast<char32_t>(c);
            return true;
        }
        if (!err_matches(exc::TypeError)) return false;
    }
    return err_set_string(exc::TypeError, "%c requires int or char"), false;
}

void pad_bytes(std::string* out, const Conversion& conversion, std::string_view text) {
    if (conversion.precision >= 0 && text.size() > static_cast<size_t>(conversion.precision)) text = text.substr(0, static_cast<size_t>(conversion.precision));
    auto length = static_cast<intptr_t>(text.size());
    auto room = static_cast<size_t>(conversion.width > length ? conversion.width - length : 0);
    if (!conversion.left) out->append(room, ' ');
    out->append(text);
    if (conversion.left) out->append(room, ' ');
}

// %b and %s for bytes.
bool bytes_of(Object* value, std::string* out) {
    if (bytes_check_exact(value)) {
        *out = bytes_view(value);
        return true;
    }
    if (bytearray_check_exact(value)) {
        out->assign(bytearray_data(value), static_cast<size_t>(bytearray_size(value)));
        return true;
    }
    auto method = own(object_lookup_special(value, ID(__bytes__)));
    if (method) {
        auto result = own(object_call_noargs(method.get()));
        if (!result) return false;
        if (!bytes_check(result.get())) {
            err_format(exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", result->type->tp_name);
            return false;
        }
        *out = bytes_view(result.get());
        return true;
    }
    if (err_occurred()) return false;
    if (buffer_check(value)) {
        auto copy = own(bytes_from_object(value));
        if (copy) *out = bytes_view(copy.get());
        return static_cast<bool>(copy);
    }
    err_format(exc::TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'", value->type->tp_name);
    return false;
}

bool byte_of(Object* value, char* out) {
    if (bytes_check(value) && bytes_size(value) == 1) return *out = bytes_data(value)[0], true;
    if (bytearray_check(value) && bytearray_size(value) == 1) return *out = bytearray_data(value)[0], true;
    if (number_check(value) && index_check(value)) {
        auto number = own(number_index(value));
        if (!number) return false;
        int overflow;
        int64_t byte = int_as_int64_overflow(number.get(), &overflow);
        if (overflow || byte < 0 || byte > 255) return err_set_string(exc::OverflowError, "%c arg not in range(256)"), false;
        *out = static_cast<char>(byte);
        return true;
    }
    return err_set_string(exc::TypeError, "%c requires an integer in range(256) or a single byte"), false;
}

}  // namespace

Owned str_format_percent(Object* format, Object* arguments) {
    int kind = str_kind(format);
    const void* data = str_data(format);
    auto at = [=](intptr_t i) { return str_read(kind, data, i); };
    Reader reader(at, str_length(format), false);
    Values values(arguments);
    StrWriter writer(str_length(format) + 100);
    while (!reader.done()) {
        intptr_t begin = reader.position();
        intptr_t end = reader.skip_literal();
        if (!writer.put_substring(format, begin, end)) return nullptr;
        if (end >= str_length(format)) break;
        if (reader.skip_doubled()) {
            if (!writer.put('%')) return nullptr;
            continue;
        }
        intptr_t key_begin, key_end;
        // The mapping is asked for before the key is read.
        if (!reader.done() && at(reader.position()) == '(' && !values.has_mapping()) return err_set_string(exc::TypeError, "format requires a mapping");
        int has_key = reader.key(&key_begin, &key_end);
        if (has_key < 0) return nullptr;
        if (has_key) {
            auto key = own(str_substring(format, key_begin, key_end));
            if (!key || !values.use_key(key.get())) return nullptr;
        }
        Conversion conversion;
        if (!reader.conversion(values, &conversion)) return nullptr;
        Object* value = values.next();
        if (!value) return nullptr;
        char32_t letter = conversion.letter;
        if (reader.done()) writer.expect_no_more();
        if (letter == 's' || letter == 'r' || letter == 'a') {
            auto text = own(letter == 's' ? object_str(value) : letter == 'r' ? object_repr(value) : object_ascii(value));
            // An int's digits are written, not passed on as the string that str() makes.
            if (text && int_check_exact(value) && conversion.width <= 0 && conversion.precision < 0) {
                if (!writer.put_ascii(str_to_utf8(text.get()))) return nullptr;
            } else if (!text || !put_text(writer, conversion, text.get())) {
                return nullptr;
            }
        } else if (letter == 'c') {
            char32_t c;
            if (!character_of(value, &c)) return nullptr;
            auto text = own(str_from_ordinal(c));
            conversion.precision = -1;
            if (!text || !put_text(writer, conversion, text.get())) return nullptr;
        } else if (is_integer_letter(letter) || is_float_letter(letter)) {
            std::string text;
            if (is_integer_letter(letter) ? !format_integer(conversion, value, &text) : !format_float(conversion, value, false, &text)) return nullptr;
            if (!writer.put_ascii(lay_out_number(conversion, text))) return nullptr;
        } else {
            return reader.unsupported(letter);
        }
    }
    if (!values.exhausted()) return err_set_string(exc::TypeError, "not all arguments converted during string formatting");
    return writer.finish();
}

Owned str_mod(Object* left, Object* right) {
    if (!str_check(left)) return new_not_implemented();
    return str_format_percent(left, right);
}

Owned bytes_format_percent(std::string_view format, Object* arguments, bool as_bytearray) {
    auto at = [=](intptr_t i) { return static_cast<char32_t>(static_cast<uint8_t>(format[static_cast<size_t>(i)])); };
    auto size = static_cast<intptr_t>(format.size());
    Reader reader(at, size, true);
    Values values(arguments);
    std::string out;
    while (!reader.done()) {
        intptr_t begin = reader.position();
        intptr_t end = reader.skip_literal();
        out.append(format.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
        if (end >= size) break;
        if (reader.skip_doubled()) {
            out += '%';
            continue;
        }
        if (!reader.done() && at(reader.position()) == '(' && !values.has_mapping()) return err_set_string(exc::TypeError, "format requires a mapping");
        intptr_t key_begin, key_end;
        int has_key = reader.key(&key_begin, &key_end);
        if (has_key < 0) return nullptr;
        if (has_key) {
            auto key = own(bytes_from_view(format.substr(static_cast<size_t>(key_begin), static_cast<size_t>(key_end - key_begin))));
            if (!key || !values.use_key(key.get())) return nullptr;
        }
        Conversion conversion;
        if (!reader.conversion(values, &conversion)) return nullptr;
        Object* value = values.next();
        if (!value) return nullptr;
        char32_t letter = conversion.letter;
        if (letter == 'a' || letter == 'r') {
            auto text = own(object_ascii(value));
            if (!text) return nullptr;
            pad_bytes(&out, conversion, {static_cast<const char*>(str_data(text.get())), static_cast<size_t>(str_length(text.get()))});
        } else if (letter == 's' || letter == 'b') {
            std::string text;
            if (!bytes_of(value, &text)) return nullptr;
            pad_bytes(&out, conversion, text);
        } else if (letter == 'c') {
            char c;
            if (!byte_of(value, &c)) return nullptr;
            conversion.precision = -1;
            pad_bytes(&out, conversion, {&c, 1});
        } else if (is_integer_letter(letter) || is_float_letter(letter)) {
            std::string text;
            if (is_integer_letter(letter) ? !format_integer(conversion, value, &text) : !format_float(conversion, value, true, &text)) return nullptr;
            out += lay_out_number(conversion, text);
        } else {
            return reader.unsupported(letter);
        }
    }
    if (!values.exhausted()) return err_set_string(exc::TypeError, "not all arguments converted during bytes formatting");
    if (as_bytearray) return bytearray_from_data(out.data(), static_cast<intptr_t>(out.size()));
    return bytes_from_view(out);
}

}  // namespace refscope::vm
