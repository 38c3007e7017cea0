#include "vm/compiler/escape_warnings.h"

#include <algorithm>

namespace refscope::compiler {

namespace {

/// Goes through the literals of a range; what stands between them is white space, comments and continued lines.
class LiteralScanner {
  public:
    LiteralScanner(std::string_view text, int line, std::vector<CompileWarning>& warnings)
        : text_(text), line_(line), warnings_(warnings) {}

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
                                     bytecode::Position{first_line, first_line, -1, -1}});
                warned = true;
            }
            if (format && !raw && escaped == '{') warned = false;
        }
        at_ += end.size();
    }

    std::string_view text_;
    size_t at_ = 0;
    int line_;
    bool bytes_ = false;
    std::vector<CompileWarning>& warnings_;
};

}  // namespace

void warn_of_invalid_escapes(std::string_view source, const syntax::Range& range, std::vector<CompileWarning>& warnings) {
    if (range.end > source.size() || range.begin >= range.end) return;
    std::string_view text = source.substr(range.begin, range.end - range.begin);
    if (text.find('\\') != std::string_view::npos) LiteralScanner(text, range.lineno, warnings).run();
}

}  // namespace refscope::compiler
