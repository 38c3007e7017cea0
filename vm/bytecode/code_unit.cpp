#include "vm/bytecode/code_unit.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <functional>

#include "vm/bytecode/line_table.h"

namespace refscope::bytecode {

// ---- constants

namespace {

std::shared_ptr<Constant> make(Constant::Kind kind) {
    auto constant = std::make_shared<Constant>();
    constant->kind = kind;
    return constant;
}

bool same_code(const CodeUnit& a, const CodeUnit& b) {
    return a.name == b.name && a.qualname == b.qualname && a.argcount == b.argcount &&
           a.posonlyargcount == b.posonlyargcount && a.kwonlyargcount == b.kwonlyargcount && a.flags == b.flags &&
           a.firstlineno == b.firstlineno && a.code == b.code && a.names == b.names &&
           a.localsplusnames == b.localsplusnames && a.linetable == b.linetable &&
           a.exceptiontable == b.exceptiontable &&
           std::equal(a.consts.begin(), a.consts.end(), b.consts.begin(), b.consts.end(),
                      [](const ConstantRef& x, const ConstantRef& y) { return same_constant(*x, *y); });
}

bool same_double(double a, double b) { return a == b && std::signbit(a) == std::signbit(b); }

}  // namespace

ConstantRef Constant::none() {
    static const ConstantRef kValue = make(Kind::kNone);
    return kValue;
}
ConstantRef Constant::ellipsis() {
    static const ConstantRef kValue = make(Kind::kEllipsis);
    return kValue;
}
ConstantRef Constant::boolean(bool value) {
    static const ConstantRef kTrueValue = make(Kind::kTrue);
    static const ConstantRef kFalseValue = make(Kind::kFalse);
    return value ? kTrueValue : kFalseValue;
}
ConstantRef Constant::of_int(base::BigInt value) {
    auto constant = make(Kind::kInt);
    constant->integer = std::move(value);
    return constant;
}
ConstantRef Constant::of_float(double value) {
    auto constant = make(Kind::kFloat);
    constant->real = value;
    return constant;
}
ConstantRef Constant::of_complex(double real, double imag) {
    auto constant = make(Kind::kComplex);
    constant->real = real;
    constant->imag = imag;
    return constant;
}
ConstantRef Constant::str(std::string text, bool interned) {
    auto constant = make(Kind::kStr);
    constant->text = std::move(text);
    constant->interned = interned;
    return constant;
}
ConstantRef Constant::bytes(std::string text) {
    auto constant = make(Kind::kBytes);
    constant->text = std::move(text);
    return constant;
}
ConstantRef Constant::tuple(std::vector<ConstantRef> items) {
    auto constant = make(Kind::kTuple);
    constant->items = std::move(items);
    return constant;
}
ConstantRef Constant::frozenset(std::vector<ConstantRef> items) {
    auto constant = make(Kind::kFrozenSet);
    constant->items = std::move(items);
    return constant;
}
ConstantRef Constant::held_by_tree(const ConstantRef& constant) {
    if (constant->kind != Kind::kTuple && constant->kind != Kind::kFrozenSet) return constant;
    auto held = std::make_shared<Constant>(*constant);
    held->in_tree = true;
    return held;
}
ConstantRef Constant::of_code(CodeUnitRef code) {
    auto constant = make(Kind::kCode);
    constant->code = std::move(code);
    return constant;
}

bool same_constant(const Constant& a, const Constant& b) {
    if (&a == &b) return true;
    if (a.kind != b.kind) return false;
    switch (a.kind) {
        case Constant::Kind::kNone:
        case Constant::Kind::kTrue:
        case Constant::Kind::kFalse:
        case Constant::Kind::kEllipsis: return true;
        case Constant::Kind::kInt: return a.integer == b.integer;
        case Constant::Kind::kFloat: return same_double(a.real, b.real);
        case Constant::Kind::kComplex: return same_double(a.real, b.real) && same_double(a.imag, b.imag);
        case Constant::Kind::kStr:
        case Constant::Kind::kBytes: return a.text == b.text;
        case Constant::Kind::kTuple:
            return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                              [](const ConstantRef& x, const ConstantRef& y) { return same_constant(*x, *y); });
        case Constant::Kind::kFrozenSet:
            return a.items.size() == b.items.size() &&
                   std::all_of(a.items.begin(), a.items.end(), [&b](const ConstantRef& x) {
                       return std::any_of(b.items.begin(), b.items.end(),
                                          [&x](const ConstantRef& y) { return same_constant(*x, *y); });
                   });
        case Constant::Kind::kCode: return a.code == b.code || same_code(*a.code, *b.code);
    }
    return false;
}

