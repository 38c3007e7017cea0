// Classes of the file, their instances, and attributes.
#include <algorithm>

#include "lsp/facts/run.h"

namespace refscope::lsp::facts {

using namespace syntax;

namespace {

// Built-in exceptions that are made from their arguments and hold nothing else.
bool is_exception_name(std::string_view name) {
    static const std::set<std::string_view> kNames{
        "Exception", "ValueError", "TypeError", "RuntimeError", "KeyError", "IndexError", "LookupError",
        "ArithmeticError", "ZeroDivisionError", "AssertionError", "NotImplementedError", "BaseException"};
    return kNames.count(name) != 0;
}

}  // namespace

bool Run::class_is_known(Id cls) const {
    return heap_.alive(cls) && heap_.at(cls).kind == Kind::kClass && !heap_.at(cls).smeared;
}

std::vector<Id> Run::mro_of(Id cls) const {
    std::vector<Id> mro{cls};
    for (const Slot& slot : heap_.at(cls).slots) {
        if (slot.edge == Edge::kMro) mro.push_back(slot.target);
    }
    return mro;
}

Id Run::find_in_class(Id cls, std::string_view name, bool& known) const {
    if (!class_is_known(cls)) {
        known = false;
        return kUnbound;
    }
    for (const Id one : mro_of(cls)) {
        if (!class_is_known(one)) {
            known = false;
            return kUnbound;
        }
        for (const Slot& slot : heap_.at(one).slots) {
            if (slot.edge != Edge::kAttribute || slot.label != name) continue;
            if (slot.target == kUnbound) continue;
            const bool certain = slot.target != kUnknown && !(heap_.alive(slot.target) && heap_.at(slot.target).kind == Kind::kChoice);
            if (!certain) known = false;
            return slot.target;
        }
    }
    return kUnbound;
}

std::string_view Run::mangled(std::string_view name) {
    if (frame_->class_name.empty() || name.size() < 3 || name.substr(0, 2) != "__" || name.substr(name.size() - 2) == "__") {
        return name;
    }
    std::string_view owner = frame_->class_name;
    while (!owner.empty() && owner.front() == '_') owner.remove_prefix(1);
    if (owner.empty()) return name;
    return constants_.keep("_" + std::string(owner) + std::string(name));
}

std::optional<std::size_t> Run::attribute_slot(Id object, std::string_view name) const {
    const auto& slots = heap_.at(object).slots;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].edge == Edge::kAttribute && slots[i].label == name) return i;
    }
    return std::nullopt;
}

Id Run::bind_method(Id function, Id receiver) {
    const Id method = heap_.make(Kind::kMethod, "method");
    heap_.add(method, Edge::kReceiver, receiver);
    heap_.add(method, Edge::kFunction, function);
    return method;
}

// ---- the class statement

