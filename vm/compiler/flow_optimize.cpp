// The passes over the flow graph, in CPython 3.11's order, since each sees what the one before left: threading of jumps,
// folding of constant tuples and branches, static stack swaps, copies of small exits, removal of unreachable blocks, of empty
// ones, of redundant jumps and of NOPs that carry no line of their own; then exits without a line are copied for
// each of their predecessors, so that each return knows its line.
#include <algorithm>

#include "vm/compiler/constants.h"
#include "vm/compiler/flow_graph.h"

namespace refscope::compiler {

using bytecode::Constant;

namespace {

/// Exits longer than this are never copied.
constexpr size_t kMaxCopiedExit = 4;

template <class Visit>
void newest_first(FlowGraph& graph, Visit visit) {
    for (size_t i = graph.blocks().size(); i-- > 0;) visit(graph.blocks()[i].get());
}

template <class Visit>
void in_code_order(FlowGraph& graph, Visit visit) {
    for (Block* block = graph.entry(); block; block = block->next) visit(block);
}

Block* first_with_code(Block* block) {
    while (block->empty() && block->next) block = block->next;
    return block;
}

/// A block that ends in a jump to a small exit without line numbers gets a copy of that exit instead.
void inline_small_exit(Block* block) {
    if (block->empty()) return;
    Instruction& last = block->code.back();
    if (last.opcode != op::JUMP) return;
    Block* exit = last.target;
    if (!exit->exits || exit->code.size() > kMaxCopiedExit || exit->has_line()) return;
    last.opcode = op::NOP;
    std::vector<Instruction> copy = exit->code;
    block->code.insert(block->code.end(), copy.begin(), copy.end());
    block->exits = true;
}

// ---- constant tuples

/// LOAD_CONST a … LOAD_CONST n, BUILD_TUPLE n becomes one constant.
void fold_tuple(std::vector<Instruction>& code, size_t build, ConstantList& consts, ConstantPool& pool) {
    size_t count = static_cast<size_t>(code[build].arg);
    size_t first = build - count;
    std::vector<bytecode::ConstantRef> items;
    for (size_t i = first; i < build; i++) {
        if (code[i].opcode != op::LOAD_CONST) return;
    }
    for (size_t i = first; i < build; i++) items.push_back(consts[static_cast<size_t>(code[i].arg)]);
    bytecode::ConstantRef folded = pool.merge_one(Constant::tuple(std::move(items)));
    auto found = std::find(consts.begin(), consts.end(), folded);
    int index = static_cast<int>(found - consts.begin());
    if (found == consts.end()) consts.push_back(folded);
    for (size_t i = first; i < build; i++) code[i].opcode = op::NOP;
    code[build].opcode = op::LOAD_CONST;
    code[build].arg = index;
}

// ---- swaps

/// Replaces a run of SWAPs by the shortest run with the same effect: the cycles of the permutation. Returns the index of the
/// run's last instruction.
size_t shorten_swaps(std::vector<Instruction>& code, size_t start) {
    int depth = code[start].arg;
    size_t length = 1;
    bool several = false;
    for (; start + length < code.size(); length++) {
        const Instruction& i = code[start + length];
        if (i.opcode == op::SWAP) {
            depth = std::max(depth, i.arg);
            several = true;
        } else if (i.opcode != op::NOP) {
            break;
        }
    }
    if (!several) return start;
    constexpr int kDone = -1;
    std::vector<int> stack(static_cast<size_t>(depth));
    for (int i = 0; i < depth; i++) stack[static_cast<size_t>(i)] = i;
    for (size_t i = 0; i < length; i++) {
        const Instruction& swap = code[start + i];
        if (swap.opcode == op::SWAP) std::swap(stack[0], stack[static_cast<size_t>(swap.arg) - 1]);
    }
    // Undoing the permutation step by step from the end of the run gives the steps that make it.
    size_t free = start + length;  // one past the next place to fill
    for (int i = 0; i < depth; i++) {
        if (stack[static_cast<size_t>(i)] == kDone || stack[static_cast<size_t>(i)] == i) continue;
        int j = i;
        while (true) {
            if (j != 0) {
                --free;
                code[free].opcode = op::SWAP;
                code[free].arg = j + 1;
            }
            int& slot = stack[static_cast<size_t>(j)];
            if (slot == kDone) break;
            int next = slot;
            slot = kDone;
            j = next;
        }
    }
    while (free > start) code[--free].opcode = op::NOP;
    return start + length - 1;
}

bool can_swap(int opcode) { return opcode == op::STORE_FAST || opcode == op::POP_TOP; }
int stored_local(const Instruction& i) { return i.opcode == op::STORE_FAST ? i.arg : -1; }

/// The next STORE_FAST or POP_TOP with only NOPs between, on `line` if that is not negative; else -1.
int next_swappable(const std::vector<Instruction>& code, int i, int line) {
    while (++i < static_cast<int>(code.size())) {
        const Instruction& candidate = code[static_cast<size_t>(i)];
        if (line >= 0 && candidate.at.line != line) return -1;  // a line event lies between
        if (candidate.opcode == op::NOP) continue;
        return can_swap(candidate.opcode) ? i : -1;
    }
    return -1;
}

/// Does a SWAP at compile time, by exchanging the two instructions that take the entries off.
void swap_statically(std::vector<Instruction>& code, int i) {
    for (; i >= 0; i--) {
        Instruction& swap = code[static_cast<size_t>(i)];
        if (swap.opcode != op::SWAP) {
            if (swap.opcode == op::NOP || can_swap(swap.opcode)) continue;
            return;
        }
        int j = next_swappable(code, i, -1);
        if (j < 0) return;
        int k = j;
        int line = code[static_cast<size_t>(j)].at.line;
        for (int count = swap.arg - 1; count > 0; count--) {
            k = next_swappable(code, k, line);
            if (k < 0) return;
        }
        int first = stored_local(code[static_cast<size_t>(j)]);
        int second = stored_local(code[static_cast<size_t>(k)]);
        if (first >= 0 || second >= 0) {
            if (first == second) return;
            for (int between = j + 1; between < k; between++) {
                int stored = stored_local(code[static_cast<size_t>(between)]);
                if (stored >= 0 && (stored == first || stored == second)) return;
            }
        }
        swap.opcode = op::NOP;
        std::swap(code[static_cast<size_t>(j)], code[static_cast<size_t>(k)]);
    }
}

// ---- one block

/// A jump to a jump goes straight to the end, if both are on one line (else a line event would be lost).
bool thread(Instruction& jump, const Instruction& next, int opcode) {
    if (jump.at.line != next.at.line || jump.target == next.target) return false;
    jump.target = next.target;
    jump.opcode = opcode;
    return true;
}

class BlockOptimizer {
  public:
    BlockOptimizer(Block* block, ConstantList& consts, ConstantPool& pool)
        : block_(block), code_(block->code), consts_(consts), pool_(pool) {}

