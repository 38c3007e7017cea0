// code.replace(): a code object like another one but for some fields, as PyCode_NewWithPosOnlyArgs makes it.
//
// New instructions are checked before they can run: a jump into nothing or an index out of range is a ValueError here.
#include "vm/bytecode/validator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code_internal.h"
#include "vm/objects/code_object.h"
#include "vm/objects/complex.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/base/bigint.h"

#include <algorithm>
#include <cstring>

namespace refscope::vm {

namespace {

using bytecode::CodeUnit;
using bytecode::Constant;
using bytecode::ConstantRef;

// The plain form of a constant that a program gave; what has none (an object of any kind) is shown as None in disassemblies.
ConstantRef plain_constant(Object* object) {
    if (object == py_true() || object == py_false()) return Constant::boolean(object == py_true());
    if (object == ellipsis()) return Constant::ellipsis();
    if (int_check_exact(object)) return Constant::of_int(int_to_big(object));
    if (float_check_exact(object)) return Constant::of_float(float_value(object));
    if (str_check_exact(object)) return Constant::str(str_to_utf8(object), str_is_interned(object));
    if (bytes_check_exact(object)) return Constant::bytes(std::string(bytes_view(object)));
    if (is_type(object, &code_type)) return Constant::of_code(*as_code(object)->unit);
    if (tuple_check_exact(object)) {
        std::vector<ConstantRef> items;
        for (intptr_t i = 0; i < tuple_size(object); ++i) items.push_back(plain_constant(tuple_get_item(object, i)));
        return Constant::tuple(std::move(items));
    }
    return Constant::none();
}

bool number(Object* given, int* field) { return !given || argument_int(given, field); }
bool text(const char* name, Object* given, Ref<>* object, std::string* plain) {
    if (!given) return true;
    if (!str_check(given)) {
        err_format(exc::TypeError, "replace() argument '%s' must be str, not %.50s", name, given->type->tp_name);
        return false;
    }
    *object = share(given);
    *plain = str_to_utf8(given);
    return true;
}
bool bytes(const char* name, Object* given, std::string* plain) {
    if (!given) return true;
    if (!bytes_check(given)) {
        err_format(exc::TypeError, "replace() argument '%s' must be bytes, not %.50s", name, given->type->tp_name);
        return false;
    }
    *plain = bytes_view(given);
    return true;
}
bool tuple(const char* name, Object* given) {
    if (!given || tuple_check(given)) return true;
    err_format(exc::TypeError, "replace() argument '%s' must be tuple, not %.50s", name, given->type->tp_name);
    return false;
}
bool names(Object* given, std::vector<std::string>* result) {
    if (!given) return true;
    result->clear();
    for (intptr_t i = 0; i < tuple_size(given); ++i) {
        Object* name = tuple_get_item(given, i);
        if (!str_check(name)) {
            err_format(exc::TypeError, "name tuples must contain only strings, not '%.500s'", name->type->tp_name);
            return false;
        }
        result->push_back(str_to_utf8(name));
    }
    return true;
}

enum Field { kArgcount, kPosonlyargcount, kKwonlyargcount, kNlocals, kStacksize, kFlags, kFirstlineno, kCode, kConsts, kNames, kVarnames,
             kFreevars, kCellvars, kFilename, kName, kQualname, kLinetable, kExceptiontable, kFields };

// Locals, cells that are no locals, free variables.
void set_locals(CodeUnit* unit, const std::vector<std::string>& locals, const std::vector<std::string>& cells, const std::vector<std::string>& free) {
    unit->localsplusnames = locals;
    unit->localspluskinds.assign(locals.size(), bytecode::kLocalFast);
    for (const std::string& cell : cells) {
        const auto found = std::find(locals.begin(), locals.end(), cell);
        if (found != locals.end()) {
            unit->localspluskinds[static_cast<size_t>(found - locals.begin())] |= bytecode::kLocalCell;
        } else {
            unit->localsplusnames.push_back(cell);
            unit->localspluskinds.push_back(bytecode::kLocalCell);
        }
    }
    for (const std::string& name : free) {
        unit->localsplusnames.push_back(name);
        unit->localspluskinds.push_back(bytecode::kLocalFree);
    }
}

}  // namespace

Owned code_replace(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const parameters[] = {"co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags",
                                             "co_firstlineno", "co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars",
                                             "co_filename", "co_name", "co_qualname", "co_linetable", "co_exceptiontable", nullptr};
    static const KeywordParser parser{"replace", parameters, 0, 0};
    Object* out[kFields] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    CodeObject* code = as_code(object);
    const CodeUnit& old = code_unit(code);
    auto unit = std::make_shared<CodeUnit>(old);
    CodeParts parts{share(code->co_consts), share(code->co_filename), share(code->co_name), share(code->co_qualname)};
    auto flags = static_cast<int>(old.flags);
    std::string instructions(reinterpret_cast<const char*>(old.code.data()), old.code.size() * 2);
    if (!number(out[kArgcount], &unit->argcount) || !number(out[kPosonlyargcount], &unit->posonlyargcount) ||
        !number(out[kKwonlyargcount], &unit->kwonlyargcount) || !number(out[kNlocals], &unit->nlocals) ||
        !number(out[kStacksize], &unit->stacksize) || !number(out[kFlags], &flags) || !number(out[kFirstlineno], &unit->firstlineno) ||
        !bytes("co_code", out[kCode], &instructions) || !tuple("co_consts", out[kConsts]) || !tuple("co_names", out[kNames]) ||
        !tuple("co_varnames", out[kVarnames]) || !tuple("co_freevars", out[kFreevars]) || !tuple("co_cellvars", out[kCellvars]) ||
        !text("co_filename", out[kFilename], &parts.filename, &unit->filename) || !text("co_name", out[kName], &parts.name, &unit->name) ||
        !text("co_qualname", out[kQualname], &parts.qualname, &unit->qualname) || !bytes("co_linetable", out[kLinetable], &unit->linetable) ||
        !bytes("co_exceptiontable", out[kExceptiontable], &unit->exceptiontable)) {
        return nullptr;
    }
    if (unit->argcount < unit->posonlyargcount || unit->posonlyargcount < 0 || unit->kwonlyargcount < 0 || unit->nlocals < 0 ||
        unit->stacksize < 0 || flags < 0) {
        return err_set_string(exc::ValueError, "code: argument counts, sizes and flags must not be negative");
    }
    unit->flags = static_cast<uint32_t>(flags);
    if (out[kCode]) {
        if (instructions.size() % 2) return err_set_string(exc::ValueError, "code: co_code is malformed");
        unit->code.resize(instructions.size() / 2);
        memcpy(unit->code.data(), instructions.data(), instructions.size());
    }
    if (out[kConsts]) {
        parts.consts = share(out[kConsts]);
        unit->consts.clear();
        for (intptr_t i = 0; i < tuple_size(out[kConsts]); ++i) unit->consts.push_back(plain_constant(tuple_get_item(out[kConsts], i)));
    }
    std::vector<std::string> locals = old.varnames(), cells = old.cellvars(), free = old.freevars();
    if (!names(out[kNames], &unit->names) || !names(out[kVarnames], &locals) || !names(out[kCellvars], &cells) || !names(out[kFreevars], &free)) {
        return nullptr;
    }
    if (unit->nlocals != static_cast<int>(locals.size())) return err_set_string(exc::ValueError, "code: co_nlocals != len(co_varnames)");
    if (out[kVarnames] || out[kCellvars] || out[kFreevars]) set_locals(unit.get(), locals, cells, free);
    const int parameters_held = unit->argcount + unit->kwonlyargcount + ((unit->flags & bytecode::kCoVarArgs) != 0) + ((unit->flags & bytecode::kCoVarKeywords) != 0);
    if (parameters_held > unit->nlocals) return err_set_string(exc::ValueError, "code: varnames is too small");
    // Other names and tables of lines cannot break what could run before.
    const bool runs_otherwise = out[kCode] || out[kConsts] || out[kNames] || out[kVarnames] || out[kCellvars] || out[kFreevars] || out[kStacksize] || out[kExceptiontable];
    if (runs_otherwise) {
        if (const auto problem = bytecode::validate(*unit)) return err_format(exc::ValueError, "code: %s", problem->c_str());
    }
    return code_from_parts(unit, parts);
}

}  // namespace refscope::vm
