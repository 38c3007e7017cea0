// Match objects.
#include <string>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/modules/sre_objects.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm::sre {

Owned slice_of(Object* string, const void* bytes, intptr_t begin, intptr_t end) {
    if (str_check(string)) return str_substring(string, begin, end);
    if (bytes_check_exact(string) && begin == 0 && end == bytes_size(string)) return newref(string);
    return bytes_from_data(static_cast<const char*>(bytes) + begin, end - begin);
}

namespace {

MatchObject* as_match(Object* object) { return static_cast<MatchObject*>(object); }

// The number of a group from an int or a name; -1 with IndexError.
intptr_t group_index(MatchObject* self, Object* index) {
    intptr_t number = -1;
    if (index_check(index)) {
        number = number_as_ssize(index, nullptr);
    } else if (self->pattern->groupindex) {
        Object* found = dict_get_item_with_error(self->pattern->groupindex, index);
        if (found && int_check(found)) number = int_as_ssize(found);
    }
    if (number < 0 || number >= self->groups) {
        if (!err_occurred()) err_set_string(exc::IndexError, "no such group");
        return -1;
    }
    return number;
}

Owned group_text(MatchObject* self, intptr_t index, Object* fallback) {
    intptr_t begin = self->marks[2 * index], end = self->marks[2 * index + 1];
    if (begin < 0 || end < 0) return newref(fallback);
    if (str_check(self->string)) return str_substring(self->string, begin, end);
    BufferHold buffer;
    if (!buffer.get(self->string)) return nullptr;
    if (end > buffer.size()) end = buffer.size();
    if (begin > end) begin = end;
    return slice_of(self->string, buffer.data(), begin, end);
}

Owned group(Object* object, Object* const* args, intptr_t nargs) {
    auto* self = as_match(object);
    if (nargs == 0) return group_text(self, 0, none());
    if (nargs == 1) {
        intptr_t index = group_index(self, args[0]);
        return index < 0 ? nullptr : group_text(self, index, none());
    }
    auto tuple = own(tuple_new(nargs));
    for (intptr_t i = 0; tuple && i < nargs; ++i) {
        intptr_t index = group_index(self, args[i]);
        Owned text = index < 0 ? nullptr : group_text(self, index, none());
        if (!text) return nullptr;
        tuple_init_item(tuple.get(), i, text);
    }
    return tuple.release();
}

Owned subscript(Object* object, Object* key) {
    intptr_t index = group_index(as_match(object), key);
    return index < 0 ? nullptr : group_text(as_match(object), index, none());
}

bool fallback_argument(const char* function, Object* const* args, intptr_t nargs, Object* kwnames, Object** fallback) {
    static const char* const names[] = {"default", nullptr};
    const KeywordParser parser{function, names, 0, 1, 0};
    Object* given[1];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return false;
    *fallback = given[0] ? given[0] : none();
    return true;
}

Owned groups(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    auto* self = as_match(object);
    Object* fallback;
    if (!fallback_argument("groups", args, nargs, kwnames, &fallback)) return nullptr;
    auto tuple = own(tuple_new(self->groups - 1));
    for (intptr_t i = 1; tuple && i < self->groups; ++i) {
        Owned text = group_text(self, i, fallback);
        if (!text) return nullptr;
        tuple_init_item(tuple.get(), i - 1, text);
    }
    return tuple.release();
}

Owned groupdict(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    auto* self = as_match(object);
    Object* fallback;
    if (!fallback_argument("groupdict", args, nargs, kwnames, &fallback)) return nullptr;
    auto result = own(dict_new());
    if (!result || !self->pattern->groupindex) return result.release();
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(self->pattern->groupindex, &position, &key, &value)) {
        auto name = share(key);
        intptr_t index = group_index(self, name.get());
        auto text = own(index < 0 ? nullptr : group_text(self, index, fallback));
        if (!text || dict_set_item(result.get(), name.get(), text.get()) < 0) return nullptr;
    }
    return result.release();
}

// The group of start(), end() and span().
bool optional_group(const char* function, MatchObject* self, Object* const* args, intptr_t nargs, intptr_t* index) {
    if (!check_positional(function, nargs, 0, 1)) return false;
    *index = nargs ? group_index(self, args[0]) : 0;
    return *index >= 0;
}
Owned start(Object* object, Object* const* args, intptr_t nargs) {
    intptr_t index;
    return optional_group("start", as_match(object), args, nargs, &index) ? int_from_ssize(as_match(object)->marks[2 * index]) : nullptr;
}
Owned end(Object* object, Object* const* args, intptr_t nargs) {
    intptr_t index;
    return optional_group("end", as_match(object), args, nargs, &index) ? int_from_ssize(as_match(object)->marks[2 * index + 1]) : nullptr;
}
Owned pair(intptr_t begin, intptr_t end) {
    auto first = own(int_from_ssize(begin));
    auto second = own(int_from_ssize(end));
    return first && second ? tuple_pack({first.get(), second.get()}) : nullptr;
}
Owned span(Object* object, Object* const* args, intptr_t nargs) {
    intptr_t index;
    if (!optional_group("span", as_match(object), args, nargs, &index)) return nullptr;
    return pair(as_match(object)->marks[2 * index], as_match(object)->marks[2 * index + 1]);
}