    void run() {
        for (size_t i = 0; i < code_.size(); i++) {
            // A changed jump is looked at again.
            while (step(i)) {
            }
        }
    }

  private:
    int opcode_at(size_t i) const { return i < code_.size() ? code_[i].opcode : op::CACHE; }

    bool step(size_t& i) {
        Instruction& inst = code_[i];
        const Instruction* target = nullptr;
        if (inst.is_jump() || inst.is_block_push()) {
            inst.target = first_with_code(inst.target);
            if (!inst.target->empty()) target = &inst.target->code.front();
        }
        switch (inst.opcode) {
            case op::LOAD_CONST: fold_branch(i); return false;
            case op::BUILD_TUPLE:
                if (opcode_at(i + 1) == op::UNPACK_SEQUENCE && code_[i + 1].arg == inst.arg && inst.arg >= 1 &&
                    inst.arg <= 3) {
                    inst.opcode = op::NOP;
                    code_[i + 1].opcode = inst.arg == 1 ? op::NOP : op::SWAP;
                    return false;
                }
                if (i >= static_cast<size_t>(inst.arg)) fold_tuple(code_, i, consts_, pool_);
                return false;
            case op::JUMP_IF_FALSE_OR_POP:
                return target && thread_keeping_jump(inst, *target, op::POP_JUMP_IF_FALSE, op::JUMP_IF_FALSE_OR_POP,
                                                     op::POP_JUMP_IF_TRUE, op::JUMP_IF_TRUE_OR_POP);
            case op::JUMP_IF_TRUE_OR_POP:
                return target && thread_keeping_jump(inst, *target, op::POP_JUMP_IF_TRUE, op::JUMP_IF_TRUE_OR_POP,
                                                     op::POP_JUMP_IF_FALSE, op::JUMP_IF_FALSE_OR_POP);
            case op::JUMP:
            case op::POP_JUMP_IF_NONE:
            case op::POP_JUMP_IF_NOT_NONE:
            case op::POP_JUMP_IF_FALSE:
            case op::POP_JUMP_IF_TRUE:
                return target && target->opcode == op::JUMP && thread(inst, *target, inst.opcode);
            case op::SWAP:
                if (inst.arg == 1) {
                    inst.opcode = op::NOP;
                    return false;
                }
                i = shorten_swaps(code_, i);
                swap_statically(code_, static_cast<int>(i));
                return false;
            case op::PUSH_NULL:
                if (opcode_at(i + 1) == op::LOAD_GLOBAL) {
                    inst.opcode = op::NOP;
                    code_[i + 1].arg |= 1;
                }
                return false;
            default: return false;
        }
    }

