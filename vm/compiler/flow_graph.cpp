#include "vm/compiler/flow_graph.h"

namespace refscope::compiler {

bool Instruction::is_jump() const {
    if (opcode >= op::JUMP) return true;
    return opcode < 256 && bytecode::is_jump(static_cast<bytecode::Opcode>(opcode));
}

int Instruction::size() const {
    auto real = static_cast<bytecode::Opcode>(opcode);
    int value = bytecode::has_arg(real) ? arg : 0;
    return 1 + (value > 0xff) + (value > 0xffff) + (value > 0xffffff) + bytecode::cache_count(real);
}

void FlowGraph::add(int opcode, int arg, Block* target, const Position& at) {
    if (block_ended_) use(new_block());
    Instruction& i = current_->code.emplace_back();
    i.opcode = opcode;
    i.arg = arg;
    i.target = target;
    i.at = at;
    if (opcode == op::RETURN_VALUE) current_->has_return = true;
    if (i.is_jump() || opcode == op::RETURN_VALUE || opcode == op::RAISE_VARARGS || opcode == op::RERAISE) {
        block_ended_ = true;
    }
}

int graph_stack_effect(const Instruction& instruction, bool jump) {
    switch (instruction.opcode) {
        case op::SETUP_FINALLY:
        case op::SETUP_WITH: return jump ? 1 : 0;
        case op::SETUP_CLEANUP: return jump ? 2 : 0;
        case op::POP_BLOCK:
        case op::JUMP:
        case op::JUMP_NO_INTERRUPT: return 0;
        case op::POP_JUMP_IF_FALSE:
        case op::POP_JUMP_IF_TRUE:
        case op::POP_JUMP_IF_NONE:
        case op::POP_JUMP_IF_NOT_NONE: return -1;
        default:
            // As the compiler of CPython counts it: a call's arguments are gone after PRECALL.
            return bytecode::dis_stack_effect(static_cast<bytecode::Opcode>(instruction.opcode), instruction.arg, jump);
    }
}

int compute_stack_depth(FlowGraph& graph, bool starts_with_value) {
    std::vector<Block*> todo;
    int deepest = 0;
    auto push = [&todo](Block* block, int depth) {
        if (block->start_depth < depth && block->start_depth < 100) {
            block->start_depth = depth;
            todo.push_back(block);
        }
    };
    for (const auto& block : graph.blocks()) block->start_depth = INT_MIN;
    push(graph.entry(), starts_with_value ? 1 : 0);
    while (!todo.empty()) {
        Block* block = todo.back();
        todo.pop_back();
        int depth = block->start_depth;
        bool falls = true;
        for (const Instruction& i : block->code) {
            int after = depth + graph_stack_effect(i, false);
            deepest = std::max(deepest, after);
            if (i.is_jump() || i.is_block_push()) {
                int at_target = depth + graph_stack_effect(i, true);
                deepest = std::max(deepest, at_target);
                push(i.target, at_target);
            }
            depth = after;
            if (i.opcode == op::JUMP || i.opcode == op::JUMP_NO_INTERRUPT || i.opcode == op::RETURN_VALUE ||
                i.opcode == op::RAISE_VARARGS || i.opcode == op::RERAISE) {
                falls = false;
                break;
            }
        }
        if (falls && block->next) push(block->next, depth);
    }
    return deepest;
}

}  // namespace refscope::compiler