size_t hash_constant(const Constant& constant) {
    size_t seed = static_cast<size_t>(constant.kind) * 0x9e3779b97f4a7c15u;
    switch (constant.kind) {
        case Constant::Kind::kInt: return seed ^ static_cast<size_t>(constant.integer.hash());
        case Constant::Kind::kFloat: return seed ^ std::bit_cast<uint64_t>(constant.real) * 31;
        case Constant::Kind::kComplex:
            return seed ^ std::bit_cast<uint64_t>(constant.real) * 31 ^ std::bit_cast<uint64_t>(constant.imag) * 37;
        case Constant::Kind::kStr:
        case Constant::Kind::kBytes: return seed ^ std::hash<std::string_view>()(constant.text);
        case Constant::Kind::kTuple:
            for (const ConstantRef& item : constant.items) seed = seed * 1000003 + hash_constant(*item);
            return seed;
        case Constant::Kind::kFrozenSet:
            for (const ConstantRef& item : constant.items) seed += hash_constant(*item) * 31;
            return seed;
        case Constant::Kind::kCode:
            return seed ^ std::hash<std::string_view>()(constant.code->qualname) ^
                   constant.code->code.size() * 31 ^ static_cast<size_t>(constant.code->firstlineno) * 37;
        default: return seed;
    }
}

// ---- repr

namespace {

/// repr(float): the shortest digits that give the same double, with an exponent outside 1e-4 … 1e16.
std::string repr_double(double value, bool add_dot) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    std::string_view scientific(buffer, static_cast<size_t>(end - buffer));
    size_t e = scientific.find('e');
    int exponent = std::atoi(std::string(scientific.substr(e + 1)).c_str());
    std::string digits;
    for (char c : scientific.substr(0, e)) {
        if (c >= '0' && c <= '9') digits.push_back(c);
    }
    std::string text = scientific[0] == '-' ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
        text += digits.substr(0, 1);
        if (digits.size() > 1) text += "." + digits.substr(1);
        text += exponent < 0 ? "e-" : "e+";
        int magnitude = std::abs(exponent);
        if (magnitude < 10) text += '0';
        return text + std::to_string(magnitude);
    }
    if (exponent < 0) return text + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
    size_t whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() <= whole) {
        text += digits + std::string(whole - digits.size(), '0');
        return add_dot ? text + ".0" : text;
    }
    return text + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string repr_complex(double real, double imag) {
    if (real == 0 && !std::signbit(real)) return repr_double(imag, false) + "j";
    std::string imaginary = repr_double(imag, false);
    if (imaginary[0] != '-') imaginary.insert(imaginary.begin(), '+');
    return "(" + repr_double(real, false) + imaginary + "j)";
}

void append_hex(std::string& text, const char* prefix, unsigned value, int digits) {
    static constexpr char kHex[] = "0123456789abcdef";
    text += prefix;
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) text += kHex[value >> shift & 15];
}

char choose_quote(std::string_view text) {
    return text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
}

bool append_common_escape(std::string& out, unsigned c, char quote) {
    switch (c) {
        case '\\': out += "\\\\"; return true;
        case '\n': out += "\\n"; return true;
        case '\r': out += "\\r"; return true;
        case '\t': out += "\\t"; return true;
        default: break;
    }
    if (c == static_cast<unsigned char>(quote)) {
        out += '\\';
        out += quote;
        return true;
    }
    return false;
}

