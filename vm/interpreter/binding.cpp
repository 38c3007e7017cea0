#include "vm/interpreter/binding.h"

#include <string>
#include <vector>

#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

Object* parameter_name(const CodeObject* code, int index) { return tuple_get_item(code->co_localsplusnames, index); }

// "'a', 'b', and 'c'"
std::string name_list(const std::vector<Object*>& names) {
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
        if (i) text += names.size() == 2 ? " and " : i + 1 == names.size() ? ", and " : ", ";
        Ref<> shown = own(object_repr(names[i]));
        if (shown) text += str_to_utf8(shown.get());
    }
    return text;
}

void missing_arguments(const Frame* frame, const std::vector<Object*>& names, const char* kind) {
    err_format(exc::TypeError, "%U() missing %i required %s argument%s: %s", frame->function->func_qualname,
               static_cast<int>(names.size()), kind, names.size() == 1 ? "" : "s", name_list(names).c_str());
}

void too_many_positional(const Frame* frame, intptr_t given) {
    const CodeObject* code = frame->code;
    intptr_t keyword_given = 0;
    for (int i = code->argcount; i < code->argcount + code->kwonlyargcount; ++i) keyword_given += frame->registers[i] != nullptr;
    intptr_t defaults = frame->function->func_defaults ? tuple_size(frame->function->func_defaults) : 0;
    bool plural;
    Ref<> accepted;
    if (defaults) {
        plural = true;
        accepted = own(str_from_format("from %zd to %zd", static_cast<intptr_t>(code->argcount) - defaults,
                                       static_cast<intptr_t>(code->argcount)));
    } else {
        plural = code->argcount != 1;
        accepted = own(str_from_format("%zd", static_cast<intptr_t>(code->argcount)));
    }
    Ref<> keywords = keyword_given
                         ? own(str_from_format(" positional argument%s (and %zd keyword-only argument%s)", given != 1 ? "s" : "",
                                               keyword_given, keyword_given != 1 ? "s" : ""))
                         : share(str_empty());
    if (!accepted || !keywords) return;
    err_format(exc::TypeError, "%U() takes %U positional argument%s but %zd%U %s given", frame->function->func_qualname,
               accepted.get(), plural ? "s" : "", given, keywords.get(), given == 1 && !keyword_given ? "was" : "were");
}

// The parameter that takes keyword `name`: its index, -1: none.
int find_parameter(const CodeObject* code, Object* name) {
    int count = code->argcount + code->kwonlyargcount;
    for (int i = code->posonlyargcount; i < count; ++i) {
        if (parameter_name(code, i) == name) return i;
    }
    for (int i = code->posonlyargcount; i < count; ++i) {
        if (str_equal(parameter_name(code, i), name)) return i;
    }
    return -1;
}

// True with an error pending when keywords name positional-only parameters.
bool positional_only_as_keyword(const Frame* frame, Object* kwnames) {
    const CodeObject* code = frame->code;
    std::string names;
    for (int p = 0; p < code->posonlyargcount; ++p) {
        for (intptr_t k = 0; k < tuple_size(kwnames); ++k) {
            if (!str_equal(parameter_name(code, p), tuple_get_item(kwnames, k))) continue;
            if (!names.empty()) names += ", ";
            names += str_to_utf8(parameter_name(code, p));
        }
    }
    if (names.empty()) return false;
    err_format(exc::TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%s'",
               frame->function->func_qualname, names.c_str());
    return true;
}

bool store_keywords(Frame* frame, Object* const* values, Object* kwnames, Object* extra, intptr_t* used) {
    const CodeObject* code = frame->code;
    for (intptr_t k = 0; k < tuple_size(kwnames); ++k) {
        Object* name = tuple_get_item(kwnames, k);
        *used = k;
        if (!str_check(name)) {
            err_format(exc::TypeError, "%U() keywords must be strings", frame->function->func_qualname);
            return false;
        }
        int at = find_parameter(code, name);
        if (at < 0) {
            if (!extra) {
                if (code->posonlyargcount && positional_only_as_keyword(frame, kwnames)) return false;
                err_format(exc::TypeError, "%U() got an unexpected keyword argument '%S'", frame->function->func_qualname, name);
                return false;
            }
            if (dict_set_item(extra, name, values[k]) < 0) return false;
            decref(values[k]);
        } else if (frame->registers[at]) {
            err_format(exc::TypeError, "%U() got multiple values for argument '%S'", frame->function->func_qualname, name);
            return false;
        } else {
            frame->registers[at] = values[k];
        }
        *used = k + 1;
    }
    return true;
}