    /// `a and b or c`: the result of the first test decides the second.
    static bool thread_keeping_jump(Instruction& inst, const Instruction& target, int same_pop, int same_keep,
                                    int opposite_pop, int opposite_keep) {
        if (target.opcode == same_pop) return thread(inst, target, same_pop);
        if (target.opcode == op::JUMP || target.opcode == same_keep) return thread(inst, target, same_keep);
        if (target.opcode == opposite_pop || target.opcode == opposite_keep) {
            if (inst.at.line != target.at.line) return false;
            inst.opcode = same_pop;
            inst.target = inst.target->next;
            return true;
        }
        return false;
    }

    /// A branch on a constant is taken now; a comparison with None becomes a branch of its own.
    void fold_branch(size_t i) {
        Instruction& load = code_[i];
        int next = opcode_at(i + 1);
        const Constant& value = *consts_[static_cast<size_t>(load.arg)];
        switch (next) {
            case op::POP_JUMP_IF_FALSE:
            case op::POP_JUMP_IF_TRUE:
                load.opcode = op::NOP;
                take_or_drop(i + 1, is_true(value) == (next == op::POP_JUMP_IF_TRUE));
                break;
            case op::JUMP_IF_FALSE_OR_POP:
            case op::JUMP_IF_TRUE_OR_POP: {
                bool taken = is_true(value) == (next == op::JUMP_IF_TRUE_OR_POP);
                if (!taken) load.opcode = op::NOP;
                take_or_drop(i + 1, taken);
                break;
            }
            case op::IS_OP: {
                int jump = opcode_at(i + 2);
                if (value.kind != Constant::Kind::kNone) break;
                if (jump != op::POP_JUMP_IF_FALSE && jump != op::POP_JUMP_IF_TRUE) break;
                bool is_not = code_[i + 1].arg != 0;
                load.opcode = op::NOP;
                code_[i + 1].opcode = op::NOP;
                code_[i + 2].opcode =
                    is_not != (jump == op::POP_JUMP_IF_FALSE) ? op::POP_JUMP_IF_NOT_NONE : op::POP_JUMP_IF_NONE;
                break;
            }
            default: break;
        }
    }

    void take_or_drop(size_t jump, bool taken) {
        code_[jump].opcode = taken ? op::JUMP : op::NOP;
        if (taken) block_->no_fallthrough = true;
    }

