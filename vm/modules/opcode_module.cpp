// The module _opcode, on which the library's opcode.py builds.
#include "vm/bytecode/opcode.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"

namespace refscope::vm {

namespace {

Owned stack_effect(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "", "jump", nullptr};
    static const KeywordParser parser{"stack_effect", names, 1, 2};
    Object* out[3] = {};
    int number, argument = 0;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !argument_int(out[0], &number)) return nullptr;
    const auto opcode = static_cast<bytecode::Opcode>(number);
    const bool known = number >= 0 && number < 256 && !bytecode::info(static_cast<uint8_t>(number)).name.empty();
    const bool wants_argument = known && bytecode::has_arg(opcode);
    if (out[1] && !is_none(out[1])) {
        if (known && !wants_argument) return err_set_string(exc::ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
        if (!argument_int(out[1], &argument)) return nullptr;
    } else if (wants_argument) {
        return err_set_string(exc::ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
    }
    if (!known) return err_set_string(exc::ValueError, "invalid opcode or oparg");
    if (out[2] && !is_none(out[2])) {
        if (!bool_check(out[2])) return err_set_string(exc::ValueError, "stack_effect: jump must be False, True or None");
        return int_from_int(bytecode::dis_stack_effect(opcode, argument, out[2] == py_true()));
    }
    // Either way: what needs more room.
    const int straight = bytecode::dis_stack_effect(opcode, argument, false), jump = bytecode::dis_stack_effect(opcode, argument, true);
    return int_from_int(straight > jump ? straight : jump);
}
Owned get_specialization_stats(Object*, Object*) { return new_none(); }

const MethodDef functions[] = {
    method_def("stack_effect", stack_effect, kMethFastcall | kMethKeywords,
               "stack_effect($module, opcode, oparg=None, /, *, jump=None)\n--\n\nCompute the stack effect of the opcode."),
    method_def("get_specialization_stats", get_specialization_stats, kMethNoargs,
               "get_specialization_stats($module, /)\n--\n\nThere are none: always None."),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_opcode_module() { return module_create("_opcode", "Opcode support module.", functions); }

}  // namespace refscope::vm