void Run::define_class(const ClassDef& node) {
    std::vector<Id> decorators, bases;
    bool known = true, exception = false;
    for (const auto* decorator : node.decorator_list) decorators.push_back(eval(decorator));
    for (const auto* base : node.bases) bases.push_back(eval(base));
    std::vector<Id> keywords;
    for (const auto* keyword : node.keywords) keywords.push_back(eval(keyword->value));
    if (!node.keywords.empty()) known = false;

    const Block* block = names_.of(&node);
    if (block == nullptr) return;
    Frame frame;
    enter(frame, *block);
    frame.lexical = frame_;
    frame.function = frame_->function;
    frame.class_name = node.name;
    // While the body runs, the call that builds the class holds the bases twice: as arguments and in a tuple.
    for (const Id base : bases) {
        heap_.add(frame.scope, Edge::kBase, base, "(arguments)");
        heap_.add(frame.scope, Edge::kBase, base, "(bases)");
    }
    for (const Id keyword : keywords) {
        heap_.add(frame.scope, Edge::kBase, keyword, "(arguments)");
        heap_.add(frame.scope, Edge::kBase, keyword, "(keywords)");
    }
    for (const Id decorator : decorators) heap_.add(frame.scope, Edge::kBase, decorator, "(decorators)");
    Frame* const outer = frame_;
    if (recording_) flush_mentions();
    frame_ = &frame;
    body(node.body);
    if (recording_) flush_mentions();
    frame_ = outer;
    if (!reached_) {
        leave(frame, 0);
        return;
    }

    std::vector<Id> classes;
    for (const Id base : bases) {
        if (is_constant(base) && constants_.at(base).sort == ConstantSort::kBuiltin && constants_.at(base).type == "type") {
            if (constants_.at(base).text == "object") continue;
            exception = exception || is_exception_name(constants_.at(base).text);
            if (!is_exception_name(constants_.at(base).text) || bases.size() > 1) known = false;
        } else if (class_is_known(base)) {
            classes.push_back(base);
        } else {
            known = false;
        }
    }
    // The order in which attributes are looked up (C3).
    std::vector<Id> mro;
    std::vector<std::vector<Id>> sequences;
    for (const Id base : classes) sequences.push_back(mro_of(base));
    sequences.push_back(classes);
    while (known) {
        sequences.erase(std::remove_if(sequences.begin(), sequences.end(), [](const auto& one) { return one.empty(); }),
                        sequences.end());
        if (sequences.empty()) break;
        Id next = kUnbound;
        for (const auto& sequence : sequences) {
            const Id candidate = sequence.front();
            const bool later = std::any_of(sequences.begin(), sequences.end(), [&](const auto& one) {
                return std::find(one.begin() + 1, one.end(), candidate) != one.end();
            });
            if (!later) {
                next = candidate;
                break;
            }
        }
        if (next == kUnbound) {
            known = false;
            break;
        }
        mro.push_back(next);
        for (auto& sequence : sequences) {
            if (sequence.front() == next) sequence.erase(sequence.begin());
        }
    }

    const Id cls = heap_.make(Kind::kClass, node.name);
    heap_.edit(cls).node = &node;
    std::vector<Slot> attributes = heap_.at(frame.scope).slots;
    ClassShape shape;
    shape.exception = exception;
    bool has_slots = false;
    std::size_t slot_count = 0;
    for (const Slot& slot : attributes) {
        if (slot.edge == Edge::kAnnotation) {
            for (const Slot& annotation : std::vector<Slot>(heap_.at(slot.target).slots)) {
                heap_.add(cls, Edge::kAnnotation, annotation.target, annotation.label);
            }
            continue;
        }
        if (slot.edge != Edge::kName || slot.target == kUnbound) continue;
        Id value = slot.target;
        // Both of these become class methods by themselves.
        if (slot.label == "__init_subclass__" || slot.label == "__class_getitem__" || slot.label == "__new__" ||
            slot.label == "__getattribute__" || slot.label == "__set_name__") {
            shape.plain = false;
        }
        if (slot.label == "__slots__") {
            has_slots = true;
            const auto names = items_of(value);
            if (names) {
                for (const Id name : *names) {
                    const auto text = text_of(name);
                    if (!text) known = false;
                    if (text && *text == "__dict__") shape.has_dict = true;
                    if (text && *text == "__weakref__") shape.has_weakref = true;
                    ++slot_count;
                }
            } else if (text_of(value)) {
                slot_count = 1;
            } else {
                known = false;
            }
        }
        // An attribute may want to know its name.
        if (heap_.alive(value) && heap_.at(value).kind == Kind::kInstance) {
            bool sure = true;
            if (find_in_class(heap_.at(value).slots[0].target, "__set_name__", sure) != kUnbound || !sure) known = false;
        }
        heap_.add(cls, Edge::kAttribute, value, slot.label);
        if (heap_.alive(value) && heap_.at(value).kind == Kind::kFunction && heap_.at(value).referent == kUnbound) {
            heap_.edit(value).referent = cls;
        }
        if (heap_.alive(value) && heap_.at(value).kind == Kind::kWrapper) {
            for (const Slot& inner : std::vector<Slot>(heap_.at(value).slots)) {
                if (heap_.alive(inner.target) && heap_.at(inner.target).kind == Kind::kFunction) {
                    heap_.edit(inner.target).referent = cls;
                }
            }
        }
    }
    bool base_has_dict = exception, base_has_weakref = false;
    for (const Id base : mro) {
        const ClassShape& other = shapes_[base];
        base_has_dict = base_has_dict || other.has_dict;
        base_has_weakref = base_has_weakref || other.has_weakref;
        shape.exception = shape.exception || other.exception;
        shape.plain = shape.plain && other.plain;
        if (classes.size() > 1 && other.slot_count > 0) known = false;  // which base gives the layout
    }
    const auto own = [&](std::string_view label) { heap_.add(cls, Edge::kOwnClass, cls, label); };
    own("__mro__");
    if (!has_slots) {
        if (!base_has_dict) own("__dict__");
        if (!base_has_weakref) own("__weakref__");
        shape.has_dict = shape.has_weakref = true;
    } else {
        for (std::size_t i = 0; i < slot_count; ++i) own("__slots__");
        shape.has_dict = shape.has_dict || base_has_dict;
        shape.has_weakref = shape.has_weakref || base_has_weakref;
    }
    shape.slot_count = slot_count;
    for (const Id base : classes) heap_.add(cls, Edge::kBase, base, "__bases__");
    if (!classes.empty()) heap_.add(cls, Edge::kBase, classes.front(), "__base__");
    for (const Id base : mro) heap_.add(cls, Edge::kMro, base, "__mro__");
    for (const Id base : mro) {
        bool sure = true;
        if (find_in_class(base, "__init_subclass__", sure) != kUnbound || !sure) known = false;
    }
    const bool celled = std::any_of(block->children.begin(), block->children.end(), [](const Block* child) {
        std::vector<const Block*> work{child};
        while (!work.empty()) {
            const Block* at = work.back();
            work.pop_back();
            if (at->uses_class_cell) return true;
            if (at->kind != BlockKind::kClass) work.insert(work.end(), at->children.begin(), at->children.end());
        }
        return false;
    });
    if (celled) {
        const Id cell = heap_.make(Kind::kCell, "cell");
        heap_.add(cell, Edge::kCellValue, cls, "__class__");
        // Each method that says `super` or `__class__` holds the cell; the class stands for all of them here.
        heap_.add(cls, Edge::kClosure, cell, "__class__");
    }
    shapes_[cls] = shape;
    leave(frame, 0);

    Id value = cls;
    if (!known) {
        for (const Id base : bases) escape(base);
        for (const Id keyword : keywords) escape(keyword);
        escape(cls);
        heap_.edit(cls).smeared = true;
        unknown_call();
        value = kUnknown;
    }
    for (std::size_t i = decorators.size(); i > 0; --i) {
        Arguments one;
        one.positional = {value};
        value = call_value(decorators[i - 1], one);
    }
    store(node.name, value);
}

