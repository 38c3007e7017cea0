// The flow graph of one code object while it is being compiled: basic blocks of instructions whose jumps still point at
// blocks. Code generation fills it, flow_optimize.cpp improves it as CPython 3.11 does, assemble.cpp turns it into
// code units. A graph owns its blocks; it lives no longer than the compilation of its code object.
#pragma once

#include <climits>
#include <memory>
#include <vector>

#include "vm/bytecode/code_unit.h"
#include "vm/bytecode/opcode.h"

namespace refscope::compiler {

using bytecode::Position;

/// Opcodes of the graph: the machine's own, and pseudo-instructions that only exist before assembly.
namespace op {
enum : int {
#define REFSCOPE_OPCODE(name, number, operand, caches, pops, pushes, counts, doc) name = number,
#include "vm/bytecode/opcodes.def"
    // An exception between here and the matching POP_BLOCK goes to the target: with the exception pushed, with the
    // raising instruction and the exception pushed, the same for the exit function of a `with`.
    SETUP_FINALLY = 256,
    SETUP_CLEANUP,
    SETUP_WITH,
    POP_BLOCK,
    // Jumps whose direction is not known yet.
    JUMP,
    JUMP_NO_INTERRUPT,
    POP_JUMP_IF_FALSE,
    POP_JUMP_IF_TRUE,
    POP_JUMP_IF_NONE,
    POP_JUMP_IF_NOT_NONE,
};
}  // namespace op

constexpr Position kNoPosition{};

struct Block;

struct Instruction {
    int opcode = op::NOP;
    int arg = 0;
    Block* target = nullptr;   // of jumps and SETUP_*
    Block* handler = nullptr;  // where an exception goes; known after label_handlers()
    Position at;

    bool is_block_push() const {
        return opcode == op::SETUP_FINALLY || opcode == op::SETUP_CLEANUP || opcode == op::SETUP_WITH;
    }
    bool is_jump() const;
    /// Code units, extended arguments and caches included.
    int size() const;
};

struct Block {
    std::vector<Instruction> code;
    Block* next = nullptr;  // by position, reached by falling through unless no_fallthrough
    int predecessors = 0;
    int start_depth = INT_MIN;
    int offset = 0;
    bool no_fallthrough = false;
    bool exits = false;  // ends in a return or raise
    bool keeps_lasti = false;
    bool visited = false;
    bool has_return = false;
    std::vector<Block*> handlers;  // stack at the start, while handlers are being labelled

    bool empty() const { return code.empty(); }
    bool has_line() const {
        for (const Instruction& i : code)
            if (i.at.line > 0) return true;
        return false;
    }
};

class FlowGraph {
  public:
    FlowGraph() { current_ = new_block(); }

    Block* new_block() {
        blocks_.push_back(std::make_unique<Block>());
        return blocks_.back().get();
    }
    /// Continues at `block`, which follows the current one.
    void use(Block* block) {
        current_->next = block;
        current_ = block;
        block_ended_ = false;
    }
    void add(int opcode, int arg, Block* target, const Position& at);

    Block* entry() const { return blocks_.front().get(); }
    Block* current() const { return current_; }
    /// In the order of allocation. Where CPython walks its list of blocks it goes from the newest to the oldest, which
    /// decides what is copied first.
    const std::vector<std::unique_ptr<Block>>& blocks() const { return blocks_; }

  private:
    std::vector<std::unique_ptr<Block>> blocks_;
    Block* current_ = nullptr;
    bool block_ended_ = false;
};

/// Stack effect of any opcode of the graph.
int graph_stack_effect(const Instruction& instruction, bool jump);

/// Constants of one code object in the making; the optimizer may append folded tuples.
class ConstantPool;
using ConstantList = std::vector<bytecode::ConstantRef>;

/// Before the generator's prefix goes in: marks blocks, skips empty jump targets, joins small exits.
void normalize_blocks(FlowGraph& graph);
/// All optimizations, up to and including line numbers of exits.
void optimize(FlowGraph& graph, ConstantList& consts, ConstantPool& pool, int first_line);
/// Removes NOPs but those that alone carry a line.
void remove_nops(Block* block);
/// The deepest stack; fills in start_depth.
int compute_stack_depth(FlowGraph& graph, bool starts_with_value);
/// Exception handlers, jump directions, offsets, and then code, line table and exception table.
void assemble(FlowGraph& graph, bytecode::CodeUnit& unit);

}  // namespace refscope::compiler
