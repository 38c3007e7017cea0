// Names: namespaces, globals, builtins, imports.
#include "vm/interpreter/builtins_support.h"
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/cell.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

// The pending exception becomes NameError; `name` is kept on it for suggestions.
bool name_error(Type& type, const char* format, Object* name) {
    err_format(type, format, name);
    if (err_occurred() && err_matches(exc::NameError)) {
        auto* error = static_cast<NameErrorObject*>(thread->pending);
        if (!error->name) error->name = newref(name);
    }
    return false;
}

bool undefined_name(Object* name) { return name_error(exc::NameError, "name '%U' is not defined", name); }

// A namespace may be any mapping. Absent: nullptr without exception.
Owned namespace_get(Object* mapping, Object* name) {
    if (dict_check_exact(mapping)) return xnewref(dict_get_item_with_error(mapping, name));
    Owned value = object_get_item(mapping, name);
    if (!value && err_matches(exc::KeyError)) err_clear();
    return value;
}

Owned global_or_builtin(Frame* frame, Object* name) {
    Owned value = namespace_get(frame->globals, name);
    if (value || err_occurred()) return value;
    return namespace_get(frame->builtins, name);
}

// Remembers where an exact dict of str keys keeps the name, for the loop: the slot behind the instruction is {index, kind}.
void remember_index(const Instruction* pc, Object* dict, Object* name, bool builtin, Object* globals) {
    auto* cache = reinterpret_cast<uint32_t*>(const_cast<Instruction*>(pc + 1));
    Object* value;
    if (!dict_check_exact(dict) || !keys_is_unicode(as_dict(dict)->keys)) return;
    intptr_t index = dict_lookup_index(dict, name, str_hash_fast(name), &value);
    if (index < 0 || index > INT32_MAX) return;
    if (builtin) {
        if (!dict_check_exact(globals) || !keys_is_unicode(as_dict(globals)->keys)) return;
        cache[2] = keys_get_version(as_dict(globals)->keys);
        if (cache[2] == 0) return;
    }
    cache[0] = static_cast<uint32_t>(index);
    cache[1] = builtin ? 2 : 1;
}

}  // namespace

bool op_load_name(Frame* frame, const Instruction* pc) {
    Object* name = name_at(frame, pc->imm);
    if (!frame->locals) {
        err_format(exc::SystemError, "no locals when loading %R", name);
        return false;
    }
    Owned value = namespace_get(frame->locals, name);
    if (value && frame->locals == frame->globals) remember_index(pc, frame->globals, name, false, nullptr);
    if (!value && !err_occurred()) {
        value = global_or_builtin(frame, name);
        if (value && frame->locals == frame->globals) remember_index(pc, frame->builtins, name, true, frame->globals);
    }
    if (value) return finish(frame, value);
    return err_occurred() ? false : undefined_name(name);
}

bool op_store_name(Frame* frame, const Instruction* pc) {
    Object* name = name_at(frame, pc->imm);
    if (!frame->locals) {
        err_format(exc::SystemError, "no locals found when storing %R", name);
        return false;
    }
    bool ok = object_set_item(frame->locals, name, operand(frame, pc->a)) == 0;
    if (ok && frame->locals == frame->globals) remember_index(pc, frame->globals, name, false, nullptr);
    consume(frame, pc->a);
    return ok;
}

bool op_delete_name(Frame* frame, const Instruction* pc) {
    Object* name = name_at(frame, pc->imm);
    if (!frame->locals) {
        err_format(exc::SystemError, "no locals when deleting %R", name);
        return false;
    }
    if (object_del_item(frame->locals, name) == 0) return true;
    if (!err_matches(exc::KeyError)) return false;
    err_clear();
    return undefined_name(name);
}

bool op_load_global(Frame* frame, const Instruction* pc) {
    Object* name = name_at(frame, pc->imm);
    Owned value = namespace_get(frame->globals, name);
    if (value) {
        remember_index(pc, frame->globals, name, false, nullptr);
        return finish(frame, value);
    }
    if (err_occurred()) return false;
    value = namespace_get(frame->builtins, name);
    if (value) {
        remember_index(pc, frame->builtins, name, true, frame->globals);
        return finish(frame, value);
    }
    return err_occurred() ? false : undefined_name(name);
}

bool op_store_global(Frame* frame, const Instruction* pc) {
    bool ok = dict_set_item(frame->globals, name_at(frame, pc->imm), operand(frame, pc->a)) == 0;
    consume(frame, pc->a);
    return ok;
}

bool op_delete_global(Frame* frame, const Instruction* pc) {
    Object* name = name_at(frame, pc->imm);
    if (dict_del_item(frame->globals, name) == 0) return true;
    if (!err_matches(exc::KeyError)) return false;
    err_clear();
    return undefined_name(name);
}

bool op_unbound_local(Frame* frame, const Instruction* pc) {
    Object* name = tuple_get_item(frame->code->co_localsplusnames, pc->a);
    return name_error(exc::UnboundLocalError, "cannot access local variable '%U' where it is not associated with a value", name);
}

bool op_unbound_deref(Frame* frame, const Instruction* pc) {
    Object* name = tuple_get_item(frame->code->co_localsplusnames, pc->a);
    if (code_unit(frame->code).localspluskinds[pc->a] & bytecode::kLocalFree) {
        return name_error(exc::NameError, "cannot access free variable '%U' where it is not associated with a value in enclosing scope",
                          name);
    }
    return op_unbound_local(frame, pc);
}