Id Run::instantiate(Id cls, const Arguments& arguments) {
    if (!class_is_known(cls)) return call_unknown(cls, arguments);
    const ClassShape shape = shapes_[cls];
    bool known = shape.plain;
    const Id initializer = find_in_class(cls, "__init__", known);
    if (!known) return call_unknown(cls, arguments);
    const Id object = heap_.make(Kind::kInstance, heap_.at(cls).type);
    heap_.add(object, Edge::kType, cls);
    if (shape.exception) {
        if (!arguments.complete || !arguments.keywords.empty()) {
            escape(arguments);
            escape(object);
        } else if (!arguments.positional.empty()) {
            const Id tuple = heap_.make(Kind::kTuple, "tuple");
            for (const Id one : arguments.positional) heap_.add(tuple, Edge::kItem, one);
            heap_.add(object, Edge::kAttribute, tuple, "args");
        }
    }
    if (initializer == kUnbound) {
        if (!shape.exception && (!arguments.positional.empty() || !arguments.complete)) escape(arguments);
        return object;
    }
    Arguments with_self = arguments;
    with_self.positional.insert(with_self.positional.begin(), object);
    if (heap_.alive(initializer) && heap_.at(initializer).kind == Kind::kFunction) {
        call_function(initializer, with_self);
    } else {
        call_unknown(initializer, with_self);
    }
    return object;
}

// ---- attributes

