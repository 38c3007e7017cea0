#include "vm/compiler/format_fold.h"

#include <vector>

#include "vm/compiler/folded_tree.h"

namespace refscope::compiler {

using namespace syntax;

namespace {

/// CPython gives up on widths and precisions of this many digits.
constexpr int kMaxDigits = 3;

class FormatParser {
  public:
    FormatParser(std::string_view format, base::Arena& arena) : format_(format), arena_(arena) {}

    bool at_end() const { return at_ >= format_.size(); }

    /// Text up to the next field, with %% as %; empty if a field follows at once.
    std::string literal() {
        std::string text;
        while (at_ < format_.size()) {
            if (format_[at_] != '%') {
                text += format_[at_++];
            } else if (at_ + 1 < format_.size() && format_[at_ + 1] == '%') {
                text += '%';
                at_ += 2;
            } else {
                break;
            }
        }
        return text;
    }

    /// The field that starts here, or null.
    ExprNode* field(ExprNode* item) {
        at_++;  // the percent sign
        bool left = false;
        int c = next();
        for (; c == '-' || c == '+' || c == ' ' || c == '#' || c == '0'; c = next()) left |= c == '-';
        int width = -1;
        int precision = -1;
        if (!number(c, width)) return nullptr;
        if (c == '.') {
            c = next();
            precision = 0;
            int digits = -1;
            if (!number(c, digits)) return nullptr;
            if (digits >= 0) precision = digits;
        }
        if (c != 's' && c != 'r' && c != 'a') return nullptr;
        std::string spec;
        if (!left && width > 0) spec += '>';
        if (width >= 0) spec += std::to_string(width);
        if (precision >= 0) spec += "." + std::to_string(precision);
        auto* value = arena_.make<FormattedValue>();
        value->range = item->range;
        value->value = item;
        value->conversion = c;
        if (!spec.empty()) value->format_spec = text_node(spec, item->range);
        return value;
    }

    FoldedConstant* text_node(const std::string& text, const Range& range) {
        auto* constant = arena_.make<FoldedConstant>();
        constant->range = range;
        constant->value = Constant::str(text);
        return constant;
    }

  private:
    int next() { return at_ < format_.size() ? static_cast<unsigned char>(format_[at_++]) : -1; }

    bool number(int& c, int& value) {
        if (c < '0' || c > '9') return true;
        value = 0;
        for (int digits = 1; c >= '0' && c <= '9'; digits++) {
            value = value * 10 + (c - '0');
            c = next();
            if (c < 0 || digits >= kMaxDigits) return false;
        }
        return true;
    }

    std::string_view format_;
    base::Arena& arena_;
    size_t at_ = 0;
};

}  // namespace

JoinedStr* fold_format(const bytecode::Constant& format, const base::Sequence<ExprNode*>& items, base::Arena& arena) {
    for (ExprNode* item : items) {
        if (item->kind == NodeKind::Starred) return nullptr;
    }
    FormatParser parser(format.text, arena);
    std::vector<ExprNode*> values;
    size_t used = 0;
    Range nowhere;
    nowhere.lineno = nowhere.end_lineno = nowhere.col_offset = nowhere.end_col_offset = -1;
    while (true) {
        std::string literal = parser.literal();
        if (!literal.empty()) values.push_back(parser.text_node(literal, nowhere));
        if (parser.at_end()) break;
        if (used >= items.size()) return nullptr;
        ExprNode* field = parser.field(items[used++]);
        if (!field) return nullptr;
        values.push_back(field);
    }
    if (used < items.size()) return nullptr;
    auto* joined = arena.make<JoinedStr>();
    joined->values = arena.copy(values);
    return joined;
}

}  // namespace refscope::compiler
