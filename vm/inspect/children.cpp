#include "vm/inspect/children.h"

#include <algorithm>

#include "vm/heap/collector_state.h"
#include "vm/inspect/display.h"
#include "vm/inspect/frame_view.h"
#include "vm/inspect/library_values.h"
#include "vm/inspect/stored_attributes.h"
#include "vm/interpreter/generator.h"
#include "vm/objects/bound_method.h"
#include "vm/objects/cell.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

std::string utf8_of(Object* object) { return object && str_check(object) ? str_to_utf8(object) : "?"; }

Child child(std::string name, Object* value, std::string evaluate_name = "") {
    Child c;
    c.name = std::move(name);
    c.value = value;
    c.evaluate_name = std::move(evaluate_name);
    return c;
}
Child text_child(std::string name, std::string text) {
    Child c;
    c.name = std::move(name);
    c.text = std::move(text);
    return c;
}
Child group(std::string name, std::string kind, std::string text = "") {
    Child c;
    c.name = std::move(name);
    c.group = true;
    c.group_kind = std::move(kind);
    c.text = std::move(text);
    return c;
}

void namespace_children(Object* dict, std::vector<Child>* children) {
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(dict, &position, &key, &value)) {
        if (str_check(key)) children->push_back(child(utf8_of(key), value, "." + utf8_of(key)));
    }
}

std::vector<Child> own_attributes(Object* object) {
    std::vector<Child> children;
    for (auto& [name, value] : stored_attributes(object)) children.push_back(child(name, value, "." + name));
    return children;
}

const char* generator_state(Object* object) {
    switch (as_generator(object)->state) {
        case GeneratorState::kCreated: return "created";
        case GeneratorState::kSuspended: return "suspended";
        case GeneratorState::kExecuting: return "running";
        default: return "finished";
    }
}

std::vector<Child> generator_children(Object* object) {
    std::vector<Child> children;
    children.push_back(text_child("state", generator_state(object)));
    GeneratorObject* generator = as_generator(object);
    if (generator->state >= GeneratorState::kCompleted) return children;
    Frame* frame = &generator->frame;
    children.push_back(text_child("line", std::to_string(frame_line(frame))));
    const bytecode::CodeUnit& unit = code_unit(frame->code);
    for (int i = 0; i < frame->code->nlocalsplus; ++i) {
        Object* value = frame->registers[i];
        if (value && cell_check(value) && (unit.localspluskinds[i] & (bytecode::kLocalCell | bytecode::kLocalFree))) {
            value = static_cast<CellObject*>(value)->ob_ref;
        }
        if (value) children.push_back(child(unit.localsplusnames[i], value));
    }
    if (generator->state == GeneratorState::kSuspended && frame_stack_depth(frame) > 0) {
        const Instruction* next = frame->at() + 1;
        if (next->op() == bytecode::RegisterOp::RESUME && (next->imm & 3) >= 2) {
            Object* awaited = frame_stack_entry(frame, frame_stack_depth(frame) - 1);
            if (awaited) children.push_back(child("waiting for", awaited));
        }
    }
    return children;
}

// One row for each frame that the exception went through, outermost first; it opens to the frame's names.
std::vector<Child> traceback_children(Object* object) {
    std::vector<Child> children;
    for (auto* entry = static_cast<TracebackObject*>(object); entry; entry = entry->next) {
        FramePlace place = frame_place(as_frame(entry->frame)->frame);
        children.push_back(child(place.function + ", line " + std::to_string(entry->lineno), entry->frame));
    }
    return children;
}

std::string short_text(Object* object) {
    DisplayOptions options;
    options.counts = false;
    options.max_text = 200;
    return display(object, options);
}

// What a weak reference leads to, or the word for its being gone.
Child weak_child(std::string name, Object* reference) {
    Object* referent = weak_referent(reference);
    return referent ? child(std::move(name), referent) : text_child(std::move(name), "dead");
}

std::vector<Child> weak_entries(Object* object, WeakContainer kind) {
    std::vector<Child> children;
    Object* data = stored_attribute(object, "data");
    if (!data) return children;
    if (kind == WeakContainer::kSet && anyset_check(data)) {
        for (Child& item : indexed_children(data, 0, 0)) children.push_back(weak_child(item.name, item.value));
        return children;
    }
    intptr_t position = 0;
    Object *key, *value;
    while (dict_check(data) && dict_next(data, &position, &key, &value)) {
        if (kind == WeakContainer::kValues) {
            children.push_back(weak_child(short_text(key), value));
        } else {
            Object* referent = weak_referent(key);
            children.push_back(child(referent ? short_text(referent) : "dead", value));
        }
    }
    return children;
}

}  // namespace