Id Run::attribute(Id object, std::string_view name) {
    if (is_constant(object)) {
        const auto& constant = constants_.at(object);
        if (constant.sort == ConstantSort::kModule) return module_attribute(constant.text, name);
        if (constant.sort == ConstantSort::kResult && constant.type.empty()) return unknown_operation({object});
        // What is no method: of modules that are not known, of classes and functions, and the parts of numbers.
        const bool data = name.starts_with("__") || name == "real" || name == "imag" || name == "numerator" || name == "denominator";
        if (constant.sort == ConstantSort::kBuiltin || constant.type == "module" || data) return kUnknown;
        const Id method = heap_.make(Kind::kMethod, "builtin_function_or_method");
        heap_.edit(method).text = name;
        return method;
    }
    if (!heap_.alive(object)) return unknown_operation({object});
    const Object value = heap_.at(object);
    switch (value.kind) {
        case Kind::kInstance: {
            if (value.slots.empty()) return unknown_operation({object});
            const Id cls = value.slots[0].target;
            if (name == "__class__") return cls;
            bool known = class_is_known(cls);
            const Id hook = known ? find_in_class(cls, "__getattr__", known) : kUnbound;
            const Id in_class = known ? find_in_class(cls, name, known) : kUnknown;
            if (!known || !shapes_[cls].plain) return unknown_operation({object});
            const bool wrapper = heap_.alive(in_class) && heap_.at(in_class).kind == Kind::kWrapper;
            if (wrapper && heap_.at(in_class).type == "property") {
                if (heap_.at(in_class).slots.empty() || heap_.at(in_class).smeared) return unknown_operation({object});
                Arguments self;
                self.positional = {object};
                return call_value(heap_.at(in_class).slots[0].target, self);
            }
            if (heap_.alive(in_class) && heap_.at(in_class).kind == Kind::kInstance) {
                bool sure = true;
                if (find_in_class(heap_.at(in_class).slots[0].target, "__get__", sure) != kUnbound || !sure) {
                    return unknown_operation({object, in_class});
                }
            }
            if (name == "__dict__" || name == "__weakref__") {
                escape(object);
                return kUnknown;
            }
            if (const auto slot = attribute_slot(object, name)) {
                const Id target = value.slots[*slot].target;
                if (target != kUnbound) return value.smeared ? kUnknown : target;
            }
            if (value.smeared && !(heap_.alive(in_class) && (heap_.at(in_class).kind == Kind::kFunction || wrapper))) {
                if (hook != kUnbound) return unknown_operation({object});
                escape(in_class);
                escape(object);
                return kUnknown;
            }
            if (in_class == kUnbound) {
                if (hook != kUnbound) return unknown_operation({object});
                escape(object);  // a method of `object` is bound to it
                return kUnknown;
            }
            if (heap_.alive(in_class) && heap_.at(in_class).kind == Kind::kFunction) return bind_method(in_class, object);
            if (wrapper) return unwrapped(in_class, object, cls);
            return in_class;
        }
        case Kind::kClass: {
            bool known = true;
            const Id found = find_in_class(object, name, known);
            if (!known) return unknown_operation({object});
            if (found == kUnbound) {
                if (name == "__name__" || name == "__qualname__" || name == "__module__" || name == "__doc__") {
                    return constants_.result("str");
                }
                escape(object);
                return kUnknown;
            }
            if (heap_.alive(found) && heap_.at(found).kind == Kind::kWrapper && heap_.at(found).type != "property") {
                return unwrapped(found, kUnbound, object);
            }
            if (heap_.alive(found) && heap_.at(found).kind == Kind::kInstance) {
                bool sure = true;
                if (find_in_class(heap_.at(found).slots[0].target, "__get__", sure) != kUnbound || !sure) {
                    return unknown_operation({object, found});
                }
            }
            return found;
        }
        case Kind::kFunction: {
            if (const auto slot = attribute_slot(object, name)) {
                if (value.slots[*slot].certain) return value.slots[*slot].target;
                return unknown_operation({object});
            }
            if (name == "__name__" || name == "__qualname__" || name == "__module__" || name == "__doc__") {
                return constants_.result("str");
            }
            if (name == "__globals__") lose_everything(true);
            escape(object);
            for (const Slot& slot : value.slots) {
                if (slot.edge == Edge::kClosure) escape(slot.target);
            }
            return kUnknown;
        }
        case Kind::kMethod:
            for (const Slot& slot : value.slots) {
                if ((name == "__self__" && slot.edge == Edge::kReceiver) || (name == "__func__" && slot.edge == Edge::kFunction)) {
                    if (slot.certain) return slot.target;
                }
            }
            return unknown_operation({object});
        case Kind::kWrapper:
            if (value.type == "super") {
                Id found = kUnbound;
                const Id receiver = super_lookup(object, name, found);
                if (receiver == kUnbound || found == kUnbound) return unknown_operation({object});
                if (heap_.alive(found) && heap_.at(found).kind == Kind::kFunction) return bind_method(found, receiver);
                return unknown_operation({object});
            }
            return unknown_operation({object});
        case Kind::kException:
            if (name == "args" && !value.slots.empty() && value.slots[0].certain) return value.slots[0].target;
            return unknown_operation({object});
        case Kind::kList:
        case Kind::kDict:
        case Kind::kSet:
        case Kind::kTuple:
        case Kind::kText:
        case Kind::kNumber: {
            if (name == "__class__") return constants_.shared("type", "built in");
            const Id method = heap_.make(Kind::kMethod, "builtin_function_or_method");
            heap_.edit(method).text = name;
            heap_.add(method, Edge::kReceiver, object);
            return method;
        }
        default: return unknown_operation({object});
    }
}

