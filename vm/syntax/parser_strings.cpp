// String literals: prefixes, implicit concatenation and f-strings.
//
// CPython 3.11 reads an f-string as one token and finds its expressions by hand, then parses each
// as if it stood alone in parentheses. The rules of that scan (no backslash, no '#', '=' and '!'
// and ':' end the expression outside brackets) are observable in its errors and kept here. All
// parts of a literal carry the position of the whole concatenation; expressions carry their own.

#include <algorithm>

#include "vm/base/utf8.h"
#include "vm/syntax/escapes.h"
#include "vm/syntax/parser.h"

namespace refscope::syntax {

namespace {

constexpr int kMaxFormatDepth = 2;
constexpr std::size_t kMaxNesting = 200;
constexpr int kMaxStringDepth = 64;

bool matches(char open, char close) {
    return (open == '(' && close == ')') || (open == '[' && close == ']') ||
           (open == '{' && close == '}');
}

struct Prefix {
    bool bytes = false;
    bool raw = false;
    bool format = false;
    std::size_t body_begin = 0;
    std::size_t body_end = 0;
};

Prefix read_prefix(std::string_view text) {
    Prefix prefix;
    std::size_t at = 0;
    for (; text[at] != '"' && text[at] != '\''; ++at) {
        switch (text[at] | 0x20) {
            case 'b': prefix.bytes = true; break;
            case 'r': prefix.raw = true; break;
            case 'f': prefix.format = true; break;
            default: break;
        }
    }
    const bool triple =
        text.size() >= at + 6 && text[at + 1] == text[at] && text[at + 2] == text[at];
    prefix.body_begin = at + (triple ? 3 : 1);
    prefix.body_end = text.size() - (triple ? 3 : 1);
    return prefix;
}

}  // namespace

// Assembles one literal, or one format spec, from its pieces.
class StringBuilder {
  public:
    StringBuilder(Parser& parser, const Token& first, const Token& last, bool has_u_prefix)
        : parser_(parser),
          range_(Parser::join(first.range, last.range)),
          first_(first),
          has_u_prefix_(has_u_prefix),
          values_(parser) {}

    bool add_plain(std::string_view body, bool raw) { return add_literal(body, raw); }
    // body: offsets in the source
    bool add_format(const Token& token, std::uint32_t& at, std::uint32_t end, bool raw, int depth);

    ExprNode* finish(const Range& range) {
        if (!format_) return constant(range);
        flush(range);
        auto* node = parser_.make_at<JoinedStr>(range);
        node->values = parser_.finish(values_);
        return node;
    }

  private:
    bool add_literal(std::string_view body, bool raw) {
        if (raw || body.find('\\') == std::string_view::npos) {
            text_.append(body);
            return true;
        }
        DecodedLiteral decoded = decode_str_escapes(body);
        text_ += decoded.text;
        if (decoded.error.empty()) return true;
        return fail(std::move(decoded.error));
    }
    bool fail(std::string message) {
        if (parser_.recovering_) {
            parser_.missing("string");
            return true;
        }
        parser_.raise_here(std::move(message));
        return false;
    }
    Constant* constant(const Range& range) {
        auto* node = parser_.make_at<Constant>(range);
        node->constant_kind = ConstantKind::Str;
        node->has_u_prefix = has_u_prefix_;
        node->text = parser_.context_.arena.copy(text_);
        text_.clear();
        return node;
    }
    void flush(const Range& range) {
        if (!text_.empty()) values_.add(constant(range));
    }
    bool literal_part(std::uint32_t& at, std::uint32_t end, bool raw, int depth, bool& doubled);
    bool expression_part(const Token& token, std::uint32_t& at, std::uint32_t end, bool raw,
                         int depth);
    // The end of the expression that starts at `at`, or false after an error.
    bool find_end(std::uint32_t& at, std::uint32_t end);
    ExprNode* compile(const Token& token, std::uint32_t begin, std::uint32_t end);

    char source(std::uint32_t at) const { return parser_.context_.source.text()[at]; }
    std::string_view source(std::uint32_t begin, std::uint32_t end) const {
        return parser_.context_.source.text().substr(begin, end - begin);
    }

