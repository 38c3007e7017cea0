// The console: code of the user's, run in the program's frame.
#include "vm/control/control.h"
#include "vm/inspect/heap_graph.h"
#include "vm/inspect/references.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

std::string describe_pending_error() {
    Ref<> error = own(err_fetch());
    if (!error) return "evaluation failed";
    std::string text = type_short_name(error->type);
    Ref<> message = own(object_str(error.get()));
    if (message && str_length(message.get())) text += ": " + str_to_utf8(message.get());
    err_clear();
    return text;
}

Evaluated evaluate_freely(Frame* frame, const std::string& source) {
    Evaluated result;
    Controller::Quiet quiet;
    forget_heap_graph();  // what is run may change the heap
    Ref<> text = own(str_from_view(source)), filename = own(str_from_string("<console>"));
    if (!text || !filename) {
        result.error = describe_pending_error();
        return result;
    }
    Ref<> code = own(compile_source(text.get(), filename.get(), "eval", 0, -1));
    bool expression = static_cast<bool>(code);
    if (!expression) {
        err_clear();
        code = own(compile_source(text.get(), filename.get(), "exec", 0, -1));
    }
    if (!code) {
        result.error = describe_pending_error();
        return result;
    }
    Object* globals = frame->globals;
    Object* locals = frame->locals == frame->globals ? frame->globals : frame_locals(frame);
    if (!locals) {
        result.error = describe_pending_error();
        return result;
    }
    Object* value = exec_code(code.get(), globals, locals);
    if (!value) {
        result.error = describe_pending_error();
        return result;
    }
    debugger_references.push_back(value);
    if (expression) result.object = value;
    return result;
}

}  // namespace refscope::vm
