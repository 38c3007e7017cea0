// Loops and try statements. A handler is entered with the exception pushed; while it runs the exception that was handled
// before lies under it (PUSH_EXC_INFO), and a second handler restores that one if the first raises.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

void CodeGenerator::while_statement(const While* node) {
    Block* loop = new_block();
    Block* body = new_block();
    Block* anchor = new_block();
    Block* end = new_block();
    use(loop);
    push_frame_block({FrameBlockKind::kWhile, loop, end});
    jump_if(node->test, anchor, false);
    use(body);
    statements(node->body);
    set_location(node);
    jump_if(node->test, body, true);
    pop_frame_block();
    use(anchor);
    statements(node->orelse);
    use(end);
}

void CodeGenerator::for_statement(const For* node) {
    Block* start = new_block();
    Block* body = new_block();
    Block* cleanup = new_block();
    Block* end = new_block();
    push_frame_block({FrameBlockKind::kFor, start, end});
    expression(node->iter);
    emit(op::GET_ITER);
    use(start);
    emit_jump(op::FOR_ITER, cleanup);
    use(body);
    expression(node->target);
    statements(node->body);
    clear_location();
    emit_jump(op::JUMP, start);
    use(cleanup);
    pop_frame_block();
    statements(node->orelse);
    use(end);
}

void CodeGenerator::async_for(const For* node) {
    if (allows_top_level_await()) {
        unit_->scope->coroutine = true;
    } else if (unit_->kind != UnitKind::kAsyncFunction) {
        error("'async for' outside async function");
    }
    Block* start = new_block();
    Block* except = new_block();
    Block* end = new_block();
    expression(node->iter);
    emit(op::GET_AITER);
    use(start);
    push_frame_block({FrameBlockKind::kFor, start, end});
    emit_jump(op::SETUP_FINALLY, except);
    emit(op::GET_ANEXT);
    load_none();
    yield_from(true);
    emit(op::POP_BLOCK);
    expression(node->target);
    statements(node->body);
    clear_location();
    emit_jump(op::JUMP, start);
    pop_frame_block();
    use(except);
    set_location(node->iter);
    emit(op::END_ASYNC_FOR);
    statements(node->orelse);
    use(end);
}

void CodeGenerator::try_statement(const Try* node) {
    if (!node->finalbody.empty()) {
        try_finally(node);
    } else if (node->kind == NodeKind::TryStar) {
        try_star(node);
    } else {
        try_except(node);
    }
}

void CodeGenerator::try_finally(const Try* node) {
    Block* body = new_block();
    Block* end = new_block();
    Block* exit = new_block();
    Block* cleanup = new_block();
    emit_jump(op::SETUP_FINALLY, end);
    use(body);
    push_frame_block({FrameBlockKind::kFinallyTry, body, end, nullptr, &node->finalbody});
    if (node->handlers.empty()) {
        statements(node->body);
    } else if (node->kind == NodeKind::TryStar) {
        try_star(node);
    } else {
        try_except(node);
    }
    emit_without_line(op::POP_BLOCK);
    pop_frame_block();
    statements(node->finalbody);
    emit_jump_without_line(op::JUMP, exit);
    // The same statements again for the exceptional way.
    use(end);
    clear_location();
    emit_jump(op::SETUP_CLEANUP, cleanup);
    emit(op::PUSH_EXC_INFO);
    push_frame_block({FrameBlockKind::kFinallyEnd, end});
    statements(node->finalbody);
    pop_frame_block();
    emit(op::RERAISE, 0);
    use(cleanup);
    pop_except_and_reraise();
    use(exit);
}

/// name = None; del name
void CodeGenerator::forget_name(std::string_view name) {
    load_none();
    name_operation(name, ExprContext::Store);
    name_operation(name, ExprContext::Del);
}

void CodeGenerator::try_except(const Try* node) {
    Block* body = new_block();
    Block* except = new_block();
    Block* end = new_block();
    Block* cleanup = new_block();
    emit_jump(op::SETUP_FINALLY, except);
    use(body);
    push_frame_block({FrameBlockKind::kTryExcept, body});
    statements(node->body);
    pop_frame_block();
    emit_without_line(op::POP_BLOCK);
    statements(node->orelse);
    emit_jump_without_line(op::JUMP, end);
    use(except);
    clear_location();
    emit_jump(op::SETUP_CLEANUP, cleanup);
    emit(op::PUSH_EXC_INFO);
    push_frame_block({FrameBlockKind::kExceptionHandler});
    for (size_t i = 0; i < node->handlers.size(); i++) {
        const ExceptHandler* handler = node->handlers[i];
        set_location(handler);
        if (!handler->type && i + 1 < node->handlers.size()) error("default 'except:' must be last");
        except_handler(handler, end);
    }
    clear_location();
    pop_frame_block();
    emit(op::RERAISE, 0);
    use(cleanup);
    pop_except_and_reraise();
    use(end);
}

