// From basic blocks to code units: which handler guards each instruction, in which direction jumps go, where everything lies.
#include "vm/bytecode/line_table.h"
#include "vm/compiler/flow_graph.h"

namespace refscope::compiler {

namespace {

/// Follows the flow with the stack of handlers in force.
void label_handlers(FlowGraph& graph) {
    for (Block* b = graph.entry(); b; b = b->next) b->visited = false;
    std::vector<Block*> todo{graph.entry()};
    graph.entry()->visited = true;
    auto reach = [&todo](Block* block, const std::vector<Block*>& handlers) {
        if (block->visited) return;
        block->visited = true;
        block->handlers = handlers;
        todo.push_back(block);
    };
    while (!todo.empty()) {
        Block* block = todo.back();
        todo.pop_back();
        std::vector<Block*> handlers = std::move(block->handlers);
        block->handlers.clear();
        for (Instruction& i : block->code) {
            if (i.is_block_push()) {
                reach(i.target, handlers);
                if (i.opcode != op::SETUP_FINALLY) i.target->keeps_lasti = true;
                handlers.push_back(i.target);
            } else if (i.opcode == op::POP_BLOCK) {
                handlers.pop_back();
            } else {
                i.handler = handlers.empty() ? nullptr : handlers.back();
                if (i.is_jump()) reach(i.target, handlers);
            }
        }
        if (!block->no_fallthrough && block->next) reach(block->next, handlers);
    }
}

void drop_block_instructions(FlowGraph& graph) {
    for (Block* b = graph.entry(); b; b = b->next) {
        for (Instruction& i : b->code) {
            if (i.is_block_push() || i.opcode == op::POP_BLOCK) {
                i.opcode = op::NOP;
                i.target = nullptr;
            }
        }
    }
    for (Block* b = graph.entry(); b; b = b->next) remove_nops(b);
}

int directed(int opcode, bool forward) {
    switch (opcode) {
        case op::JUMP: return forward ? op::JUMP_FORWARD : op::JUMP_BACKWARD;
        case op::JUMP_NO_INTERRUPT: return forward ? op::JUMP_FORWARD : op::JUMP_BACKWARD_NO_INTERRUPT;
        case op::POP_JUMP_IF_NOT_NONE: return forward ? op::POP_JUMP_FORWARD_IF_NOT_NONE : op::POP_JUMP_BACKWARD_IF_NOT_NONE;
        case op::POP_JUMP_IF_NONE: return forward ? op::POP_JUMP_FORWARD_IF_NONE : op::POP_JUMP_BACKWARD_IF_NONE;
        case op::POP_JUMP_IF_FALSE: return forward ? op::POP_JUMP_FORWARD_IF_FALSE : op::POP_JUMP_BACKWARD_IF_FALSE;
        case op::POP_JUMP_IF_TRUE: return forward ? op::POP_JUMP_FORWARD_IF_TRUE : op::POP_JUMP_BACKWARD_IF_TRUE;
        default: return opcode;
    }
}

void direct_jumps(FlowGraph& graph) {
    for (Block* b = graph.entry(); b; b = b->next) b->visited = false;
    for (Block* b = graph.entry(); b; b = b->next) {
        b->visited = true;
        if (!b->empty() && b->code.back().is_jump()) {
            Instruction& last = b->code.back();
            last.opcode = directed(last.opcode, !last.target->visited);
        }
    }
}

/// A longer argument makes a jump longer, which moves what follows: repeated until nothing grows.
void place_blocks(FlowGraph& graph) {
    bool grown = true;
    while (grown) {
        grown = false;
        int offset = 0;
        for (Block* b = graph.entry(); b; b = b->next) {
            b->offset = offset;
            for (const Instruction& i : b->code) offset += i.size();
        }
        for (Block* b = graph.entry(); b; b = b->next) {
            int end = b->offset;
            for (Instruction& i : b->code) {
                int size = i.size();
                end += size;
                if (!i.is_jump()) continue;
                i.arg = i.target->offset < end ? end - i.target->offset : i.target->offset - end;
                if (i.size() != size) grown = true;
            }
        }
    }
}

void write(const Instruction& i, std::vector<uint16_t>& code) {
    auto opcode = static_cast<bytecode::Opcode>(i.opcode);
    int arg = bytecode::has_arg(opcode) ? i.arg : 0;
    for (int shift = 24; shift > 0; shift -= 8) {
        if (arg >= 1 << shift) code.push_back(static_cast<uint16_t>(op::EXTENDED_ARG | (arg >> shift & 0xff) << 8));
    }
    code.push_back(static_cast<uint16_t>(i.opcode | (arg & 0xff) << 8));
    code.insert(code.end(), static_cast<size_t>(bytecode::cache_count(opcode)), 0);
}

std::vector<bytecode::ExceptionEntry> exception_entries(FlowGraph& graph) {
    std::vector<bytecode::ExceptionEntry> entries;
    Block* handler = nullptr;
    int start = 0;
    int offset = 0;
    auto close = [&] {
        if (!handler) return;
        int depth = handler->start_depth - 1 - (handler->keeps_lasti ? 1 : 0);
        entries.push_back({start, offset, handler->offset, depth, handler->keeps_lasti});
    };
    for (Block* b = graph.entry(); b; b = b->next) {
        offset = b->offset;
        for (const Instruction& i : b->code) {
            if (i.handler != handler) {
                close();
                start = offset;
                handler = i.handler;
            }
            offset += i.size();
        }
    }
    close();
    return entries;
}

}  // namespace

void assemble(FlowGraph& graph, bytecode::CodeUnit& unit) {
    label_handlers(graph);
    drop_block_instructions(graph);
    direct_jumps(graph);
    place_blocks(graph);
    bytecode::LineTableWriter lines(unit.firstlineno);
    for (Block* b = graph.entry(); b; b = b->next) {
        for (const Instruction& i : b->code) {
            write(i, unit.code);
            lines.add(i.at, i.size());
        }
    }
    unit.linetable = lines.take();
    unit.exceptiontable = bytecode::encode_exception_table(exception_entries(graph));
}

}  // namespace refscope::compiler