    Parser& parser_;
    const Range range_;
    const Token& first_;
    const bool has_u_prefix_;
    bool format_ = false;
    std::string text_;
    Parser::List<ExprNode> values_;
};

// Literal text up to a brace; `doubled` when it ends in `{{` or `}}`, of which one belongs to the
// text.
bool StringBuilder::literal_part(std::uint32_t& at, std::uint32_t end, bool raw, int depth,
                                 bool& doubled) {
    const std::uint32_t begin = at;
    std::uint32_t literal_end = end;
    while (at < end) {
        char c = source(at++);
        if (!raw && c == '\\' && at < end) {
            c = source(at++);
            if (c == 'N') {
                // The braces of \N{...} are no expression.
                if (at < end && source(at++) == '{') {
                    while (at < end && source(at++) != '}') {
                    }
                }
                continue;
            }
        }
        if (c != '{' && c != '}') continue;
        if (depth == 0) {
            if (at < end && source(at) == c) {
                literal_end = at;
                ++at;
                doubled = true;
                return add_literal(source(begin, literal_end), raw);
            }
            if (c == '}') {
                if (!parser_.recovering_) {
                    --at;
                    return fail("f-string: single '}' is not allowed");
                }
                parser_.missing("{");
                continue;
            }
        }
        --at;
        break;
    }
    literal_end = at;
    return begin == literal_end || add_literal(source(begin, literal_end), raw);
}

bool StringBuilder::add_format(const Token& token, std::uint32_t& at, std::uint32_t end, bool raw,
                               int depth) {
    format_ = true;
    while (true) {
        bool doubled = false;
        if (!literal_part(at, end, raw, depth, doubled)) return false;
        if (doubled) continue;
        if (at >= end || source(at) == '}') break;
        if (!expression_part(token, at, end, raw, depth)) return false;
    }
    // In a format spec the '}' belongs to the expression around it.
    if (depth == 0 && at < end) return fail("f-string: unexpected end of string");
    return true;
}

bool StringBuilder::find_end(std::uint32_t& at, std::uint32_t end) {
    char quote = 0;
    bool triple = false;
    std::string nesting;
    for (; at < end; ++at) {
        const char c = source(at);
        if (c == '\\')
            return fail("f-string expression part cannot include a backslash") && (at = end, true);
        const bool three = at + 2 < end && source(at + 1) == c && source(at + 2) == c;
        if (quote != 0) {
            if (c != quote) continue;
            if (triple) {
                if (!three) continue;
                at += 2;
            }
            quote = 0;
            continue;
        }
        if (c == '\'' || c == '"') {
            quote = c;
            triple = three;
            if (triple) at += 2;
            continue;
        }
        if (c == '[' || c == '{' || c == '(') {
            if (nesting.size() >= kMaxNesting) return fail("f-string: too many nested parenthesis");
            nesting.push_back(c);
            continue;
        }
        if (c == '#')
            return fail("f-string expression part cannot include '#'") && (at = end, true);
        if (nesting.empty() &&
            (c == '!' || c == ':' || c == '}' || c == '=' || c == '<' || c == '>')) {
            if (at + 1 < end && source(at + 1) == '=' && c != ':' && c != '}') {
                ++at;
                continue;
            }
            if (c == '<' || c == '>') continue;
            break;
        }
        if (c == ']' || c == '}' || c == ')') {
            if (nesting.empty()) return fail(std::string("f-string: unmatched '") + c + "'");
            const char open = nesting.back();
            nesting.pop_back();
            if (!matches(open, c)) {
                return fail(std::string("f-string: closing parenthesis '") + c +
                            "' does not match opening parenthesis '" + open + "'");
            }
        }
    }
    if (quote != 0) return fail("f-string: unterminated string");
    if (!nesting.empty()) return fail(std::string("f-string: unmatched '") + nesting.back() + "'");
    return true;
}

bool StringBuilder::expression_part(const Token& token, std::uint32_t& at, std::uint32_t end,
                                    bool raw, int depth) {
    if (depth >= kMaxFormatDepth) {
        at = end;
        return fail("f-string: expressions nested too deeply");
    }
    const auto ended = [&] {
        if (at < end) return false;
        fail("f-string: expecting '}'");
        return true;
    };
    const std::uint32_t begin = ++at;
    if (!find_end(at, end)) return false;
    const std::uint32_t expression_end = at;
    if (ended() && !parser_.recovering_) return false;
    ExprNode* value = compile(token, begin, expression_end);
    if (value == nullptr) return false;

    bool self_documenting = false;
    if (at < end && source(at) == '=') {
        // `{x=}` shows its own text.
        self_documenting = true;
        ++at;
        while (at < end && (source(at) == ' ' || (source(at) >= '\t' && source(at) <= '\r'))) ++at;
        if (ended() && !parser_.recovering_) return false;
        text_.append(source(begin, at));
    }
    int conversion = -1;
    if (at < end && source(at) == '!') {
        ++at;
        if (ended()) return parser_.recovering_;
        conversion = static_cast<unsigned char>(source(at++));
        if (conversion != 's' && conversion != 'r' && conversion != 'a') {
            conversion = -1;
            if (!fail("f-string: invalid conversion character: expected 's', 'r', or 'a'"))
                return false;
        }
        if (ended() && !parser_.recovering_) return false;
    }
    ExprNode* spec = nullptr;
    if (at < end && source(at) == ':') {
        ++at;
        if (ended() && !parser_.recovering_) return false;
        // Its own builder: the pieces of the spec carry the place of the whole literal, the spec
        // itself that of the token it stands in.
        StringBuilder inner(parser_, first_, token, has_u_prefix_);
        const bool good = inner.add_format(token, at, end, raw, depth + 1);
        if (!good) return false;
        spec = inner.finish(token.range);
    }
    if (at >= end || source(at) != '}') {
        if (!fail("f-string: expecting '}'")) return false;
    } else {
        ++at;
    }
    if (self_documenting && spec == nullptr && conversion == -1) conversion = 'r';
    flush(range_);
    auto* node = parser_.make_at<FormattedValue>(range_);
    node->value = value;
    node->conversion = conversion;
    node->format_spec = spec;
    values_.add(node);
    return true;
}

ExprNode* StringBuilder::compile(const Token& token, std::uint32_t begin, std::uint32_t end) {
    const std::string_view text = source(begin, end);
    if (text.find_first_not_of(" \t\n\f") == std::string_view::npos) {
        const char next = end < parser_.context_.source.size() ? source(end) : '}';
        const bool names_it = next == '!' || next == ':' || next == '=';
        if (!fail(names_it ? std::string("f-string: expression required before '") + next + "'"
                           : std::string("f-string: empty expression not allowed"))) {
            return nullptr;
        }
        auto* gap = parser_.error_expr();
        gap->range.begin = begin;
        gap->range.end = end;
        return gap;
    }
    if (parser_.context_.string_depth >= kMaxStringDepth) {
        parser_.raise_too_deep();
        return nullptr;
    }
    // CPython counts lines and columns from the token's start. A line break right after the brace
    // puts the parenthesis, which nobody sees but in a tuple's range, at the start of the token.
    EmbeddedExpression place;
    place.begin = begin;
    place.end = end;
    const std::string_view before = source(token.range.begin, begin - 1);
    const auto lines = static_cast<std::int32_t>(std::count(before.begin(), before.end(), '\n'));
    place.lineno = token.range.lineno + lines;
    const std::size_t code = text.find_first_not_of(" \t\f");
    const bool breaks_first = text[code] == '\n';
    std::int32_t column = 0;
    if (!breaks_first) {
        const std::size_t newline = before.rfind('\n');
        column = static_cast<std::int32_t>(
            newline == std::string_view::npos ? before.size() : before.size() - newline - 1);
    }
    place.column_shift = lines != 0 ? column : token.range.col_offset + column;
    ++parser_.context_.string_depth;
    Parser inner(parser_.context_, tokenize_embedded(parser_.context_.source, place));
    ExprNode* value = inner.run_embedded(place, parser_.recovering_);
    --parser_.context_.string_depth;
    if (value == nullptr) {
        parser_.raised_ = true;
        parser_.error_ = inner.error();
    } else if (inner.noted_ > 0) {
        parser_.missing("expression");
    }
    return value;
}

ExprNode* Parser::strings() {
    const std::size_t start = pos_;
    while (at(TokenKind::String)) advance();
    const std::size_t end = pos_;
    const Token& first = tokens_[start];
    const Token& last = tokens_[end - 1];
    const std::string_view first_text = token_text(first);
    const Prefix first_prefix = read_prefix(first_text);

    if (first_prefix.bytes) {
        std::string bytes;
        for (std::size_t i = start; i < end; ++i) {
            const std::string_view text = token_text(tokens_[i]);
            const Prefix prefix = read_prefix(text);
            const std::string_view body =
                text.substr(prefix.body_begin, prefix.body_end - prefix.body_begin);
            std::string problem;
            if (!prefix.bytes) {
                problem = "cannot mix bytes and nonbytes literals";
            } else if (!base::is_ascii(body)) {
                problem = "bytes can only contain ASCII literal characters";
            } else if (prefix.raw) {
                bytes.append(body);
            } else {
                DecodedLiteral decoded = decode_bytes_escapes(body);
                bytes += decoded.text;
                problem = std::move(decoded.error);
            }
            if (problem.empty()) continue;
            if (!recovering_) return raise_here(std::move(problem));
            missing("string");
        }
        auto* node = make_at<Constant>(join(first.range, last.range));
        node->constant_kind = ConstantKind::Bytes;
        node->text = context_.arena.copy(bytes);
        return node;
    }

    StringBuilder builder(*this, first, last, first_text[0] == 'u');
    for (std::size_t i = start; i < end; ++i) {
        const Token& item = tokens_[i];
        const std::string_view text = token_text(item);
        const Prefix prefix = read_prefix(text);
        bool good = true;
        if (prefix.bytes) {
            if (!recovering_) return raise_here("cannot mix bytes and nonbytes literals");
            missing("string");
        } else if (prefix.format) {
            auto at = static_cast<std::uint32_t>(item.range.begin + prefix.body_begin);
            good = builder.add_format(
                item, at, static_cast<std::uint32_t>(item.range.begin + prefix.body_end),
                prefix.raw, 0);
        } else {
            good = builder.add_plain(
                text.substr(prefix.body_begin, prefix.body_end - prefix.body_begin), prefix.raw);
        }
        if (!good) return nullptr;
    }
    return builder.finish(join(first.range, last.range));
}

}  // namespace refscope::syntax