void CodeGenerator::except_handler(const ExceptHandler* handler, Block* end) {
    Block* next = new_block();
    if (handler->type) {
        expression(handler->type);
        emit(op::CHECK_EXC_MATCH);
        emit_jump(op::POP_JUMP_IF_FALSE, next);
    }
    if (handler->name.empty()) {
        Block* body = new_block();
        emit(op::POP_TOP);
        use(body);
        push_frame_block({FrameBlockKind::kHandlerCleanup, body});
        statements(handler->body);
        pop_frame_block();
        clear_location();
        emit(op::POP_BLOCK);
        emit(op::POP_EXCEPT);
        emit_jump(op::JUMP, end);
    } else {
        // The name is unbound afterwards however the body is left: it would keep the traceback's frames alive.
        Block* cleanup = new_block();
        Block* body = new_block();
        name_operation(handler->name, ExprContext::Store);
        emit_jump(op::SETUP_CLEANUP, cleanup);
        use(body);
        push_frame_block({FrameBlockKind::kHandlerCleanup, body, nullptr, nullptr, nullptr, handler->name});
        statements(handler->body);
        pop_frame_block();
        clear_location();
        emit(op::POP_BLOCK);
        emit(op::POP_BLOCK);
        emit(op::POP_EXCEPT);
        forget_name(handler->name);
        emit_jump(op::JUMP, end);
        use(cleanup);
        clear_location();
        forget_name(handler->name);
        emit(op::RERAISE, 1);
    }
    use(next);
}

/// try … except*: under the part that is not matched yet lie the original exception and a list of what handlers
/// raised, which PREP_RERAISE_STAR joins at the end.
void CodeGenerator::try_star(const Try* node) {
    Block* body = new_block();
    Block* except = new_block();
    Block* orelse = new_block();
    Block* end = new_block();
    Block* cleanup = new_block();
    Block* reraise_star = new_block();
    emit_jump(op::SETUP_FINALLY, except);
    use(body);
    push_frame_block({FrameBlockKind::kTryExcept, body});
    statements(node->body);
    pop_frame_block();
    emit_without_line(op::POP_BLOCK);
    emit_jump_without_line(op::JUMP, orelse);
    use(except);
    clear_location();
    emit_jump(op::SETUP_CLEANUP, cleanup);
    emit(op::PUSH_EXC_INFO);
    push_frame_block({FrameBlockKind::kExceptionGroupHandler});
    for (size_t i = 0; i < node->handlers.size(); i++) {
        const ExceptHandler* handler = node->handlers[i];
        set_location(handler);
        Block* after = new_block();
        Block* matched = new_block();
        if (i == 0) {
            emit(op::COPY, 1);
            emit(op::BUILD_LIST, 0);
            emit(op::SWAP, 2);
        }
        if (handler->type) {
            expression(handler->type);
            emit(op::CHECK_EG_MATCH);
            emit(op::COPY, 1);
            emit_jump(op::POP_JUMP_IF_NOT_NONE, matched);
            emit(op::POP_TOP);
            emit_jump(op::JUMP, after);
        }
        use(matched);
        Block* cleanup_end = new_block();
        Block* handler_body = new_block();
        if (handler->name.empty()) {
            emit(op::POP_TOP);
        } else {
            name_operation(handler->name, ExprContext::Store);
        }
        emit_jump(op::SETUP_CLEANUP, cleanup_end);
        use(handler_body);
        push_frame_block({FrameBlockKind::kHandlerCleanup, handler_body, nullptr, nullptr, nullptr, handler->name});
        statements(handler->body);
        pop_frame_block();
        clear_location();
        emit(op::POP_BLOCK);
        if (!handler->name.empty()) forget_name(handler->name);
        emit_jump(op::JUMP, after);
        use(cleanup_end);
        clear_location();
        if (!handler->name.empty()) forget_name(handler->name);
        emit(op::LIST_APPEND, 3);
        emit(op::POP_TOP);
        use(after);
        if (i + 1 == node->handlers.size()) {
            emit(op::LIST_APPEND, 1);
            emit_jump(op::JUMP, reraise_star);
        }
    }
    clear_location();
    pop_frame_block();
    Block* reraise = new_block();
    use(reraise_star);
    emit(op::PREP_RERAISE_STAR);
    emit(op::COPY, 1);
    emit_jump(op::POP_JUMP_IF_NOT_NONE, reraise);
    emit(op::POP_TOP);
    emit(op::POP_BLOCK);
    emit(op::POP_EXCEPT);
    emit_jump(op::JUMP, end);
    use(reraise);
    emit(op::POP_BLOCK);
    emit(op::SWAP, 2);
    emit(op::POP_EXCEPT);
    emit(op::RERAISE, 0);
    use(cleanup);
    pop_except_and_reraise();
    use(orelse);
    statements(node->orelse);
    use(end);
}

}  // namespace refscope::compiler