Id Run::unwrapped(Id wrapper, Id receiver, Id cls) {
    const Object object = heap_.at(wrapper);
    if (object.slots.empty() || object.smeared) return unknown_operation({wrapper, receiver});
    const Id function = object.slots[0].target;
    if (object.type == "staticmethod") return function;
    if (object.type == "classmethod" && heap_.alive(function)) return bind_method(function, cls);
    return unknown_operation({wrapper, receiver});
}

// The receiver of `super()`, and in `found` what its class's later bases have under the name.
Id Run::super_lookup(Id wrapper, std::string_view name, Id& found) {
    const Object object = heap_.at(wrapper);
    const Id receiver = object.slots.empty() ? kUnknown : object.slots[0].target;
    const Id after = object.referent;
    if (!heap_.alive(receiver) || heap_.at(receiver).kind != Kind::kInstance) return kUnbound;
    const Id cls = heap_.at(receiver).slots[0].target;
    if (!class_is_known(cls) || !class_is_known(after)) return kUnbound;
    const auto mro = mro_of(cls);
    auto at = std::find(mro.begin(), mro.end(), after);
    if (at == mro.end()) return kUnbound;
    for (++at; at != mro.end(); ++at) {
        bool known = true;
        // Only the class's own attributes: its bases come later by themselves.
        for (const Slot& slot : heap_.at(*at).slots) {
            if (slot.edge == Edge::kAttribute && slot.label == name && slot.target != kUnbound && slot.target != kUnknown) {
                found = slot.target;
                return known ? receiver : kUnbound;
            }
        }
    }
    return receiver;
}

Id Run::attribute_call(Id object, std::string_view name, const Arguments& arguments) {
    if (is_constant(object)) {
        const auto& constant = constants_.at(object);
        if (constant.sort == ConstantSort::kModule) return call_value(module_attribute(constant.text, name), arguments);
        if (constant.sort != ConstantSort::kBuiltin) {
            if (const auto result = call_method(object, name, arguments)) return *result;
            return call_unknown(object, arguments);
        }
        return call_unknown(object, arguments);
    }
    if (!heap_.alive(object)) return call_unknown(object, arguments);
    const Object value = heap_.at(object);
    if (value.kind == Kind::kInstance && !value.slots.empty() && !attribute_slot(object, name)) {
        bool known = class_is_known(value.slots[0].target) && shapes_[value.slots[0].target].plain;
        const Id found = known ? find_in_class(value.slots[0].target, name, known) : kUnbound;
        if (known && heap_.alive(found) && heap_.at(found).kind == Kind::kFunction) {
            Arguments with_self = arguments;
            with_self.positional.insert(with_self.positional.begin(), object);
            return call_function(found, with_self);
        }
    }
    if (value.kind == Kind::kWrapper) {
        if (value.type == "super") {
            Id found = kUnbound;
            const Id receiver = super_lookup(object, name, found);
            if (receiver != kUnbound && heap_.alive(found) && heap_.at(found).kind == Kind::kFunction) {
                Arguments with_self = arguments;
                with_self.positional.insert(with_self.positional.begin(), receiver);
                return call_function(found, with_self);
            }
            // `object.__init__` keeps nothing; an exception's keeps its arguments.
            if (receiver != kUnbound && found == kUnbound && name == "__init__" && arguments.positional.empty() &&
                arguments.keywords.empty() && arguments.complete) {
                return constants_.none();
            }
            escape(receiver);
            return call_unknown(object, arguments);
        }
        if (value.type == "property" && (name == "setter" || name == "getter" || name == "deleter") && arguments.plain(1)) {
            const Id wrapper = heap_.make(Kind::kWrapper, "property");
            const std::vector<Slot> old = heap_.at(object).slots;
            for (const Slot& slot : old) heap_.add(wrapper, Edge::kFunction, slot.target, slot.label);
            heap_.add(wrapper, Edge::kFunction, arguments.positional[0], name == "setter" ? "fset" : name == "deleter" ? "fdel" : "fget");
            if (name == "getter") escape(wrapper);
            return wrapper;
        }
    }
    switch (value.kind) {
        case Kind::kList:
        case Kind::kDict:
        case Kind::kSet:
        case Kind::kTuple:
        case Kind::kText:
        case Kind::kNumber:
            if (const auto result = call_method(object, name, arguments)) return *result;
            return call_unknown(object, arguments);
        case Kind::kOther:
        case Kind::kIterator:
        case Kind::kGenerator:
        case Kind::kWeakref: return call_unknown(object, arguments);
        default: return call_value(attribute(object, name), arguments);
    }
}