std::string repr_bytes(std::string_view bytes) {
    char quote = choose_quote(bytes);
    std::string out = "b";
    out += quote;
    for (char raw : bytes) {
        unsigned c = static_cast<unsigned char>(raw);
        if (append_common_escape(out, c, quote)) continue;
        if (c < 0x20 || c >= 0x7f) {
            append_hex(out, "\\x", c, 2);
        } else {
            out += raw;
        }
    }
    return out + quote;
}

/// Printable text passes unchanged, but for control characters and lone surrogates: enough for a listing.
std::string repr_str(std::string_view text) {
    char quote = choose_quote(text);
    std::string out(1, quote);
    for (size_t i = 0; i < text.size();) {
        unsigned c = static_cast<unsigned char>(text[i]);
        if (append_common_escape(out, c, quote)) {
            i++;
        } else if (c < 0x20 || c == 0x7f) {
            append_hex(out, "\\x", c, 2);
            i++;
        } else if (c == 0xed && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xa0) {
            unsigned code = 0xd000 | (static_cast<unsigned char>(text[i + 1]) & 0x3fu) << 6 |
                            (static_cast<unsigned char>(text[i + 2]) & 0x3fu);
            append_hex(out, "\\u", code, 4);
            i += 3;
        } else {
            out += text[i++];
        }
    }
    return out + quote;
}

}  // namespace

std::string repr(const Constant& constant) {
    switch (constant.kind) {
        case Constant::Kind::kNone: return "None";
        case Constant::Kind::kTrue: return "True";
        case Constant::Kind::kFalse: return "False";
        case Constant::Kind::kEllipsis: return "Ellipsis";
        case Constant::Kind::kInt: return constant.integer.to_string();
        case Constant::Kind::kFloat: return repr_double(constant.real, true);
        case Constant::Kind::kComplex: return repr_complex(constant.real, constant.imag);
        case Constant::Kind::kStr: return repr_str(constant.text);
        case Constant::Kind::kBytes: return repr_bytes(constant.text);
        case Constant::Kind::kTuple:
        case Constant::Kind::kFrozenSet: {
            bool is_tuple = constant.kind == Constant::Kind::kTuple;
            std::string out = is_tuple ? "(" : constant.items.empty() ? "frozenset(" : "frozenset({";
            for (size_t i = 0; i < constant.items.size(); i++) {
                if (i) out += ", ";
                out += repr(*constant.items[i]);
            }
            if (is_tuple && constant.items.size() == 1) out += ",";
            if (!is_tuple && !constant.items.empty()) out += "}";
            return out + ")";
        }
        case Constant::Kind::kCode:
            return "<code object " + constant.code->name + ", file \"" + constant.code->filename + "\", line " +
                   std::to_string(constant.code->firstlineno) + ">";
    }
    return {};
}

// ---- code units

std::vector<std::string> CodeUnit::names_of_kind(uint8_t kind) const {
    std::vector<std::string> found;
    for (size_t i = 0; i < localsplusnames.size(); i++) {
        if (localspluskinds[i] & kind) found.push_back(localsplusnames[i]);
    }
    return found;
}

std::vector<Position> CodeUnit::positions() const {
    std::vector<Position> all;
    all.reserve(code.size());
    LineTableReader reader(linetable, firstlineno);
    Position at;
    int units;
    while (reader.next(at, units)) all.insert(all.end(), static_cast<size_t>(units), at);
    return all;
}

Position CodeUnit::position_at(int unit) const {
    LineTableReader reader(linetable, firstlineno);
    Position at;
    int units;
    int end = 0;
    while (reader.next(at, units)) {
        end += units;
        if (unit < end) return at;
    }
    return {};
}

int CodeUnit::line_at(int unit) const { return position_at(unit).line; }

std::vector<ExceptionEntry> CodeUnit::exception_entries() const { return decode_exception_table(exceptiontable); }

const Constant* CodeUnit::docstring() const {
    if (consts.empty() || consts[0]->kind != Constant::Kind::kStr) return nullptr;
    return consts[0].get();
}

}  // namespace refscope::bytecode
