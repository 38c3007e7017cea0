// Built-in functions and types, and those of the modules about memory: what each makes and keeps. One that is not named
// here is code that is not known.
#include <algorithm>
#include <unordered_map>

#include "lsp/facts/run.h"

namespace refscope::lsp::facts {

using namespace syntax;

namespace {

// Functions that keep nothing and call at most special methods of their arguments; their result's type.
const std::unordered_map<std::string_view, std::string_view>& plain_functions() {
    static const std::unordered_map<std::string_view, std::string_view> kFunctions{
        {"len", "int"},
        {"id", "int"},
        {"hash", "int"},
        {"ord", "int"},
        {"chr", "str"},
        {"bin", "str"},
        {"hex", "str"},
        {"oct", "str"},
        {"print", "NoneType"},
        {"repr", "str"},
        {"ascii", "str"},
        {"isinstance", "bool"},
        {"issubclass", "bool"},
        {"callable", "bool"},
        {"hasattr", "bool"},
        {"input", "str"},
        {"any", "bool"},
        {"all", "bool"},
        {"sys.getrefcount", "int"},
        {"sys.getsizeof", "int"},
        {"sys.getrecursionlimit", "int"},
        {"sys.intern", "str"},
        {"gc.enable", "NoneType"},
        {"gc.disable", "NoneType"},
        {"gc.isenabled", "bool"},
        {"gc.collect", "int"},
        {"gc.is_tracked", "bool"},
        {"gc.get_threshold", "tuple"},
        {"gc.get_count", "tuple"},
        {"gc.set_threshold", "NoneType"},
        {"gc.freeze", "NoneType"},
        {"gc.unfreeze", "NoneType"},
        {"weakref.getweakrefcount", "int"},
        {"time.time", "float"},
        {"time.perf_counter", "float"},
        {"time.monotonic", "float"},
        {"time.sleep", "NoneType"},
        {"math.sqrt", "float"},
        {"math.floor", "int"},
        {"math.ceil", "int"},
        {"math.gcd", "int"},
    };
    return kFunctions;
}

const std::set<std::string_view>& plain_types() {
    static const std::set<std::string_view> kTypes{
        "list", "tuple", "dict", "set", "frozenset", "int", "float", "str", "bool", "bytes", "object", "type", "range",
        "enumerate", "zip", "map", "filter", "reversed", "property", "staticmethod", "classmethod", "super", "bytearray", "complex",
        "slice", "memoryview"};
    return kTypes;
}

bool is_exception(std::string_view name) {
    return name == "Exception" || name == "BaseException" || name == "KeyboardInterrupt" || name == "StopIteration" ||
           name == "StopAsyncIteration" || name == "GeneratorExit" || name == "SystemExit" ||
           (name.size() > 5 && name.substr(name.size() - 5) == "Error") ||
           (name.size() > 7 && name.substr(name.size() - 7) == "Warning");
}

}  // namespace

Id Run::load_builtin(std::string_view name) {
    if (heap_.lost) return kUnknown;
    if (name == "__name__") return constants_.text("__main__");
    if (name == "__file__") return constants_.shared("str", "held by the module");
    if (name == "__debug__") return constants_.boolean(true);
    if (plain_types().count(name) != 0 || is_exception(name)) return constants_.builtin(name, "type");
    static const std::set<std::string_view> kOthers{"sorted", "iter", "next", "min", "max", "sum", "getattr", "setattr", "delattr",
                                                    "abs", "round", "format", "open", "globals", "locals", "vars", "exec", "eval",
                                                    "dir", "pow", "divmod", "compile", "__import__", "breakpoint", "aiter", "anext"};
    if (plain_functions().count(name) != 0 || kOthers.count(name) != 0) {
        return constants_.builtin(name, "builtin_function_or_method");
    }
    return kUnknown;
}

Id Run::module_attribute(std::string_view module, std::string_view name) {
    static const std::set<std::string_view> kOthers{"weakref.ref", "copy.copy", "copy.deepcopy", "gc.get_referrers",
                                                    "gc.get_referents", "gc.get_objects", "sys._getframe", "sys.exc_info",
                                                    "sys.settrace", "sys.setprofile", "sys.exit"};
    const std::string full = std::string(module) + "." + std::string(name);
    if (plain_functions().count(full) != 0 || kOthers.count(full) != 0) {
        return constants_.builtin(full, "builtin_function_or_method");
    }
    if (module == "math" && (name == "pi" || name == "e" || name == "inf" || name == "nan" || name == "tau")) {
        return constants_.shared("float", "held by the module `math`");
    }
    return kUnknown;
}

Id Run::call_builtin(std::string_view name, const Arguments& arguments) {
    const auto& plain = plain_functions();
    const auto& given = arguments.positional;
    const Id first = given.empty() ? kUnbound : given[0];
    if (name == "gc.collect") {
        collect_garbage();
        return constants_.result("int");
    }
    if (name == "gc.disable") heap_.collecting = false;
    if (name == "gc.enable" || name == "gc.set_threshold") heap_.collecting = true;
    if (const auto found = plain.find(name); found != plain.end()) {
        static const std::vector<std::string_view> kText{"__str__", "__repr__"};
        static const std::vector<std::string_view> kSize{"__len__"};
        static const std::vector<std::string_view> kIterate{"__iter__", "__next__", "__bool__", "__len__", "__getitem__"};
        const bool text = name == "print" || name == "repr" || name == "ascii";
        if (name == "len") {
            if (given.size() == 1) observe(first, kSize);
        } else if (name == "hash") {
            if (given.size() == 1) observe(first, {"__hash__"});
        } else if (name == "any" || name == "all") {
            if (given.size() == 1 && (reaches_user_code(first, kIterate) || !items_of(first))) unknown_operation({first});
        } else if (text) {
            for (const Id one : given) {
                if (reaches_user_code(one, kText)) observe(one, kText);
            }
            for (const auto& [key, one] : arguments.keywords) {
                if (key == "file") escape(one);
            }
        } else if (name == "hasattr" || name == "isinstance" || name == "sys.getsizeof" || name == "callable") {
            if (first != kUnbound && name == "hasattr" && reaches_user_code(first, {"__getattr__"})) unknown_operation({first});
            if (first != kUnbound && name == "sys.getsizeof" && reaches_user_code(first, {"__sizeof__"})) unknown_operation({first});
            if (given.size() > 1 && name == "isinstance" && reaches_user_code(given[1], {"__instancecheck__"})) unknown_operation({first});
        } else if (name == "sys.intern") {
            escape(first);
        } else if (name == "math.floor" || name == "math.ceil" || name == "math.sqrt") {
            if (!number_of(first)) unknown_operation({first});
        }
        if (!arguments.complete) unknown_call();
        if (found->second == "NoneType") return constants_.none();
        if (found->second == "float" && given.size() < 2) return heap_.make(Kind::kNumber, "float");
        if (found->second == "tuple") return heap_.make(Kind::kOther, "tuple");
        if (name == "repr" && (type_of(first) == "list" || type_of(first) == "dict" || type_of(first) == "str")) {
            return heap_.make(Kind::kText, "str");
        }
        if (name == "len" && given.size() == 1) {
            if (const auto items = items_of(first)) return new_integer(static_cast<std::int64_t>(items->size()));
        }
        return constants_.result(found->second);
    }
    if (name == "weakref.ref") return weak_reference(arguments);
    if (name == "iter" && arguments.plain(1)) return iterator_over(first);
    if (name == "sorted" && given.size() == 1 && arguments.complete) {
        static const std::vector<std::string_view> kOrder{"__lt__", "__gt__"};
        const Id key = arguments.keyword("key");
        if (key != kUnbound && !is_none(key)) {
            call_unknown(key, {});
            if (heap_.alive(first)) escape(first);
        }
        const auto items = items_of(first);
        if (!items || reaches_user_code(first, kOrder)) {
            element_of(first);
            if (reaches_user_code(first, kOrder)) unknown_operation({first});
            return unknown_content(Kind::kList, "list");
        }
        // In what order does not matter to the counts, but to what is read from it later.
        const Id list = list_of(*items);
        if (items->size() > 1) doubt_order(list);
        return list;
    }
    if ((name == "min" || name == "max" || name == "sum" || name == "next" || name == "abs" || name == "round" ||
         name == "pow" || name == "divmod" || name == "format") &&
        arguments.complete) {
        bool plain_numbers = !given.empty();
        for (const Id one : given) plain_numbers = plain_numbers && number_of(one).has_value();
        if (plain_numbers) {
            for (const Id one : given) escape(one);
            return constants_.result("");
        }
        return call_unknown(kUnbound, arguments);
    }
    if (name == "getattr" && arguments.complete && given.size() >= 2) {
        if (const auto text = text_of(given[1])) {
            if (given.size() == 2) return attribute(first, constants_.keep(std::string(*text)));
            escape(given[2]);
        }
        return unknown_operation({first});
    }
    if (name == "setattr" && arguments.plain(3)) {
        if (const auto text = text_of(given[1])) {
            store_attribute(first, constants_.keep(std::string(*text)), given[2]);
            return constants_.none();
        }
    }
    if (name == "delattr" && arguments.plain(2)) {
        if (const auto text = text_of(given[1])) {
            delete_attribute(first, constants_.keep(std::string(*text)));
            return constants_.none();
        }
    }
    if (name == "copy.copy" && arguments.plain(1)) {
        const std::string_view type = type_of(first);
        if (type == "list" && heap_.alive(first)) return call_builtin_type("list", arguments);
        if (type == "dict" && heap_.alive(first)) return call_builtin_type("dict", arguments);
        if (is_constant(first)) return first;
    }
    if (name == "open") {
        observe(first, {"__fspath__"});
        return heap_.make(Kind::kOther, "file");
    }
    if (name == "gc.get_referrers" || name == "gc.get_referents" || name == "gc.get_objects" || name == "globals" ||
        name == "locals" || name == "vars" || name == "exec" || name == "eval" || name == "sys._getframe" ||
        name == "sys.exc_info" || name == "sys.settrace" || name == "sys.setprofile" || name == "breakpoint" || name == "compile") {
        escape(arguments);
        const bool only_looks = (name == "gc.get_referrers" || name == "gc.get_referents");
        if (only_looks) {
            // The list that comes back holds objects near the argument.
            for (const Id one : given) {
                if (!heap_.alive(one)) continue;
                for (const Id holder : std::vector<Id>(heap_.at(one).holders)) escape(holder);
            }
            return kUnknown;
        }
        const bool names = name == "globals" || name == "vars" || name == "exec" || name == "eval" ||
                           (name == "locals" && frame_->block->kind == BlockKind::kModule);
        frames_escape();
        lose_everything(names);
        return kUnknown;
    }
    if (name == "sys.exit") {
        reached_ = false;
        return kUnknown;
    }
    return call_unknown(kUnbound, arguments);
}

// The items stay held, but which is where is not known any more.
void Run::doubt_order(Id list) {
    const std::vector<Slot> slots = heap_.at(list).slots;
    std::set<Id> objects;
    for (const Slot& slot : slots) objects.insert(slot.target);
    if (objects.size() < 2) return;
    const bool plain = std::all_of(objects.begin(), objects.end(), [&](Id id) {
        return is_constant(id);
    });
    if (plain) {
        const std::string_view type = type_of(*objects.begin());
        for (std::size_t i = 0; i < slots.size(); ++i) heap_.set(list, i, constants_.result(type));
        return;
    }
    heap_.smear(list);
}

Id Run::call_builtin_type(std::string_view name, const Arguments& arguments) {
    const auto& given = arguments.positional;
    const Id first = given.empty() ? kUnbound : given[0];
    if (!arguments.complete) return call_unknown(kUnbound, arguments);
    if (is_exception(name)) {
        if (!arguments.keywords.empty()) return call_unknown(kUnbound, arguments);
        const Id exception = heap_.make(Kind::kException, name);
        if (!given.empty()) {
            const Id tuple = heap_.make(Kind::kTuple, "tuple");
            for (const Id one : given) heap_.add(tuple, Edge::kItem, one);
            heap_.add(exception, Edge::kArgument, tuple, "args");
        }
        // `StopIteration`, `OSError` and others keep their arguments in fields as well.
        static const std::set<std::string_view> kFields{"StopIteration", "SystemExit", "OSError", "IOError", "ImportError",
                                                        "AttributeError", "NameError", "UnicodeDecodeError", "UnicodeEncodeError",
                                                        "SyntaxError", "FileNotFoundError", "PermissionError", "ModuleNotFoundError"};
        if (kFields.count(name) != 0 || name.substr(0, 7) == "Unicode") escape(exception);
        return exception;
    }
    if (name == "object" && given.empty()) return fresh("object");
    if (name == "list" || name == "set" || name == "tuple" || name == "frozenset") {
        const Kind kind = name == "list" ? Kind::kList : name == "tuple" ? Kind::kTuple : Kind::kSet;
        if (!arguments.keywords.empty() || given.size() > 1) return call_unknown(kUnbound, arguments);
        if (given.empty()) {
            if (name == "tuple") return constants_.tuple({});
            if (name == "frozenset") return constants_.result("frozenset");
            return heap_.make(kind, name);
        }
        if (name == "tuple" && type_of(first) == "tuple") return first;
        if (name == "frozenset") {
            escape(first);
            element_of(first);
            return constants_.result("frozenset");
        }
        auto items = items_of(first);
        if (!items && type_of(first) == "range" && heap_.alive(first) && heap_.at(first).known && heap_.at(first).number <= 64) {
            items.emplace();
            for (std::int64_t i = 0; i < heap_.at(first).number; ++i) items->push_back(constants_.integer(i));
        }
        if (!items) {
            const bool plain = type_of(first) == "str" || type_of(first) == "range" || type_of(first) == "bytes";
            if (!plain || !is_constant(first)) element_of(first);
            if (name == "tuple") return heap_.alive(first) || plain ? constants_.result("tuple") : kUnknown;
            return unknown_content(kind, name);
        }
        if (kind == Kind::kTuple && items->empty()) return constants_.tuple({});
        const std::vector<Id> all = *items;
        const Id result = heap_.make(kind, name);
        for (const Id one : all) {
            Arguments add;
            add.positional = {one};
            if (kind == Kind::kSet) {
                set_method(result, "add", add);
            } else {
                heap_.add(result, Edge::kItem, one);
            }
        }
        return result;
    }
    if (name == "dict") {
        const Id dict = heap_.make(Kind::kDict, "dict");
        if (!given.empty()) {
            Arguments other;
            other.positional = {first};
            dict_method(dict, "update", other);
        }
        for (const auto& [key, value] : arguments.keywords) {
            Arguments pair;
            pair.positional = {constants_.text(key), value};
            dict_method(dict, "__setitem__", pair);
        }
        return dict;
    }
    if (name == "range") {
        for (const Id one : given) {
            if (!number_of(one)) unknown_operation({one});
            escape(one);
        }
        const Id range = fresh("range");
        const auto number = first == kUnbound ? std::nullopt : number_of(first);
        if (given.size() == 1 && number && number->known) {
            heap_.edit(range).known = true;
            heap_.edit(range).number = std::max<std::int64_t>(0, number->value);
        }
        return range;
    }
    if (name == "enumerate" && !given.empty()) {
        const Id inner = iterator_over(first);
        const Id iterator = heap_.make(Kind::kIterator, "enumerate");
        heap_.add(iterator, Edge::kSource, inner);
        for (std::size_t i = 1; i < given.size(); ++i) heap_.add(iterator, Edge::kSource, given[i]);
        return iterator;
    }
    if (name == "zip" && arguments.keywords.empty()) {
        std::vector<Id> inner;
        for (const Id one : given) inner.push_back(iterator_over(one));
        const Id iterator = heap_.make(Kind::kIterator, "zip");
        for (const Id one : inner) heap_.add(iterator, Edge::kSource, one);
        return iterator;
    }
    if ((name == "map" || name == "filter") && given.size() == 2) {
        const Id inner = iterator_over(given[1]);
        const Id iterator = heap_.make(Kind::kIterator, name);
        heap_.add(iterator, Edge::kSource, first);
        heap_.add(iterator, Edge::kSource, inner);
        return iterator;
    }
    if (name == "reversed" && given.size() == 1 && type_of(first) == "list" && heap_.alive(first)) {
        const Id iterator = heap_.make(Kind::kIterator, "iterator");
        heap_.add(iterator, Edge::kSource, first);
        return iterator;
    }
    if ((name == "property" || name == "staticmethod" || name == "classmethod") && arguments.plain(1)) {
        const Id wrapper = heap_.make(Kind::kWrapper, name);
        heap_.add(wrapper, Edge::kFunction, first, name == "property" ? "fget" : "function");
        return wrapper;
    }
    if (name == "super" && given.empty() && frame_->function != kUnbound && heap_.alive(frame_->class_of_method)) {
        const Block* block = frame_->block;
        if (block->kind == BlockKind::kFunction && !block->names.empty()) {
            const Id self = load(block->names.front());
            const Id wrapper = heap_.make(Kind::kWrapper, "super");
            heap_.edit(wrapper).referent = frame_->class_of_method;
            heap_.add(wrapper, Edge::kReceiver, self);
            return wrapper;
        }
    }
    if (name == "type" && given.size() == 1) {
        if (heap_.alive(first) && heap_.at(first).kind == Kind::kInstance && !heap_.at(first).slots.empty()) {
            return heap_.at(first).slots[0].target;
        }
        const std::string_view type = type_of(first);
        if (plain_types().count(type) != 0) return constants_.builtin(type, "type");
        escape(first);
        return kUnknown;
    }
    if (name == "str" && given.size() == 1) {
        observe(first, {"__str__", "__repr__"});
        if (text_of(first)) return first;
        if (heap_.alive(first) && heap_.at(first).kind == Kind::kText) escape(first);
        const auto number = number_of(first);
        if (number && number->known && type_of(first) == "int") return new_text(std::to_string(number->value), "str");
        if (type_of(first) == "list" || type_of(first) == "dict") return heap_.make(Kind::kText, "str");
        return constants_.result("str");
    }
    if (name == "int" || name == "float" || name == "bool") {
        if (given.empty()) return constants_.result(name);
        if (name == "bool" && given.size() == 1) {
            const auto holds = truth(first);
            return holds ? constants_.boolean(*holds) : constants_.result("bool");
        }
        const auto number = number_of(first);
        const bool text = type_of(first) == "str" || type_of(first) == "bytes";
        if (!number && !text) unknown_operation({first});
        escape(first);
        if (name == "float" && number && !number->is_float) return heap_.make(Kind::kNumber, "float");
        if (name == "float" && text && given.size() == 1) return heap_.make(Kind::kNumber, "float");
        return constants_.result(name);
    }
    if (name == "bytearray" && (given.empty() || type_of(first) == "bytes")) return fresh("bytearray");
    return call_unknown(kUnbound, arguments);
}

// ---- weak references and the collector

Id Run::weak_reference(const Arguments& arguments) {
    if (!arguments.complete || !arguments.keywords.empty() || arguments.positional.empty() || arguments.positional.size() > 2) {
        return call_unknown(kUnbound, arguments);
    }
    const Id object = arguments.positional[0];
    const Id callback = arguments.positional.size() > 1 ? arguments.positional[1] : constants_.none();
    if (!heap_.alive(object) || heap_.at(object).kind == Kind::kChoice) {
        escape(callback);
        return kUnknown;
    }
    const bool plain = is_none(callback);
    // A class is known to its bases by such a reference already.
    if (plain && heap_.at(object).kind == Kind::kClass) return unknown_operation({});
    if (plain) {
        // One reference without a callback serves all who ask.
        for (const Id one : weakrefs_) {
            if (heap_.alive(one) && heap_.at(one).referent == object && heap_.at(one).slots.empty()) return one;
        }
    }
    const Id weakref = heap_.make(Kind::kWeakref, "weakref");
    heap_.edit(weakref).referent = object;
    if (plain) {
        weakrefs_.push_back(weakref);
        if (heap_.at(object).open) escape(weakref);
    } else {
        heap_.add(weakref, Edge::kCallback, callback);
        callbacks_.push_back(weakref);
    }
    return weakref;
}

Id Run::dereference(Id weakref) {
    const Id object = heap_.at(weakref).referent;
    if (!heap_.alive(object)) return constants_.none();
    if (garbage_.count(object) == 0 && heap_.at(object).certain > 0) return object;
    escape(object);
    return kUnknown;
}

void Run::collect_garbage() {
    std::set<Id> surely, maybe;
    for (const bool certain_only : {true, false}) {
        auto& seen = certain_only ? surely : maybe;
        std::vector<Id> work;
        for (Id id = kFirstObject; id < heap_.end(); ++id) {
            if (!heap_.alive(id)) continue;
            const Object& object = heap_.at(id);
            if (object.kind == Kind::kScope || object.pending || (object.open && !certain_only)) work.push_back(id);
        }
        while (!work.empty()) {
            const Id id = work.back();
            work.pop_back();
            if (!seen.insert(id).second) continue;
            for (const Slot& slot : heap_.at(id).slots) {
                if ((slot.certain || !certain_only) && heap_.alive(slot.target)) work.push_back(slot.target);
            }
        }
    }
    std::vector<Id> gone, doubtful;
    for (Id id = kFirstObject; id < heap_.end(); ++id) {
        if (!heap_.alive(id) || heap_.at(id).kind == Kind::kChoice) continue;
        if (maybe.count(id) == 0) {
            gone.push_back(id);
        } else if (surely.count(id) == 0) {
            doubtful.push_back(id);
        }
    }
    for (const Id id : doubtful) heap_.doubt(id);
    bool finalizers = false;
    for (const Id id : gone) {
        const Object& object = heap_.at(id);
        if (object.kind != Kind::kInstance || object.slots.empty()) continue;
        bool known = true;
        if (find_in_class(object.slots[0].target, "__del__", known) != kUnbound || !known) finalizers = true;
    }
    for (const Id weakref : callbacks_) {
        if (heap_.alive(weakref) && maybe.count(heap_.at(weakref).referent) == 0) finalizers = true;
    }
    if (finalizers) {
        // They may bring any of it back.
        for (const Id id : gone) escape(id);
        unknown_call();
        return;
    }
    for (const Id id : gone) {
        if (heap_.alive(id)) heap_.clear(id);
    }
    for (const Id id : gone) {
        garbage_.erase(id);
    }
}

}  // namespace refscope::lsp::facts