Owned expand(Object* object, Object* template_text) {
    auto* self = as_match(object);
    return call_re_helper("_expand", {self->pattern, object, template_text});
}

Owned get_last_index(Object* object, void*) {
    auto* self = as_match(object);
    return self->last_index >= 0 ? int_from_ssize(self->last_index) : new_none();
}
Owned get_last_group(Object* object, void*) {
    auto* self = as_match(object);
    Object* names = self->pattern->indexgroup;
    if (names && self->last_index >= 0 && self->last_index < tuple_size(names)) return newref(tuple_get_item(names, self->last_index));
    return new_none();
}
Owned get_regs(Object* object, void*) {
    auto* self = as_match(object);
    if (!self->regs) {
        auto regs = own(tuple_new(self->groups));
        for (intptr_t i = 0; regs && i < self->groups; ++i) {
            Owned item = pair(self->marks[2 * i], self->marks[2 * i + 1]);
            if (!item) return nullptr;
            tuple_init_item(regs.get(), i, item);
        }
        if (!regs) return nullptr;
        self->regs = regs.release();
    }
    return newref(self->regs);
}

Owned itself(Object* self, Object*) { return newref(self); }

Owned repr(Object* object) {
    auto* self = as_match(object);
    auto text = own(group_text(self, 0, none()));
    return text ? str_from_format("<%s object; span=(%zd, %zd), match=%R>", self->type->tp_name, self->marks[0], self->marks[1], text.get()) : nullptr;
}

void dealloc(Object* object) {
    auto* self = as_match(object);
    gc_untrack(object);
    xdecref(self->regs);
    xdecref(self->string);
    xdecref(self->pattern);
    free_object(object);
}
int traverse(Object* object, Visit visit, void* context) {
    auto* self = as_match(object);
    RS_VISIT(self->string, Edge::field("string"));
    RS_VISIT(self->regs, Edge::field("regs"));
    RS_VISIT(self->pattern, Edge::field("re"));
    return 0;
}
int clear(Object* object) {
    auto* self = as_match(object);
    clear_ref(self->string);
    clear_ref(self->regs);
    return 0;
}

const MethodDef methods[] = {
    method_def("group", group, kMethFastcall),
    method_def("start", start, kMethFastcall, "start($self, group=0, /)\n--\n\n"),
    method_def("end", end, kMethFastcall, "end($self, group=0, /)\n--\n\n"),
    method_def("span", span, kMethFastcall, "span($self, group=0, /)\n--\n\n"),
    method_def("groups", groups, kMethFastcall | kMethKeywords, "groups($self, /, default=None)\n--\n\n"),
    method_def("groupdict", groupdict, kMethFastcall | kMethKeywords, "groupdict($self, /, default=None)\n--\n\n"),
    method_def("expand", expand, kMethO, "expand($self, /, template)\n--\n\n"),
    method_def("__copy__", itself, kMethNoargs),
    method_def("__deepcopy__", itself, kMethO),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass),
    {nullptr, nullptr, 0},
};
const GetSetDef getset[] = {
    {"lastindex", get_last_index}, {"lastgroup", get_last_group}, {"regs", get_regs}, {nullptr, nullptr},
};
const MemberDef members[] = {
    {"string", MemberKind::kObject, offsetof(MatchObject, string)},
    {"re", MemberKind::kObject, offsetof(MatchObject, pattern)},
    {"pos", MemberKind::kSsize, offsetof(MatchObject, pos)},
    {"endpos", MemberKind::kSsize, offsetof(MatchObject, endpos)},
    {nullptr, MemberKind::kNone, 0},
};

}  // namespace

Owned match_new(PatternObject* pattern, Subject& subject) {
    const State& state = subject.state();
    auto* self = new_var_object<MatchObject>(&match_type, 2 * (pattern->groups + 1));
    if (!self) return nullptr;
    self->pattern = newref(pattern);
    self->string = newref(subject.string());
    self->regs = nullptr;
    self->groups = pattern->groups + 1;
    self->marks[0] = state.start;
    self->marks[1] = state.position;
    for (intptr_t i = 0; i < pattern->groups; ++i) {
        intptr_t begin = state.marks[static_cast<size_t>(2 * i)], end = state.marks[static_cast<size_t>(2 * i + 1)];
        bool set = begin >= 0 && end >= 0;
        self->marks[2 * i + 2] = set ? begin : -1;
        self->marks[2 * i + 3] = set ? end : -1;
    }
    self->pos = subject.position_argument();
    self->endpos = state.end;
    self->last_index = state.last_index;
    gc_track(self);
    return self;
}

Type match_type = [] {
    Type t = static_type("re.Match", offsetof(MatchObject, marks) + sizeof(intptr_t), sizeof(intptr_t), kHaveGc | kDisallowInstantiation);
    t.tp_dealloc = dealloc;
    t.tp_repr = repr;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = traverse;
    t.tp_clear = clear;
    t.tp_methods = methods;
    t.tp_members = members;
    t.tp_getset = getset;
    t.mp_subscript = subscript;
    return t;
}();

int init_sre_match_types() { return type_ready(&match_type); }

}  // namespace refscope::vm::sre