std::vector<Child> named_children(Object* object) {
    if (traceback_check(object)) return traceback_children(object);
    if (is_type(object, &frame_type)) {
        std::vector<Child> children;
        for (auto& [name, value] : frame_names(as_frame(object)->frame)) children.push_back(child(name, value));
        return children;
    }
    if (module_check(object)) {
        std::vector<Child> children;
        namespace_children(module_dict(object), &children);
        return children;
    }
    if (type_check(object)) {
        std::vector<Child> children;
        Type* type = as_type(object);
        if (type->tp_dict) namespace_children(type->tp_dict, &children);
        if (type->tp_bases) children.push_back(child("bases", type->tp_bases, ".__bases__"));
        if (type->tp_mro) children.push_back(child("mro", type->tp_mro, ".__mro__"));
        return children;
    }
    if (function_check(object)) {
        std::vector<Child> children;
        FunctionObject* function = as_function(object);
        if (function->func_defaults) children.push_back(child("defaults", function->func_defaults, ".__defaults__"));
        if (function->func_kwdefaults) children.push_back(child("keyword defaults", function->func_kwdefaults, ".__kwdefaults__"));
        if (function->func_closure) children.push_back(group("closure", "closure", "(" + std::to_string(tuple_size(function->func_closure)) + " cells)"));
        if (function->func_dict) namespace_children(function->func_dict, &children);
        return children;
    }
    if (bound_method_check(object)) {
        auto* method = static_cast<BoundMethodObject*>(object);
        return {child("self", method->im_self, ".__self__"), child("function", method->im_func, ".__func__")};
    }
    if (generator_check_exact(object) || coroutine_check_exact(object) || async_generator_check_exact(object)) return generator_children(object);
    if (cell_check(object)) {
        Object* content = static_cast<CellObject*>(object)->ob_ref;
        if (!content) return {};
        return {child("cell_contents", content, ".cell_contents")};
    }
    if (weakref_check(object)) {
        Object* referent = static_cast<WeakrefObject*>(object)->referent;
        if (!referent || referent == none()) return {text_child("referent", "dead")};
        return {child("referent", referent)};
    }
    std::vector<Child> children;
    if (WeakContainer kind = weak_container(object); kind != WeakContainer::kNone) children = weak_entries(object, kind);
    if (exception_instance_check(object)) {
        auto* exception = static_cast<ExceptionObject*>(object);
        if (exception->args) children.push_back(child("args", exception->args, ".args"));
        if (exception->traceback) children.push_back(child("traceback", exception->traceback, ".__traceback__"));
        if (exception->cause) children.push_back(child("cause", exception->cause, ".__cause__"));
        if (exception->context) children.push_back(child("context", exception->context, ".__context__"));
    }
    if (is_named_tuple(object)) {
        for (auto& [name, value] : library_fields(object)) children.push_back(child(name, value, "." + name));
    }
    for (Child& attribute : own_attributes(object)) children.push_back(std::move(attribute));
    if (object->type->has(kHeapType)) children.push_back(group("class attributes", "class attributes"));
    return children;
}

std::vector<Child> group_children(Object* object, const std::string& kind) {
    std::vector<Child> children;
    if (kind == "closure" && function_check(object)) {
        FunctionObject* function = as_function(object);
        std::vector<std::string> names = code_unit(as_code(function->func_code)).freevars();
        for (intptr_t i = 0; function->func_closure && i < tuple_size(function->func_closure); ++i) {
            children.push_back(child(static_cast<size_t>(i) < names.size() ? names[static_cast<size_t>(i)] : "?",
                                     tuple_get_item(function->func_closure, i), ".__closure__[" + std::to_string(i) + "]"));
        }
    } else if (kind == "class attributes") {
        std::vector<std::string> hidden;
        for (const Child& own : own_attributes(object)) hidden.push_back(own.name);
        for (intptr_t i = 0; object->type->tp_mro && i < tuple_size(object->type->tp_mro); ++i) {
            Type* type = as_type(tuple_get_item(object->type->tp_mro, i));
            if (!type->has(kHeapType) || !type->tp_dict) continue;
            intptr_t position = 0;
            Object *key, *value;
            while (dict_next(type->tp_dict, &position, &key, &value)) {
                if (!str_check(key)) continue;
                std::string name = utf8_of(key);
                if (std::find(hidden.begin(), hidden.end(), name) != hidden.end()) continue;
                hidden.push_back(name);
                children.push_back(child(name, value));
            }
        }
    }
    return children;
}

size_t indexed_count(Object* object) {
    if (list_check(object)) return static_cast<size_t>(list_size(object));
    if (tuple_check(object)) return static_cast<size_t>(tuple_size(object));
    if (dict_check(object)) return static_cast<size_t>(dict_size(object));
    if (anyset_check(object)) return static_cast<size_t>(as_set(object)->used);
    if (is_deque(object)) return deque_items(object).size();
    return 0;
}

std::vector<Child> indexed_children(Object* object, size_t start, size_t count) {
    std::vector<Child> children;
    size_t total = indexed_count(object);
    size_t end = count == 0 ? total : std::min(total, start + count);
    auto indexed = [](size_t i) { return "[" + std::to_string(i) + "]"; };
    if (list_check(object) || tuple_check(object)) {
        Object** items = list_check(object) ? as_list(object)->items : tuple_items(object);
        for (size_t i = start; i < end; ++i) children.push_back(child(indexed(i), items[i], indexed(i)));
    } else if (dict_check(object)) {
        intptr_t position = 0;
        Object *key, *value;
        DisplayOptions options;
        options.counts = false;
        options.max_text = 200;
        for (size_t i = 0; i < end && dict_next(object, &position, &key, &value); ++i) {
            if (i < start) continue;
            std::string text = display(key, options);
            bool simple = str_check_exact(key) || int_check_exact(key);
            children.push_back(child(text, value, simple ? "[" + text + "]" : ""));
        }
    } else if (anyset_check(object)) {
        SetObject* set = as_set(object);
        size_t at = 0;
        for (intptr_t i = 0; i <= set->mask && at < end; ++i) {
            Object* key = set->table[i].key;
            if (!key || set->table[i].hash == -1) continue;
            if (at >= start) children.push_back(child(indexed(at), key));
            ++at;
        }
    } else if (is_deque(object)) {
        std::vector<Object*> items = deque_items(object);
        for (size_t i = start; i < end; ++i) children.push_back(child(indexed(i), items[i], indexed(i)));
    }
    return children;
}

}  // namespace refscope::vm
