#include "vm/compiler/codegen.h"

#include <algorithm>

namespace refscope::compiler {

using namespace syntax;

int CodeGenerator::add_const(const ConstantRef& constant) {
    ConstantRef merged = pool_.merge(constant);
    auto [found, inserted] = unit_->const_index.try_emplace(merged.get(), static_cast<int>(unit_->consts.size()));
    if (inserted) unit_->consts.push_back(merged);
    return found->second;
}

ConstantRef CodeGenerator::name_tuple(const std::vector<std::string_view>& names) {
    std::vector<ConstantRef> items;
    for (std::string_view name : names) items.push_back(name_constant(name));
    return Constant::tuple(std::move(items));
}

// ---- units

void CodeGenerator::enter(std::string_view name, UnitKind kind, const void* key, int line) {
    units_.push_back(std::make_unique<Unit>());
    Unit* unit = units_.back().get();
    unit->parent = unit_;
    unit->scope = scopes_.of(key);
    unit->kind = kind;
    unit->name = name;
    unit->first_line = line;
    unit->at = Position{line, line, 0, 0};
    if (unit_) unit->private_owner = unit_->private_owner;
    unit_ = unit;

    for (std::string_view parameter : unit->scope->parameters) unit->varnames.index_of(parameter);
    std::vector<const Symbol*> sorted;
    for (const Symbol& symbol : unit->scope->symbols()) sorted.push_back(&symbol);
    std::sort(sorted.begin(), sorted.end(), [](const Symbol* a, const Symbol* b) { return a->name < b->name; });
    for (const Symbol* symbol : sorted) {
        if (symbol->reach == Reach::kCell) unit->cellvars.index_of(symbol->name);
    }
    if (unit->scope->needs_class_cell) unit->cellvars.index_of("__class__");
    unit->freevars = NameTable(unit->cellvars.size());
    for (const Symbol* symbol : sorted) {
        if (symbol->reach == Reach::kFree || (symbol->flags & kFreeInClass)) unit->freevars.index_of(symbol->name);
    }

    if (kind == UnitKind::kModule) {
        unit->qualname = std::string(name);
        unit->at.line = 0;
        emit(op::RESUME, 0);
        unit->at.line = -1;
    } else {
        set_qualname();
        emit(op::RESUME, 0);
    }
}

void CodeGenerator::set_qualname() {
    Unit* parent = unit_->parent;
    std::string base;
    if (parent->parent) {
        bool global = false;
        if (unit_->kind == UnitKind::kFunction || unit_->kind == UnitKind::kAsyncFunction || unit_->kind == UnitKind::kClass) {
            std::string_view mangled = names_.mangle(parent->private_owner, unit_->name);
            global = parent->scope->reach_of(mangled) == Reach::kGlobalExplicit;
        }
        if (!global) {
            base = parent->qualname;
            if (parent->kind == UnitKind::kFunction || parent->kind == UnitKind::kAsyncFunction ||
                parent->kind == UnitKind::kLambda) {
                base += ".<locals>";
            }
            base += '.';
        }
    }
    unit_->qualname = base + std::string(unit_->name);
}

namespace {

/// Whether a variable annotation occurs in a block, at any depth of its statements.
bool has_annotation(const base::Sequence<StmtNode*>& statements) {
    for (const StmtNode* node : statements) {
        switch (node->kind) {
            case NodeKind::AnnAssign: return true;
            case NodeKind::For:
            case NodeKind::AsyncFor: {
                auto* n = static_cast<const For*>(node);
                if (has_annotation(n->body) || has_annotation(n->orelse)) return true;
                break;
            }
            case NodeKind::While: {
                auto* n = static_cast<const While*>(node);
                if (has_annotation(n->body) || has_annotation(n->orelse)) return true;
                break;
            }
            case NodeKind::If: {
                auto* n = static_cast<const If*>(node);
                if (has_annotation(n->body) || has_annotation(n->orelse)) return true;
                break;
            }
            case NodeKind::With:
            case NodeKind::AsyncWith:
                if (has_annotation(static_cast<const With*>(node)->body)) return true;
                break;
            case NodeKind::Try:
            case NodeKind::TryStar: {
                auto* n = static_cast<const Try*>(node);
                for (ExceptHandler* handler : n->handlers) {
                    if (has_annotation(handler->body)) return true;
                }
                if (has_annotation(n->body) || has_annotation(n->finalbody) || has_annotation(n->orelse)) return true;
                break;
            }
            case NodeKind::Match:
                for (MatchCase* match_case : static_cast<const Match*>(node)->cases) {
                    if (has_annotation(match_case->body)) return true;
                }
                break;
            default: break;
        }
    }
    return false;
}

}  // namespace

/// Statements of a module or class: with a docstring and __annotations__.
void CodeGenerator::body(const Sequence<StmtNode*>& nodes) {
    if (unit_->kind == UnitKind::kModule && !nodes.empty()) set_location(nodes.front());
    if (has_annotation(nodes)) emit(op::SETUP_ANNOTATIONS);
    size_t first = 0;
    if (options_.optimize < 2 && docstring_of(nodes)) {
        first = 1;
        expression(static_cast<Expr*>(nodes.front())->value);
        clear_location();
        name_operation("__doc__", ExprContext::Store);
    }
    for (size_t i = first; i < nodes.size(); i++) statement(nodes[i]);
}

bytecode::CodeUnitRef CodeGenerator::module(const ModNode* tree) {
    enter("<module>", UnitKind::kModule, tree, 1);
    unit_->at.line = 1;
    bool add_none = true;
    switch (tree->kind) {
        case NodeKind::Module: body(static_cast<const Module*>(tree)->body); break;
        case NodeKind::Interactive: {
            auto* interactive = static_cast<const Interactive*>(tree);
            if (has_annotation(interactive->body)) emit(op::SETUP_ANNOTATIONS);
            interactive_ = true;
            statements(interactive->body);
            break;
        }
        default:
            expression(static_cast<const Expression*>(tree)->body);
            add_none = false;
            break;
    }
    return finish(add_none);
}

// ---- frame blocks

void CodeGenerator::push_frame_block(FrameBlock block) {
    constexpr size_t kMaxFrameBlocks = 20;
    if (unit_->frame_blocks.size() >= kMaxFrameBlocks) error("too many statically nested blocks");
    unit_->frame_blocks.push_back(block);
}

void CodeGenerator::unwind(const FrameBlock& block, bool preserve_top) {
    auto under_top = [this, preserve_top] {
        if (preserve_top) emit(op::SWAP, 2);
    };
    switch (block.kind) {
        case FrameBlockKind::kWhile:
        case FrameBlockKind::kExceptionHandler:
        case FrameBlockKind::kExceptionGroupHandler:
        case FrameBlockKind::kAsyncComprehension: break;
        case FrameBlockKind::kFor:
        case FrameBlockKind::kPopValue:
            under_top();
            emit(op::POP_TOP);
            break;
        case FrameBlockKind::kTryExcept: emit(op::POP_BLOCK); break;
        case FrameBlockKind::kFinallyTry:
            emit(op::POP_BLOCK);
            if (preserve_top) push_frame_block({FrameBlockKind::kPopValue});
            statements(*block.final_body);
            if (preserve_top) pop_frame_block();
            // What leaves the block seems to run after the finally clause.
            clear_location();
            break;
        case FrameBlockKind::kFinallyEnd:
            under_top();
            emit(op::POP_TOP);
            under_top();
            emit(op::POP_BLOCK);
            emit(op::POP_EXCEPT);
            break;
        case FrameBlockKind::kWith:
        case FrameBlockKind::kAsyncWith:
            set_location(block.statement);
            emit(op::POP_BLOCK);
            under_top();
            call_exit_with_nones();
            if (block.kind == FrameBlockKind::kAsyncWith) {
                emit(op::GET_AWAITABLE, 2);
                load_none();
                yield_from(true);
            }
            emit(op::POP_TOP);
            clear_location();
            break;
        case FrameBlockKind::kHandlerCleanup:
            if (!block.name.empty()) emit(op::POP_BLOCK);
            under_top();
            emit(op::POP_BLOCK);
            emit(op::POP_EXCEPT);
            if (!block.name.empty()) forget_name(block.name);
            break;
    }
}

const FrameBlock* CodeGenerator::unwind_all(bool preserve_top, bool to_loop) {
    std::vector<FrameBlock>& blocks = unit_->frame_blocks;
    if (blocks.empty()) return nullptr;
    FrameBlock& top = blocks.back();
    if (top.kind == FrameBlockKind::kExceptionGroupHandler) {
        error("'break', 'continue' and 'return' cannot appear in an except* block");
    }
    if (to_loop && (top.kind == FrameBlockKind::kWhile || top.kind == FrameBlockKind::kFor)) return &top;
    // The block is not in force while its own clean-up runs.
    FrameBlock saved = top;
    blocks.pop_back();
    unwind(saved, preserve_top);
    const FrameBlock* loop = unwind_all(preserve_top, to_loop);
    size_t loop_index = loop ? static_cast<size_t>(loop - blocks.data()) : 0;
    blocks.push_back(saved);
    return loop ? &blocks[loop_index] : nullptr;
}

void CodeGenerator::call_exit_with_nones() {
    load_none();
    load_none();
    load_none();
    emit_call(2);
}

void CodeGenerator::pop_except_and_reraise() {
    emit(op::COPY, 3);
    emit(op::POP_EXCEPT);
    emit(op::RERAISE, 1);
}

void CodeGenerator::yield_from(bool await) {
    Block* start = new_block();
    Block* resume = new_block();
    Block* exit = new_block();
    use(start);
    emit_jump(op::SEND, exit);
    use(resume);
    emit(op::YIELD_VALUE);
    emit(op::RESUME, await ? 3 : 2);
    emit_jump(op::JUMP_NO_INTERRUPT, start);
    use(exit);
}

}  // namespace refscope::compiler
