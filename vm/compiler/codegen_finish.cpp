// From a filled flow graph to a code unit: the prefix of generators and closures, slots of cells, passes, tables.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace bytecode;

uint32_t CodeGenerator::code_flags() const {
    const Scope& scope = *unit_->scope;
    uint32_t flags = flags_ & kCoFutureMask;
    if (scope.block == BlockKind::kFunction) {
        flags |= kCoNewLocals | kCoOptimized;
        if (scope.nested) flags |= kCoNested;
        if (scope.generator && !scope.coroutine) flags |= kCoGenerator;
        if (!scope.generator && scope.coroutine) flags |= kCoCoroutine;
        if (scope.generator && scope.coroutine) flags |= kCoAsyncGenerator;
        if (scope.varargs) flags |= kCoVarArgs;
        if (scope.varkeywords) flags |= kCoVarKeywords;
    }
    if (allows_top_level_await() && scope.coroutine && !scope.generator) flags |= kCoCoroutine;
    return flags;
}

/// The localsplus slot of each cell and free variable; an argument that is a cell keeps its own slot.
std::vector<int> CodeGenerator::cell_slots() const {
    int nlocals = unit_->varnames.size();
    std::vector<int> slots;
    for (std::string_view name : unit_->cellvars.names()) {
        int local = unit_->varnames.find(name);
        slots.push_back(local >= 0 ? local : nlocals + static_cast<int>(slots.size()));
    }
    for (int i = 0; i < unit_->freevars.size(); i++) slots.push_back(nlocals + static_cast<int>(slots.size()));
    return slots;
}

void CodeGenerator::insert_prefix(std::vector<int>& slots) {
    std::vector<Instruction> prefix;
    auto add = [&prefix](int opcode, int arg, const Position& at) {
        Instruction& i = prefix.emplace_back();
        i.opcode = opcode;
        i.arg = arg;
        i.at = at;
    };
    if (unit_->freevars.size()) add(op::COPY_FREE_VARS, unit_->freevars.size(), kNoPosition);
    int ncells = unit_->cellvars.size();
    std::vector<int> by_slot(static_cast<size_t>(ncells + unit_->varnames.size()), -1);
    for (int cell = 0; cell < ncells; cell++) by_slot[static_cast<size_t>(slots[static_cast<size_t>(cell)])] = cell;
    for (int cell : by_slot) {
        if (cell >= 0) add(op::MAKE_CELL, cell, kNoPosition);
    }
    if (code_flags() & (kCoGenerator | kCoCoroutine | kCoAsyncGenerator)) {
        add(op::RETURN_GENERATOR, 0, Position{unit_->first_line, unit_->first_line, -1, -1});
        add(op::POP_TOP, 0, kNoPosition);
    }
    std::vector<Instruction>& entry = unit_->graph.entry()->code;
    entry.insert(entry.begin(), prefix.begin(), prefix.end());
}

CodeUnitRef CodeGenerator::finish(bool add_none) {
    Unit& unit = *unit_;
    FlowGraph& graph = unit.graph;
    if (!graph.current()->has_return) {
        clear_location();
        if (add_none) load_none();
        emit(op::RETURN_VALUE);
    }
    normalize_blocks(graph);

    std::vector<int> slots = cell_slots();
    insert_prefix(slots);
    // Cells that are arguments free the slots after the locals.
    int nlocals = unit.varnames.size();
    int dropped = 0;
    for (size_t i = 0; i < slots.size(); i++) {
        if (slots[i] == nlocals + static_cast<int>(i)) {
            slots[i] -= dropped;
        } else {
            dropped++;
        }
    }
    for (Block* block = graph.entry(); block; block = block->next) {
        for (Instruction& i : block->code) {
            if (i.opcode < 256 && bytecode::info(static_cast<Opcode>(i.opcode)).operand == OperandKind::kFree) {
                i.arg = slots[static_cast<size_t>(i.arg)];
            }
        }
    }

    auto code = std::make_shared<CodeUnit>();
    compiler::optimize(graph, unit.consts, pool_, unit.first_line);
    code->stacksize = compute_stack_depth(graph, unit.scope->generator || unit.scope->coroutine);
    code->name = std::string(unit.name);
    code->qualname = unit.qualname;
    code->filename = std::string(filename_);
    code->argcount = unit.argcount + unit.posonlyargcount;
    code->posonlyargcount = unit.posonlyargcount;
    code->kwonlyargcount = unit.kwonlyargcount;
    code->nlocals = nlocals;
    code->flags = code_flags();
    code->firstlineno = unit.first_line;
    code->consts = std::move(unit.consts);
    for (std::string_view name : unit.names.names()) code->names.emplace_back(name);
    for (std::string_view name : unit.varnames.names()) {
        code->localsplusnames.emplace_back(name);
        code->localspluskinds.push_back(
            static_cast<uint8_t>(unit.cellvars.find(name) >= 0 ? kLocalFast | kLocalCell : kLocalFast));
    }
    for (std::string_view name : unit.cellvars.names()) {
        if (unit.varnames.find(name) >= 0) continue;
        code->localsplusnames.emplace_back(name);
        code->localspluskinds.push_back(kLocalCell);
    }
    for (std::string_view name : unit.freevars.names()) {
        code->localsplusnames.emplace_back(name);
        code->localspluskinds.push_back(kLocalFree);
    }
    assemble(graph, *code);
    return code;
}

}  // namespace refscope::compiler