void Run::store_attribute(Id object, std::string_view name, Id value) {
    if (name.empty()) return escape(value);
    if (heap_.alive(object)) {
        const Object target = heap_.at(object);
        if (target.kind == Kind::kInstance && !target.slots.empty()) {
            const Id cls = target.slots[0].target;
            bool known = class_is_known(cls) && shapes_[cls].plain;
            const Id hook = known ? find_in_class(cls, "__setattr__", known) : kUnbound;
            const Id in_class = known ? find_in_class(cls, name, known) : kUnbound;
            const bool special = name == "__class__" || name == "__dict__";
            if (!known || hook != kUnbound || special) {
                unknown_operation({object, value});
                return;
            }
            if (heap_.alive(in_class) && heap_.at(in_class).kind == Kind::kWrapper && heap_.at(in_class).type == "property") {
                for (const Slot& slot : heap_.at(in_class).slots) {
                    if (slot.label != "fset") continue;
                    Arguments arguments;
                    arguments.positional = {object, value};
                    call_value(slot.target, arguments);
                    return;
                }
                unknown_operation({object, value});
                return;
            }
            if (heap_.alive(in_class) && heap_.at(in_class).kind == Kind::kInstance) {
                unknown_operation({object, value, in_class});
                return;
            }
            if (shapes_[cls].exception && name == "args") {
                unknown_operation({object, value});
                return;
            }
            if (const auto slot = attribute_slot(object, name)) return heap_.set(object, *slot, value);
            return heap_.add(object, Edge::kAttribute, value, name);
        }
        if (target.kind == Kind::kClass || target.kind == Kind::kFunction) {
            heap_.edit(object).flag = true;
            if (name.size() > 4 && name.substr(0, 2) == "__") {
                unknown_operation({object, value});
                heap_.edit(object).smeared = true;
                heap_.doubt(object);
                return;
            }
            if (const auto slot = attribute_slot(object, name)) return heap_.set(object, *slot, value);
            return heap_.add(object, Edge::kAttribute, value, name);
        }
    }
    unknown_operation({object, value});
}

void Run::delete_attribute(Id object, std::string_view name) {
    if (heap_.alive(object)) {
        const Object target = heap_.at(object);
        if (target.kind == Kind::kInstance && !target.slots.empty()) {
            const Id cls = target.slots[0].target;
            bool known = class_is_known(cls) && shapes_[cls].plain;
            const Id hook = known ? find_in_class(cls, "__delattr__", known) : kUnbound;
            const Id in_class = known ? find_in_class(cls, name, known) : kUnbound;
            const auto slot = attribute_slot(object, name);
            if (known && hook == kUnbound && slot && !heap_.alive(in_class)) return heap_.set(object, *slot, kUnbound);
        } else if (target.kind == Kind::kClass || target.kind == Kind::kFunction) {
            heap_.edit(object).flag = true;
            if (const auto slot = attribute_slot(object, name)) return heap_.set(object, *slot, kUnbound);
        }
    }
    unknown_operation({object});
}

// What its end runs: `__del__`, callbacks of weak references.
void Run::finalize(Id object) {
    for (std::size_t i = 0; i < callbacks_.size(); ++i) {
        const Id weakref = callbacks_[i];
        if (!heap_.alive(weakref) || heap_.at(weakref).referent != object || heap_.at(weakref).flag) continue;
        heap_.edit(weakref).flag = true;
        Id callback = kUnknown;
        for (const Slot& slot : heap_.at(weakref).slots) callback = slot.target;
        Arguments arguments;
        arguments.positional = {weakref};
        call_value(callback, arguments);
    }
    if (!heap_.alive(object) || heap_.at(object).kind != Kind::kInstance || heap_.at(object).slots.empty()) return;
    if (heap_.at(object).flag) return;
    const Id cls = heap_.at(object).slots[0].target;
    bool known = class_is_known(cls);
    const Id finalizer = known ? find_in_class(cls, "__del__", known) : kUnbound;
    if (known && finalizer == kUnbound) return;
    heap_.edit(object).flag = true;
    Arguments arguments;
    arguments.positional = {object};
    const bool reached = reached_;
    if (known && heap_.alive(finalizer) && heap_.at(finalizer).kind == Kind::kFunction) {
        call_function(finalizer, arguments);
    } else {
        call_unknown(finalizer, arguments);
    }
    reached_ = reached;  // what it raises goes no further
}

}  // namespace refscope::lsp::facts
