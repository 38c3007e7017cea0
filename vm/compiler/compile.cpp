#include "vm/compiler/compile.h"

#include <algorithm>

#include "vm/base/check.h"
#include "vm/bytecode/validator.h"
#include "vm/compiler/codegen.h"
#include "vm/compiler/future.h"
#include "vm/compiler/literal_warnings.h"

namespace refscope::compiler {

namespace {

std::string line_of(std::string_view source, int line) {
    size_t begin = 0;
    for (; line > 1; line--) {
        size_t end = source.find('\n', begin);
        if (end == std::string_view::npos) return {};
        begin = end + 1;
    }
    size_t end = source.find('\n', begin);
    return std::string(source.substr(begin, end == std::string_view::npos ? end : end + 1 - begin));
}

}  // namespace

CompileResult compile(const syntax::ModNode& tree, std::string_view source, std::string_view filename,
                      const CompileOptions& options) {
    CompileResult result;
    try {
        FutureFeatures future = find_future_features(&tree);
        uint32_t flags = (future.flags | options.inherited_flags) & bytecode::kCoFutureMask;
        bool annotations_are_text = flags & bytecode::kCoFutureAnnotations;
        base::Arena arena;
        NameStore names;
        syntax::ModNode* folded = fold_tree(
            &tree, arena, {options.optimize, annotations_are_text},
            [&](const syntax::ExprNode* literal) { warn_of_literal(source, literal, result.warnings); });
        // CPython finds these while it reads, from the top.
        std::stable_sort(result.warnings.begin(), result.warnings.end(),
                         [](const CompileWarning& a, const CompileWarning& b) {
                             return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
                         });
        ScopeTable scopes(folded, names, annotations_are_text);
        CodeGenerator generator(options, filename, flags, future.last_line, scopes, names, result.warnings);
        result.code = generator.module(folded);
    } catch (const CompileFailure& failure) {
        CompileError& error = result.error.emplace();
        error.type = failure.type;
        error.message = failure.message;
        error.at = failure.at;
        if (failure.at.line > 0) error.text = line_of(source, failure.at.line);
        return result;
    }
#ifdef REFSCOPE_CHECKS
    if (auto problem = bytecode::validate(*result.code)) RS_CHECK(!problem, problem->c_str());
#endif
    return result;
}

}  // namespace refscope::compiler
