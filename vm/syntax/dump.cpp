#include "vm/syntax/dump.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "vm/base/unicode.h"
#include "vm/base/utf8.h"
#include "vm/syntax/ast_visitor.h"

namespace refscope::syntax {

namespace {

char quote_for(std::string_view text) {
    const bool single = text.find('\'') != std::string_view::npos;
    const bool both = single && text.find('"') != std::string_view::npos;
    return single && !both ? '"' : '\'';
}

bool append_simple_escape(std::string& out, char c, char quote) {
    switch (c) {
        case '\\': out += "\\\\"; return true;
        case '\n': out += "\\n"; return true;
        case '\r': out += "\\r"; return true;
        case '\t': out += "\\t"; return true;
        default: break;
    }
    if (c != quote) return false;
    out += '\\';
    out += c;
    return true;
}

// Nodes without lineno and col_offset in the ASDL.
bool has_attributes(NodeKind kind) {
    switch (kind) {
        case NodeKind::Module:
        case NodeKind::Interactive:
        case NodeKind::Expression:
        case NodeKind::Comprehension:
        case NodeKind::Arguments:
        case NodeKind::WithItem:
        case NodeKind::MatchCase: return false;
        default: return true;
    }
}

class Dumper {
  public:
    explicit Dumper(bool attributes) : attributes_(attributes) {}

    void node(const Node& item) {
        out_ += node_name(item.kind);
        out_ += '(';
        first_ = true;
        visit(item, [this](const auto& typed) { fields(typed); });
        if (attributes_ && has_attributes(item.kind)) {
            attribute("lineno", item.range.lineno);
            attribute("col_offset", item.range.col_offset);
            attribute("end_lineno", item.range.end_lineno);
            attribute("end_col_offset", item.range.end_col_offset);
        }
        out_ += ')';
        first_ = false;
    }
    std::string take() { return std::move(out_); }

  private:
    void name(const char* text) {
        if (!first_) out_ += ", ";
        first_ = false;
        out_ += text;
        out_ += '=';
    }
    void attribute(const char* text, std::int32_t value) {
        name(text);
        out_ += std::to_string(value);
    }

    template <class T>
    void fields(const T& item) {
        item.for_each_field([this](const char* text, const auto& value) { field(text, value); });
        if constexpr (std::is_same_v<T, Module>) {
            name("type_ignores");
            out_ += "[]";
        }
    }
    void fields(const Constant& item) {
        name("value");
        switch (item.constant_kind) {
            case ConstantKind::None: out_ += "None"; break;
            case ConstantKind::True: out_ += "True"; break;
            case ConstantKind::False: out_ += "False"; break;
            case ConstantKind::Ellipsis: out_ += "Ellipsis"; break;
            case ConstantKind::Int: out_ += item.integer->to_string(); break;
            case ConstantKind::Float: out_ += python_repr_float(item.number); break;
            case ConstantKind::Complex: {
                std::string text = python_repr_float(item.number);
                if (text.ends_with(".0")) text.resize(text.size() - 2);
                out_ += text + "j";
                break;
            }
            case ConstantKind::Str: out_ += python_repr_str(item.text); break;
            case ConstantKind::Bytes: out_ += python_repr_bytes(item.text); break;
        }
        if (item.has_u_prefix) {
            name("kind");
            out_ += "'u'";
        }
    }

    void field(const char* text, const Identifier& value) { field(text, value.text); }
    void field(const char* text, std::string_view value) {
        if (value.data() == nullptr) return;
        name(text);
        out_ += python_repr_str(value);
    }
    void field(const char* text, int value) {
        name(text);
        out_ += std::to_string(value);
    }
    void field(const char* text, ExprContext value) { token(text, context_name(value)); }
    void field(const char* text, BoolOperator value) { token(text, operator_name(value)); }
    void field(const char* text, Operator value) { token(text, operator_name(value)); }
    void field(const char* text, UnaryOperator value) { token(text, operator_name(value)); }
    void field(const char* text, ConstantKind value) {
        name(text);
        out_ +=
            value == ConstantKind::None ? "None" : (value == ConstantKind::True ? "True" : "False");
    }
    void token(const char* text, std::string_view value) {
        name(text);
        out_ += value;
        out_ += "()";
    }
    void field(const char* text, const Node* value) {
        if (value == nullptr) {
            // MatchSingleton alone has a value that may be None; it is no node.
            return;
        }
        name(text);
        node(*value);
    }
    template <class T>
    void field(const char* text, const Sequence<T>& values) {
        name(text);
        out_ += '[';
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i != 0) out_ += ", ";
            element(values[i]);
        }
        out_ += ']';
        first_ = false;
    }
    void element(const Node* value) {
        if (value == nullptr) {
            out_ += "None";
        } else {
            node(*value);
        }
    }
    void element(const Identifier& value) { out_ += python_repr_str(value.text); }
    void element(CmpOperator value) {
        out_ += operator_name(value);
        out_ += "()";
    }

    const bool attributes_;
    bool first_ = true;
    std::string out_;
};

}  // namespace

std::string python_repr_str(std::string_view text) {
    const char quote = quote_for(text);
    std::string out(1, quote);
    while (!text.empty()) {
        const base::DecodedCharacter character = base::decode_utf8(text);
        const char32_t code = character.code_point;
        char escape[16];
        if (code < 0x80 && append_simple_escape(out, text[0], quote)) {
        } else if (code < 0x20 || code == 0x7F) {
            std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(code));
            out += escape;
        } else if (code < 0x7F || base::is_printable(code)) {
            out += text.substr(0, character.length);
        } else {
            const char* const format =
                code < 0x100 ? "\\x%02x" : (code < 0x10000 ? "\\u%04x" : "\\U%08x");
            std::snprintf(escape, sizeof escape, format, static_cast<unsigned>(code));
            out += escape;
        }
        text.remove_prefix(character.length);
    }
    out += quote;
    return out;
}

std::string python_repr_bytes(std::string_view bytes) {
    const char quote = quote_for(bytes);
    std::string out = "b";
    out += quote;
    for (char c : bytes) {
        if (append_simple_escape(out, c, quote)) continue;
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7F) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\x%02x", byte);
            out += escape;
        } else {
            out += c;
        }
    }
    out += quote;
    return out;
}

// The shortest digits that read back, in CPython's choice of notation.
std::string python_repr_float(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char buffer[40];
    const auto written =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    const std::string_view text(buffer, static_cast<std::size_t>(written.ptr - buffer));
    const std::size_t e = text.find('e');
    const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
    std::string digits;
    const bool negative = text[0] == '-';
    for (char c : text.substr(0, e)) {
        if (c >= '0' && c <= '9') digits += c;
    }
    std::string out;
    if (exponent < -4 || exponent >= 16) {
        out = digits.substr(0, 1);
        if (digits.size() > 1) out += "." + digits.substr(1);
        char suffix[16];
        std::snprintf(suffix, sizeof suffix, "e%c%02d", exponent < 0 ? '-' : '+',
                      std::abs(exponent));
        out += suffix;
    } else if (exponent < 0) {
        out = "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    } else {
        const auto whole = static_cast<std::size_t>(exponent) + 1;
        if (digits.size() <= whole) {
            out = digits + std::string(whole - digits.size(), '0') + ".0";
        } else {
            out = digits.substr(0, whole) + "." + digits.substr(whole);
        }
    }
    return negative ? "-" + out : out;
}

std::string dump(const Node& node, bool include_attributes) {
    Dumper dumper(include_attributes);
    dumper.node(node);
    return dumper.take();
}

}  // namespace refscope::syntax
