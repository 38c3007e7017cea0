#include "vm/modules/source_lines.h"

#include "vm/base/source_text.h"
#include "vm/host/host.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/syntax/parse.h"

namespace refscope::vm {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

// A name that does not open is looked for, without its folders, along sys.path: the program may have changed its
// working directory since.
bool read_source(const std::string& filename, std::string* contents) {
    if (read_file(filename, contents)) return true;
    const std::string tail = filename.substr(filename.rfind('/') + 1);
    Object* path = sys_get_object("path");
    if (!path || !list_check(path)) return false;
    for (intptr_t i = 0; i < list_size(path); ++i) {
        Object* entry = list_get_item(path, i);
        if (!str_check(entry)) continue;
        std::string candidate = str_to_filesystem(entry);
        if (!candidate.empty() && candidate.back() != '/') candidate += '/';
        if (read_file(candidate + tail, contents)) return true;
    }
    return false;
}

}  // namespace

bool find_source_line(const std::string& filename, int number, std::string* line) {
    std::string contents;
    if (number <= 0 || filename.empty() || !read_source(filename, &contents)) return false;
    const base::DecodedSource decoded = base::decode_source(contents, filename);
    const base::SourceText& source = decoded.source;
    if (static_cast<uint32_t>(number) > source.line_count()) return false;
    // After a last newline there is no further line.
    if (source.line_start(static_cast<uint32_t>(number)) >= source.size()) return false;
    *line = source.line_text(static_cast<uint32_t>(number));
    return true;
}

bool find_operator_anchors(std::string_view segment, int* left, int* right) {
    const base::SourceText source{std::string(segment)};
    const syntax::ParseResult result = syntax::parse(source);
    if (!result.tree || !result.ok()) return false;
    const auto* module = static_cast<const syntax::Module*>(result.tree);
    if (module->body.size() != 1 || module->body[0]->kind != syntax::NodeKind::Expr) return false;
    const syntax::ExprNode* value = static_cast<const syntax::Expr*>(module->body[0])->value;
    if (value->kind == syntax::NodeKind::BinOp) {
        const auto* operation = static_cast<const syntax::BinOp*>(value);
        const int end = operation->right->range.col_offset;
        for (int i = operation->left->range.end_col_offset; i < end; ++i) {
            if (is_blank(segment[static_cast<size_t>(i)])) continue;
            *left = i;
            *right = i + 1;
            // Operators of two characters: //, **, <<, >>.
            if (i + 1 < end && !is_blank(segment[static_cast<size_t>(i) + 1])) ++*right;
            return true;
        }
        return false;
    }
    if (value->kind == syntax::NodeKind::Subscript) {
        const auto* subscript = static_cast<const syntax::Subscript*>(value);
        *left = subscript->value->range.end_col_offset;
        *right = subscript->slice->range.end_col_offset + 1;
        return true;
    }
    return false;
}

}  // namespace refscope::vm