    Block* block_;
    std::vector<Instruction>& code_;
    ConstantList& consts_;
    ConstantPool& pool_;
};

// ---- the whole graph

void count_predecessors(FlowGraph& graph) {
    std::vector<Block*> todo{graph.entry()};
    graph.entry()->predecessors = 1;
    auto reach = [&todo](Block* block) {
        if (block->predecessors++ == 0) todo.push_back(block);
    };
    while (!todo.empty()) {
        Block* block = todo.back();
        todo.pop_back();
        if (block->next && !block->no_fallthrough) reach(block->next);
        for (const Instruction& i : block->code) {
            if (i.is_jump() || i.is_block_push()) reach(i.target);
        }
    }
}

void remove_empty_blocks(FlowGraph& graph) {
    in_code_order(graph, [](Block* block) {
        if (block->next) block->next = first_with_code(block->next);
    });
    in_code_order(graph, [](Block* block) {
        if (!block->empty() && block->code.back().is_jump()) {
            block->code.back().target = first_with_code(block->code.back().target);
        }
    });
}

bool is_exit_without_line(const Block* block) {
    return block->exits && std::all_of(block->code.begin(), block->code.end(),
                                       [](const Instruction& i) { return i.at.line < 0; });
}

/// A frame's line is computed from its last instruction: every return and raise needs one, so an exit without a line is
/// copied until each copy has one predecessor to take the line from.
void copy_exits_without_line(FlowGraph& graph) {
    newest_first(graph, [&graph](Block* block) {
        if (block->empty() || !block->code.back().is_jump()) return;
        Block* exit = block->code.back().target;
        if (!is_exit_without_line(exit) || exit->predecessors <= 1) return;
        Block* copy = graph.new_block();
        copy->code = exit->code;
        copy->exits = exit->exits;
        copy->no_fallthrough = true;
        copy->code.front().at = block->code.back().at;
        block->code.back().target = copy;
        exit->predecessors--;
        copy->predecessors = 1;
        copy->next = exit->next;
        exit->next = copy;
    });
    newest_first(graph, [](Block* block) {
        while (block->next && block->next->empty()) block->next = block->next->next;
    });
    newest_first(graph, [](Block* block) {
        if (block->no_fallthrough || !block->next || block->empty()) return;
        if (is_exit_without_line(block->next)) block->next->code.front().at = block->code.back().at;
    });
}

void drop_unused_constants(FlowGraph& graph, ConstantList& consts) {
    int last = 0;  // the first one may be a docstring
    in_code_order(graph, [&last](Block* block) {
        for (const Instruction& i : block->code) {
            if (i.opcode == op::LOAD_CONST || i.opcode == op::KW_NAMES) last = std::max(last, i.arg);
        }
    });
    if (static_cast<size_t>(last) + 1 < consts.size()) consts.resize(static_cast<size_t>(last) + 1);
}

void propagate_lines(FlowGraph& graph) {
    in_code_order(graph, [](Block* block) {
        if (block->empty()) return;
        Position previous = kNoPosition;
        for (Instruction& i : block->code) {
            if (i.at.line < 0) {
                i.at = previous;
            } else {
                previous = i.at;
            }
        }
        auto inherit = [&previous](Block* successor) {
            if (successor->predecessors == 1 && !successor->empty() && successor->code.front().at.line < 0) {
                successor->code.front().at = previous;
            }
        };
        if (!block->no_fallthrough && block->next) inherit(block->next);
        if (block->code.back().is_jump()) inherit(block->code.back().target);
    });
}

/// Returns that still have no line take the last one seen.
void give_lines_to_returns(FlowGraph& graph, int first_line) {
    int line = first_line;
    in_code_order(graph, [&line](Block* block) {
        if (block->empty()) return;
        const Instruction& last = block->code.back();
        if (last.at.line >= 0) {
            line = last.at.line;
        } else if (last.opcode == op::RETURN_VALUE) {
            for (Instruction& i : block->code) i.at.line = line;
        }
    });
}

}  // namespace

void remove_nops(Block* block) {
    std::vector<Instruction>& code = block->code;
    size_t kept = 0;
    int previous_line = -1;
    for (size_t i = 0; i < code.size(); i++) {
        int line = code[i].at.line;
        if (code[i].opcode == op::NOP) {
            if (line < 0 || line == previous_line) continue;
            if (i + 1 < code.size()) {
                int next_line = code[i + 1].at.line;
                if (next_line == line) continue;
                if (next_line < 0) {
                    code[i + 1].at = code[i].at;
                    continue;
                }
            } else {
                Block* next = block->next;
                while (next && next->empty()) next = next->next;
                if (next && next->code.front().at.line == line) continue;
            }
        }
        if (kept != i) code[kept] = code[i];
        kept++;
        previous_line = line;
    }
    code.resize(kept);
}

void normalize_blocks(FlowGraph& graph) {
    newest_first(graph, [](Block* block) {
        for (Instruction& i : block->code) {
            switch (i.opcode) {
                case op::RETURN_VALUE:
                case op::RAISE_VARARGS:
                case op::RERAISE:
                    block->exits = true;
                    block->no_fallthrough = true;
                    break;
                case op::JUMP:
                case op::JUMP_NO_INTERRUPT: block->no_fallthrough = true; [[fallthrough]];
                case op::POP_JUMP_IF_NOT_NONE:
                case op::POP_JUMP_IF_NONE:
                case op::POP_JUMP_IF_FALSE:
                case op::POP_JUMP_IF_TRUE:
                case op::JUMP_IF_FALSE_OR_POP:
                case op::JUMP_IF_TRUE_OR_POP:
                case op::FOR_ITER: i.target = first_with_code(i.target); break;
                default: break;
            }
        }
    });
    newest_first(graph, inline_small_exit);
}

void optimize(FlowGraph& graph, ConstantList& consts, ConstantPool& pool, int first_line) {
    in_code_order(graph, [&](Block* block) {
        BlockOptimizer(block, consts, pool).run();
        remove_nops(block);
    });
    newest_first(graph, inline_small_exit);
    count_predecessors(graph);
    in_code_order(graph, [](Block* block) {
        if (block->predecessors == 0) {
            block->code.clear();
            block->no_fallthrough = false;
        }
    });
    remove_empty_blocks(graph);
    in_code_order(graph, remove_nops);
    bool emptied = false;
    in_code_order(graph, [&emptied](Block* block) {
        if (block->empty()) return;
        Instruction& last = block->code.back();
        if ((last.opcode == op::JUMP || last.opcode == op::JUMP_NO_INTERRUPT) && last.target == block->next) {
            block->no_fallthrough = false;
            last.opcode = op::NOP;
            emptied = true;
        }
    });
    if (emptied) remove_empty_blocks(graph);
    copy_exits_without_line(graph);
    drop_unused_constants(graph, consts);
    propagate_lines(graph);
    give_lines_to_returns(graph, first_line);
}

}  // namespace refscope::compiler
