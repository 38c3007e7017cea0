// super() without arguments: the running function's first argument and its __class__ cell.
#include "vm/interpreter/builtins_support.h"
#include "vm/interpreter/frame.h"
#include "vm/objects/cell.h"
#include "vm/objects/errors.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

bool current_super_arguments(Type** type, Object** object) {
    Frame* frame = current_frame();
    if (!frame) return err_set_string(exc::RuntimeError, "super(): no current frame") != nullptr;
    const CodeObject* code = frame->code;
    if (code->argcount == 0) return err_set_string(exc::RuntimeError, "super(): no arguments") != nullptr;
    const bytecode::CodeUnit& unit = code_unit(code);
    Object* first = frame->registers[0];
    // The argument may live in a cell, once MAKE_CELL has run.
    if (first && (unit.localspluskinds[0] & bytecode::kLocalCell) && cell_check(first)) first = static_cast<CellObject*>(first)->ob_ref;
    if (!first) return err_set_string(exc::RuntimeError, "super(): arg[0] deleted") != nullptr;
    for (int i = 0; i < code->nlocalsplus; ++i) {
        if (!(unit.localspluskinds[i] & bytecode::kLocalFree) || unit.localsplusnames[i] != "__class__") continue;
        Object* cell = frame->registers[i];
        if (!cell || !cell_check(cell)) return err_set_string(exc::RuntimeError, "super(): bad __class__ cell") != nullptr;
        Object* found = static_cast<CellObject*>(cell)->ob_ref;
        if (!found) return err_set_string(exc::RuntimeError, "super(): empty __class__ cell") != nullptr;
        if (!type_check(found)) {
            err_format(exc::RuntimeError, "super(): __class__ is not a type (%s)", found->type->tp_name);
            return false;
        }
        *type = as_type(found);
        *object = first;
        return true;
    }
    return err_set_string(exc::RuntimeError, "super(): __class__ cell not found") != nullptr;
}

}  // namespace refscope::vm
