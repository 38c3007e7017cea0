// What breakpoints ask of the program while it is not stopped: conditions and the values in log messages.
#include <utility>

#include "vm/control/control.h"
#include "vm/inspect/display.h"
#include "vm/inspect/heap_graph.h"
#include "vm/inspect/references.h"
#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/str.h"
#include "vm/syntax/parse.h"

namespace refscope::vm {

namespace {

// What the program was about to raise waits, and what evaluation made goes again.
class Aside {
  public:
    Aside() : pending_(own(std::exchange(thread->pending, nullptr))) {}
    ~Aside() {
        forget_heap_graph();
        for (Object* object : std::exchange(debugger_references, {})) decref(object);
        err_clear();
        thread->pending = pending_.release();
    }

  private:
    Ref<> pending_;
};

Evaluated evaluate(Frame* frame, const std::string& expression) {
    Evaluated value = evaluate_quietly(frame, expression);
    return value.needs_code ? evaluate_freely(frame, expression) : value;
}

}  // namespace

bool condition_holds(Frame* frame, const std::string& expression, std::string* error) {
    Aside aside;
    Controller::Quiet quiet;
    Evaluated value = evaluate(frame, expression);
    *error = value.error;
    if (!error->empty()) return false;
    if (!value.object) return value.text != "0" && value.text != "False" && value.text != "0.0" && value.text != "''" && !value.text.empty();
    int truth = object_is_true(value.object);
    if (truth < 0) *error = describe_pending_error();
    return truth > 0;
}

std::string evaluate_to_text(Frame* frame, const std::string& expression) {
    Aside aside;
    Controller::Quiet quiet;
    Evaluated value = evaluate(frame, expression);
    if (!value.error.empty()) return "<" + value.error + ">";
    if (!value.object) return value.text;
    if (str_check_exact(value.object)) return str_to_utf8(value.object);
    DisplayOptions options;
    options.counts = false;
    return display(value.object, options);
}

std::string problem_of_expression(const std::string& expression) {
    syntax::ParseOptions options;
    options.mode = syntax::ParseMode::Eval;
    syntax::ParseResult parsed = syntax::parse(base::SourceText(expression, "<condition>"), options);
    return parsed.ok() ? "" : "condition " + expression + ": " + parsed.diagnostics.front().message;
}

}  // namespace refscope::vm