bool op_load_classderef(Frame* frame, const Instruction* pc) {
    Object* name = tuple_get_item(frame->code->co_localsplusnames, pc->a);
    Owned value = namespace_get(frame->locals, name);
    if (!value && !err_occurred()) {
        value = cell_get(frame->registers[pc->a]);
        if (!value) return op_unbound_deref(frame, pc);
    }
    return finish(frame, value);
}

bool op_load_build_class(Frame* frame, const Instruction*) {
    Owned value = namespace_get(frame->builtins, ID(__build_class__));
    if (!value && !err_occurred()) err_set_string(exc::NameError, "__build_class__ not found");
    return finish(frame, value);
}

bool op_load_assertion_error(Frame* frame, const Instruction*) {
    return finish(frame, newref(static_cast<Object*>(&exc::AssertionError)));
}

bool op_setup_annotations(Frame* frame, const Instruction*) {
    if (!frame->locals) {
        err_set_string(exc::SystemError, "no locals found when setting up annotations");
        return false;
    }
    Ref<> present = own(namespace_get(frame->locals, ID(__annotations__)));
    if (present) return true;
    if (err_occurred()) return false;
    Ref<> annotations = own(dict_new());
    return annotations && object_set_item(frame->locals, ID(__annotations__), annotations.get()) == 0;
}

bool op_import_name(Frame* frame, const Instruction* pc) {
    Object* name = name_at(frame, pc->imm);
    Object *level = operand(frame, pc->a), *fromlist = operand(frame, pc->b);
    Ref<> import = own(namespace_get(frame->builtins, ID(__import__)));
    Owned module = nullptr;
    if (import) {
        Object* locals = frame->locals ? frame->locals : none();
        module = object_call_args(import.get(), {name, frame->globals, locals, fromlist, level});
    } else if (!err_occurred()) {
        err_set_string(exc::ImportError, "__import__ not found");
    }
    frame->in_flight = module;
    consume(frame, pc->a);
    consume(frame, pc->b);
    return module != nullptr;
}

bool op_import_from(Frame* frame, const Instruction* pc) {
    Object *module = frame->registers[pc->a], *name = name_at(frame, pc->imm);
    Object* value = nullptr;
    if (object_lookup_attr(module, name, &value) != 0) return finish(frame, value);
    // A submodule that is being imported is in sys.modules before it is an attribute of its package.
    Ref<> package = own(object_get_attr(module, ID(__name__)));
    if (package && str_check(package.get())) {
        Ref<> full = own(str_from_format("%U.%U", package.get(), name));
        Ref<> sys = own(import_module("sys"));
        Ref<> modules = sys ? own(object_get_attr(sys.get(), ID(modules))) : Ref<>();
        if (full && modules && dict_check(modules.get())) {
            Object* found = dict_get_item_with_error(modules.get(), full.get());
            if (found) return finish(frame, newref(found));
        }
    }
    err_clear();
    Ref<> shown = package && str_check(package.get()) ? std::move(package) : own(str_from_string("<unknown module name>"));
    Ref<> file = own(object_get_attr(module, ID(__file__)));
    if (!file) err_clear();
    bool has_file = file && str_check(file.get());
    bool initializing = false;
    Ref<> spec = own(object_get_attr(module, ID(__spec__)));
    if (spec) {
        Ref<> flag = own(object_get_attr(spec.get(), ID(_initializing)));
        initializing = flag && object_is_true(flag.get()) > 0;
    }
    err_clear();
    if (!has_file) {
        err_format(exc::ImportError, "cannot import name %R from %R (unknown location)", name, shown.get());
    } else if (initializing) {
        err_format(exc::ImportError, "cannot import name %R from partially initialized module %R (most likely due to a circular import) (%S)",
                   name, shown.get(), file.get());
    } else {
        err_format(exc::ImportError, "cannot import name %R from %R (%S)", name, shown.get(), file.get());
    }
    if (err_occurred() && err_matches(exc::ImportError)) {
        auto* error = static_cast<ImportErrorObject*>(thread->pending);
        set_ref(error->name, newref(shown.get()));
        if (has_file) set_ref(error->path, newref(file.get()));
    }
    return false;
}

bool op_import_star(Frame* frame, const Instruction* pc) {
    Object* module = operand(frame, pc->a);
    if (!frame_locals(frame)) return false;
    Object* all = nullptr;
    int found = object_lookup_attr(module, ID(__all__), &all);
    if (found < 0) return false;
    bool skip_private = found == 0;
    if (!all) {
        Ref<> dict = own(object_get_attr(module, ID(__dict__)));
        if (!dict) {
            if (err_matches(exc::AttributeError)) {
                err_clear();
                err_set_string(exc::ImportError, "from-import-* object has no __dict__ and no __all__");
            }
            return false;
        }
        all = mapping_keys(dict.get());
        if (!all) return false;
    }
    Ref<> names = own(all);
    for (intptr_t i = 0;; ++i) {
        Ref<> name = own(sequence_get_item(names.get(), i));
        if (!name) {
            if (!err_matches(exc::IndexError)) return false;
            err_clear();
            break;
        }
        if (!str_check(name.get())) {
            err_format(exc::TypeError, "%s in %U.%s must be str, not %.100s", skip_private ? "Key" : "Item", str_empty(),
                       skip_private ? "__dict__" : "__all__", type_of(name.get())->tp_name);
            return false;
        }
        if (skip_private && str_length(name.get()) > 0 && str_read(name.get(), 0) == '_') continue;
        Ref<> value = own(object_get_attr(module, name.get()));
        if (!value || object_set_item(frame->locals, name.get(), value.get()) < 0) return false;
    }
    consume(frame, pc->a);
    return true;
}

}  // namespace refscope::vm
