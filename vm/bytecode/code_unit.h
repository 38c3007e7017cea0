// What the compiler produces and the runtime makes code objects of: CPython 3.11's code object as plain data, with no object
// of the virtual machine in it. A tree of units is immutable once compiled and may be shared between threads.
//
// Constants are shared by pointer: two places of a compilation unit that hold the same `ConstantRef` are one object
// at run time (CPython merges equal constants of a unit, `is` can see it), and two different pointers are two objects unless
// the runtime's own caches (None, small integers, interned strings, the empty tuple…) make them one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vm/base/bigint.h"

namespace refscope::bytecode {

struct CodeUnit;
struct Constant;
using ConstantRef = std::shared_ptr<const Constant>;
using CodeUnitRef = std::shared_ptr<const CodeUnit>;

struct Constant {
    enum class Kind : uint8_t { kNone, kTrue, kFalse, kEllipsis, kInt, kFloat, kComplex, kStr, kBytes, kTuple, kFrozenSet, kCode };

    Kind kind = Kind::kNone;
    /// kStr: CPython interns it, since it looks like an identifier or is a name (also inside tuples and frozensets).
    bool interned = false;
    /// kTuple, kFrozenSet: folded in the syntax tree, which holds it as long as it lives. (What stands in the source itself always is.)
    bool in_tree = false;
    double real = 0;            // kFloat, kComplex
    double imag = 0;            // kComplex
    base::BigInt integer;       // kInt
    std::string text;           // kStr: UTF-8, a lone surrogate as its three bytes; kBytes: the bytes
    std::vector<ConstantRef> items;  // kTuple, kFrozenSet (in the order of the source)
    CodeUnitRef code;           // kCode

    static ConstantRef none();
    static ConstantRef ellipsis();
    static ConstantRef boolean(bool value);
    static ConstantRef of_int(base::BigInt value);
    static ConstantRef of_float(double value);
    static ConstantRef of_complex(double real, double imag);
    static ConstantRef str(std::string text, bool interned = false);
    static ConstantRef bytes(std::string text);
    static ConstantRef tuple(std::vector<ConstantRef> items);
    static ConstantRef frozenset(std::vector<ConstantRef> items);
    static ConstantRef of_code(CodeUnitRef code);
    static ConstantRef held_by_tree(const ConstantRef& constant);
};

/// Equality as the compiler merges constants: same types, same values, the sign of zero and the inside of tuples included; the
/// items of frozensets in any order; code by all that it consists of.
bool same_constant(const Constant& a, const Constant& b);
size_t hash_constant(const Constant& constant);
/// Python's repr of the constant ("<code object f, file \"x.py\", line 3>" for code).
std::string repr(const Constant& constant);

/// co_flags.
enum CodeFlags : uint32_t {
    kCoOptimized = 0x1,
    kCoNewLocals = 0x2,
    kCoVarArgs = 0x4,
    kCoVarKeywords = 0x8,
    kCoNested = 0x10,
    kCoGenerator = 0x20,
    kCoCoroutine = 0x80,
    kCoIterableCoroutine = 0x100,
    kCoAsyncGenerator = 0x200,
    kCoFutureDivision = 0x20000,
    kCoFutureAbsoluteImport = 0x40000,
    kCoFutureWithStatement = 0x80000,
    kCoFuturePrintFunction = 0x100000,
    kCoFutureUnicodeLiterals = 0x200000,
    kCoFutureBarryAsBdfl = 0x400000,
    kCoFutureGeneratorStop = 0x800000,
    kCoFutureAnnotations = 0x1000000,
    kCoFutureMask = 0x1fe0000,
};

/// Kinds of a localsplus slot; a cell that is also a local (an argument) has both bits.
enum LocalKind : uint8_t { kLocalFast = 0x20, kLocalCell = 0x40, kLocalFree = 0x80 };

/// A source range as CPython has it: lines from 1, columns in UTF-8 bytes from 0; -1 where Python says None.
struct Position {
    int line = -1;
    int end_line = -1;
    int column = -1;
    int end_column = -1;

    bool operator==(const Position&) const = default;
};

/// Instructions at code units [start, end) that raise go to `target` with `depth` stack entries kept; `lasti`: the raising
/// instruction's index is pushed before the exception.
struct ExceptionEntry {
    int start = 0;
    int end = 0;
    int target = 0;
    int depth = 0;
    bool lasti = false;

    bool operator==(const ExceptionEntry&) const = default;
};

struct CodeUnit {
    std::string name;
    std::string qualname;
    std::string filename;
    int argcount = 0;  // positional-only ones included
    int posonlyargcount = 0;
    int kwonlyargcount = 0;
    int nlocals = 0;
    int stacksize = 0;
    uint32_t flags = 0;
    int firstlineno = 1;
    std::vector<uint16_t> code;  // opcode in the low byte, argument in the high one; CACHE units are 0
    std::vector<ConstantRef> consts;
    std::vector<std::string> names;  // all interned
    std::vector<std::string> localsplusnames;  // locals, then cells that are no locals, then free variables
    std::vector<uint8_t> localspluskinds;      // LocalKind bits
    std::string linetable;       // co_linetable
    std::string exceptiontable;  // co_exceptiontable

    int nlocalsplus() const { return static_cast<int>(localsplusnames.size()); }
    std::vector<std::string> varnames() const { return names_of_kind(kLocalFast); }
    std::vector<std::string> cellvars() const { return names_of_kind(kLocalCell); }
    std::vector<std::string> freevars() const { return names_of_kind(kLocalFree); }
    bool is_generator_like() const { return flags & (kCoGenerator | kCoCoroutine | kCoAsyncGenerator); }

    /// One position for each code unit, caches included (co_positions).
    std::vector<Position> positions() const;
    /// Position and line of the instruction at a code unit.
    Position position_at(int unit) const;
    /// The line alone, -1 for none; what tracebacks and line events use.
    int line_at(int unit) const;
    std::vector<ExceptionEntry> exception_entries() const;
    /// Docstring rule of CPython: a function's first constant if it is a string.
    const Constant* docstring() const;

  private:
    std::vector<std::string> names_of_kind(uint8_t kind) const;
};

}  // namespace refscope::bytecode