bool fill_defaults(Frame* frame, intptr_t positional) {
    const CodeObject* code = frame->code;
    FunctionObject* function = frame->function;
    if (positional < code->argcount) {
        intptr_t defaults = function->func_defaults ? tuple_size(function->func_defaults) : 0;
        intptr_t first_default = code->argcount - defaults;
        std::vector<Object*> missing;
        for (intptr_t i = positional; i < first_default; ++i) {
            if (!frame->registers[i]) missing.push_back(parameter_name(code, static_cast<int>(i)));
        }
        if (!missing.empty()) {
            missing_arguments(frame, missing, "positional");
            return false;
        }
        for (intptr_t i = positional > first_default ? positional - first_default : 0; i < defaults; ++i) {
            if (!frame->registers[first_default + i]) frame->registers[first_default + i] = newref(tuple_get_item(function->func_defaults, i));
        }
    }
    if (code->kwonlyargcount == 0) return true;
    std::vector<Object*> missing;
    for (int i = code->argcount; i < code->argcount + code->kwonlyargcount; ++i) {
        if (frame->registers[i]) continue;
        Object* value = nullptr;
        if (function->func_kwdefaults) {
            value = dict_get_item_with_error(function->func_kwdefaults, parameter_name(code, i));
            if (!value && err_occurred()) return false;
        }
        if (value) {
            frame->registers[i] = newref(value);
        } else {
            missing.push_back(parameter_name(code, i));
        }
    }
    if (missing.empty()) return true;
    missing_arguments(frame, missing, "keyword-only");
    return false;
}

}  // namespace

bool bind_arguments(Frame* frame, Object* const* args, intptr_t positional, Object* kwnames) {
    CodeObject* code = frame->code;
    const int parameters = code->argcount + code->kwonlyargcount;
    const bool varargs = code->flags & bytecode::kCoVarArgs;
    for (int i = 0; i < code->nlocalsplus; ++i) frame->registers[i] = nullptr;
    ClearingFrame here{frame, clearing_frames, -1};  // its locals are holders while dicts and tuples are being made
    clearing_frames = &here;

    Object* extra = nullptr;
    bool ok = true;
    if (code->flags & bytecode::kCoVarKeywords) {
        extra = dict_new();
        frame->registers[parameters + (varargs ? 1 : 0)] = extra;
        ok = extra != nullptr;
    }
    intptr_t direct = positional < code->argcount ? positional : code->argcount;
    for (intptr_t i = 0; i < direct; ++i) frame->registers[i] = args[i];
    if (varargs) {
        Object* rest = tuple_from_array_steal(args + direct, positional - direct);
        frame->registers[parameters] = rest;
        ok = ok && rest;
    } else {
        for (intptr_t i = direct; i < positional; ++i) decref(args[i]);
    }
    intptr_t keywords = kwnames ? tuple_size(kwnames) : 0, used = 0;
    if (keywords) {
        if (ok) ok = store_keywords(frame, args + positional, kwnames, extra, &used);
        for (intptr_t k = used; k < keywords; ++k) decref(args[positional + k]);
    }
    if (ok && positional > code->argcount && !varargs) {
        too_many_positional(frame, positional);
        ok = false;
    }
    if (ok) ok = fill_defaults(frame, positional);
    if (!ok) {
        for (int i = 0; i < code->nlocalsplus; ++i) clear_ref(frame->registers[i]);
    }
    clearing_frames = here.previous;
    return ok;
}

}  // namespace refscope::vm
