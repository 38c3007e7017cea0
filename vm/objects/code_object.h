// Code objects: a CodeUnit as a Python object, with its constants and names as objects and its register code.
//
// Immutable but for the register instructions' inline caches and patched handlers. CPython does not collect code objects;
// their references are hidden edges.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/bytecode/code_unit.h"
#include "vm/bytecode/register_code.h"
#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct CodeObject : VarObject {  // size: code units, as CPython's ob_size
    Object* co_consts;    // tuple
    Object* co_names;     // tuple of interned str
    Object* co_localsplusnames;
    Object* co_filename;
    Object* co_name;
    Object* co_qualname;
    Object* co_weakreflist;
    Object* co_code_bytes;  // co_code, made when asked for
    bytecode::CodeUnitRef* unit;
    bytecode::RegisterCode* registers;
    bytecode::Instruction* instructions;  // in the instruction arena; the addresses are allocation sites
    uint32_t instruction_count;
    uint32_t flags;
    int32_t argcount, posonlyargcount, kwonlyargcount;
    int32_t nlocalsplus, stacksize;
    bool simple_arguments;  // positional parameters only: no star arguments, no keyword-only ones
    bool prepared;          // handlers filled in by the interpreter
};
extern Type code_type;
inline CodeObject* as_code(Object* object) { return static_cast<CodeObject*>(object); }

// Makes the object and, for nested functions, theirs. Constants that the compiler shares become one object.
// `literal_holder`: a list to which every literal of the tree is appended (the syntax tree of the main program
// holds its literals until it has run), or nullptr.
Owned code_new(const bytecode::CodeUnitRef& unit, Object* literal_holder = nullptr);
inline const bytecode::CodeUnit& code_unit(const CodeObject* code) { return **code->unit; }

// Register code, translated when it is first needed. False: SystemError pending.
bool code_prepare(CodeObject* code);
// The interpreter's: fills in the handlers of new instructions.
extern void (*prepare_handlers)(CodeObject* code);

inline uint32_t instruction_index(const CodeObject* code, const void* pc) {
    return static_cast<uint32_t>(static_cast<const bytecode::Instruction*>(pc) - code->instructions);
}
inline const bytecode::InstructionInfo& instruction_info(const CodeObject* code, const void* pc) {
    return code->registers->info[instruction_index(code, pc)];
}
// The code object whose instructions hold this allocation site, and the line there; nullptr: the runtime itself.
CodeObject* code_of_site(uint32_t site, int* line);
// All live code objects, for breakpoints; calls `visit` for each that has been prepared.
void for_each_code(void (*visit)(CodeObject* code, void* context), void* context);

int init_code_type();

}  // namespace refscope::vm
