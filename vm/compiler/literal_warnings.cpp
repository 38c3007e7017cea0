#include "vm/compiler/literal_warnings.h"

namespace refscope::compiler {

namespace {

/// Goes through the literals of a range; what stands between them is white space, comments and continued lines.
class LiteralScanner {
  public:
    LiteralScanner(std::string_view text, const syntax::Range& range, std::vector<CompileWarning>& warnings)
        : text_(text), column_(range.col_offset), line_(range.lineno), warnings_(warnings) {}

    void run() {
        while (at_ < text_.size()) {
            char c = text_[at_];
            if (c == '#') {
                while (at_ < text_.size() && text_[at_] != '\n') at_++;
            } else if (c == '\'' || c == '"' || is_letter(c)) {
                literal();
            } else {
                if (c == '\n') line_++;
                at_++;
            }
        }
    }

  private:
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

    bool is_known_escape(char c) const {
        return std::string_view("\n\\'\"bftnrva01234567x").find(c) != std::string_view::npos ||
               (!bytes_ && std::string_view("NuU").find(c) != std::string_view::npos);
    }

    void literal() {
        bool raw = false;
        bool format = false;
        bytes_ = false;
        for (; at_ < text_.size() && is_letter(text_[at_]); at_++) {
            char c = static_cast<char>(text_[at_] | 0x20);
            raw |= c == 'r';
            format |= c == 'f';
            bytes_ |= c == 'b';
        }
        if (at_ >= text_.size()) return;
        char quote = text_[at_];
        bool triple = text_.substr(at_, 3) == std::string(3, quote);
        std::string_view end = text_.substr(at_, triple ? 3 : 1);
        at_ += end.size();
        int first_line = line_;  // the warning names the literal's first line
        bool warned = raw;
        while (at_ < text_.size() && text_.substr(at_, end.size()) != end) {
            char c = text_[at_++];
            if (c == '\n') line_++;
            // The parts of an f-string between its fields are decoded one by one.
            if (format && !raw && (c == '{' || c == '}')) warned = false;
            if (c != '\\' || at_ >= text_.size()) continue;
            char escaped = text_[at_++];
            if (escaped == '\n') line_++;
            if (!warned && !is_known_escape(escaped) && static_cast<unsigned char>(escaped) < 0x80) {
                warnings_.push_back({"DeprecationWarning", std::string("invalid escape sequence '\\") + escaped + "'",
                                     bytecode::Position{first_line, first_line, column_, -1}});
                warned = true;
            }
            if (format && !raw && escaped == '{') warned = false;
        }
        at_ += end.size();
    }

    std::string_view text_;
    size_t at_ = 0;
    int column_;  // of the first literal: orders the warnings of a line
    int line_;
    bool bytes_ = false;
    std::vector<CompileWarning>& warnings_;
};

void check_escapes(std::string_view text, const syntax::Range& range, std::vector<CompileWarning>& warnings) {
    if (text.find('\\') != std::string_view::npos) LiteralScanner(text, range, warnings).run();
}

std::string_view kind_of_number(std::string_view text) {
    char second = text.size() > 1 && text[0] == '0' ? static_cast<char>(text[1] | 0x20) : '0';
    if (second == 'x') return "hexadecimal";
    if (second == 'o') return "octal";
    if (second == 'b') return "binary";
    return (text.back() | 0x20) == 'j' ? "imaginary" : "decimal";
}

/// Only keywords that can follow a number in a sound program: for anything else the number is an error.
void check_end_of_number(std::string_view text, std::string_view after, const syntax::Range& range,
                         std::vector<CompileWarning>& warnings) {
    for (std::string_view keyword : {"and", "else", "for", "if", "in", "is", "or", "not"}) {
        if (!after.starts_with(keyword)) continue;
        warnings.push_back({"SyntaxWarning", "invalid " + std::string(kind_of_number(text)) + " literal",
                            bytecode::Position{range.end_lineno, range.end_lineno, range.col_offset, -1}});
        return;
    }
}

}  // namespace

void warn_of_literal(std::string_view source, const syntax::ExprNode* node, std::vector<CompileWarning>& warnings) {
    const syntax::Range& range = node->range;
    if (range.end > source.size() || range.begin >= range.end) return;
    std::string_view text = source.substr(range.begin, range.end - range.begin);
    if (node->kind == syntax::NodeKind::JoinedStr) {
        check_escapes(text, range, warnings);
        return;
    }
    switch (static_cast<const syntax::Constant*>(node)->constant_kind) {
        case syntax::ConstantKind::Str:
        case syntax::ConstantKind::Bytes: check_escapes(text, range, warnings); break;
        case syntax::ConstantKind::Int:
        case syntax::ConstantKind::Float:
        case syntax::ConstantKind::Complex:
            check_end_of_number(text, source.substr(range.end), range, warnings);
            break;
        default: break;
    }
}

}  // namespace refscope::compiler
