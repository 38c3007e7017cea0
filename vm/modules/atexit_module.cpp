#include "vm/modules/atexit_module.h"

#include <memory>
#include <vector>

#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/error_report.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

struct Callback {
    Ref<> function, args, kwargs;
};
// Entries that were unregistered are null: positions must not move while a comparison runs Python code.
std::vector<std::unique_ptr<Callback>>& callbacks() {
    static auto* instance = new std::vector<std::unique_ptr<Callback>>;
    return *instance;
}

Owned atexit_register(Object*, Object* args, Object* kwargs) {
    if (tuple_size(args) == 0) {
        return err_set_string(exc::TypeError, "register() takes at least 1 argument (0 given)");
    }
    Object* function = tuple_get_item(args, 0);
    if (!callable_check(function)) return err_set_string(exc::TypeError, "the first argument must be callable");
    auto callback = std::make_unique<Callback>();
    callback->function = share(function);
    callback->args.reset_steal(tuple_get_slice(args, 1, tuple_size(args)));
    if (!callback->args) return nullptr;
    callback->kwargs = share(kwargs);
    callbacks().push_back(std::move(callback));
    return newref(function);
}

Owned atexit_clear(Object*, Object*) {
    auto cleared = std::move(callbacks());
    callbacks().clear();
    return new_none();
}

Owned atexit_unregister(Object*, Object* function) {
    for (size_t i = 0; i < callbacks().size(); ++i) {
        if (!callbacks()[i]) continue;
        Ref<> candidate = callbacks()[i]->function;
        const int equal = object_rich_compare_bool(candidate.get(), function, kEQ);
        if (equal < 0) return nullptr;
        if (equal && i < callbacks().size()) auto removed = std::move(callbacks()[i]);
    }
    return new_none();
}

Owned atexit_count(Object*, Object*) { return int_from_size(callbacks().size()); }
Owned atexit_run_exitfuncs(Object*, Object*) {
    atexit_run();
    return new_none();
}

const MethodDef atexit_functions[] = {
    method_def("register", atexit_register, kMethVarargs | kMethKeywords, "register(func, *args, **kwargs) -> func\n\nHave func called when the program ends."),
    method_def("_clear", atexit_clear, kMethNoargs),
    method_def("unregister", atexit_unregister, kMethO, "unregister(func) -> None\n\nForget what was registered with func."),
    method_def("_run_exitfuncs", atexit_run_exitfuncs, kMethNoargs),
    method_def("_ncallbacks", atexit_count, kMethNoargs),
    {nullptr, nullptr, 0}};

}  // namespace

void atexit_run() {
    for (size_t i = callbacks().size(); i-- > 0;) {
        if (i >= callbacks().size() || !callbacks()[i]) continue;
        const Callback& entry = *callbacks()[i];
        Ref<> function = entry.function, args = entry.args, kwargs = entry.kwargs;
        Ref<> result = own(object_call(function.get(), args.get(), kwargs.get()));
        if (!result) err_write_unraisable_message("in atexit callback", function.get());
    }
    Ref<> nothing = own(atexit_clear(nullptr, nullptr));
}

Owned create_atexit_module() {
    return module_create("atexit", "Functions that are called when the program ends.", atexit_functions);
}

}  // namespace refscope::vm
