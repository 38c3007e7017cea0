// The module _sre: compiled patterns and their methods, scanners. The library's package `re` compiles patterns to code.
#include <climits>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/modules/sre_objects.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/mapping_proxy.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

Owned create_sre_module();

namespace sre {

bool status_failed(Status status) {
    if (status == Status::kMatch || status == Status::kNoMatch) return false;
    if (status == Status::kMemory) err_no_memory();
    return true;
}

Owned call_re_helper(const char* function, std::initializer_list<Object*> args) {
    auto import_function = own(xnewref(builtin_lookup(ID(__import__))));
    auto module = own(import_function ? object_call_onearg(import_function.get(), ID(re)) : nullptr);
    auto callable = own(module ? object_get_attr_string(module.get(), function) : nullptr);
    return callable ? object_call_args(callable.get(), args) : nullptr;
}

bool Subject::open(PatternObject* pattern, Object* string, intptr_t start, intptr_t end) {
    intptr_t length;
    if (str_check(string)) {
        if (pattern->is_bytes == 1) return err_set_string(exc::TypeError, "cannot use a bytes pattern on a string-like object"), false;
        state_.kind = str_kind(string);
        state_.data = str_data(string);
        length = str_length(string);
    } else {
        if (!buffer_check(string)) {
            err_format(exc::TypeError, "expected string or bytes-like object, got '%.200s'", string->type->tp_name);
            return false;
        }
        if (!buffer_.get(string)) return false;
        if (pattern->is_bytes == 0) return err_set_string(exc::TypeError, "cannot use a string pattern on a bytes-like object"), false;
        state_.kind = 1;
        state_.data = buffer_.data() ? buffer_.data() : "";
        length = buffer_.size();
    }
    string_ = string;
    groups_ = pattern->groups;
    state_.start = start < 0 ? 0 : start > length ? length : start;
    state_.end = end < 0 ? 0 : end > length ? length : end;
    state_.position = state_.start;
    pos_ = state_.start;
    state_.reset(groups_);
    return true;
}

Status Subject::find(PatternObject* pattern, bool anywhere) {
    state_.reset(groups_);
    state_.position = state_.start;
    if (state_.start > state_.end) return Status::kNoMatch;
    Status status = anywhere ? sre::search(state_, pattern->code) : sre::match(state_, pattern->code);
    status_failed(status);
    return status;
}

Owned Subject::slice(intptr_t begin, intptr_t end) const { return slice_of(string_, state_.data, begin, end); }

Owned Subject::group(intptr_t index, bool empty) const {
    if (index == 0) return slice(state_.start, state_.position);
    intptr_t begin = state_.marks[static_cast<size_t>(2 * index - 2)], end = state_.marks[static_cast<size_t>(2 * index - 1)];
    if (begin < 0 || end < 0) {
        if (!empty) return new_none();
        begin = end = 0;
    }
    return slice(begin, end < begin ? begin : end);
}

namespace {

PatternObject* as_pattern(Object* object) { return static_cast<PatternObject*>(object); }

// (string, pos=0, endpos=sys.maxsize)
bool text_arguments(const char* function, Object* const* args, intptr_t nargs, Object* kwnames, Object** string, intptr_t* start, intptr_t* end) {
    static const char* const names[] = {"string", "pos", "endpos", nullptr};
    const KeywordParser parser{function, names, 1, 3, 0};
    Object* given[3];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return false;
    *string = given[0];
    *start = 0;
    *end = INTPTR_MAX;
    return (!given[1] || argument_ssize(given[1], start)) && (!given[2] || argument_ssize(given[2], end));
}

template <int kMode>  // 0 match, 1 search, 2 fullmatch
Owned find(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    auto* self = as_pattern(object);
    Object* string;
    intptr_t start, end;
    Subject subject;
    if (!text_arguments(kMode == 0 ? "match" : kMode == 1 ? "search" : "fullmatch", args, nargs, kwnames, &string, &start, &end)) return nullptr;
    if (!subject.open(self, string, start, end)) return nullptr;
    subject.state().match_all = kMode == 2;
    Status status = subject.find(self, kMode == 1);
    if (status == Status::kMatch) return match_new(self, subject);
    return status == Status::kNoMatch ? new_none() : nullptr;
}

Owned find_all(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    auto* self = as_pattern(object);
    Object* string;
    intptr_t start, end;
    Subject subject;
    if (!text_arguments("findall", args, nargs, kwnames, &string, &start, &end) || !subject.open(self, string, start, end)) return nullptr;
    auto list = own(list_new(0));
    while (list && subject.state().start <= subject.state().end) {
        Status status = subject.find(self, true);
        if (status == Status::kNoMatch) break;
        if (status != Status::kMatch) return nullptr;
        Ref<> item;
        if (self->groups <= 1) {
            item = own(subject.group(self->groups, true));
        } else {
            item = own(tuple_new(self->groups));
            for (intptr_t i = 0; item && i < self->groups; ++i) {
                Owned text = subject.group(i + 1, true);
                if (!text) return nullptr;
                tuple_init_item(item.get(), i, text);
            }
        }
        if (!item || list_append(list.get(), item.get()) < 0) return nullptr;
        subject.advance();
    }
    return list.release();
}

Owned split(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"string", "maxsplit", nullptr};
    static const KeywordParser parser{"split", names, 1, 2, 0};
    auto* self = as_pattern(object);
    Object* given[2];
    intptr_t limit = 0;
    Subject subject;
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || (given[1] && !argument_ssize(given[1], &limit))) return nullptr;
    if (!subject.open(self, given[0], 0, INTPTR_MAX)) return nullptr;
    auto list = own(list_new(0));
    intptr_t last = 0;
    auto add = [&](Owned text) { return text && list_append_steal(list.get(), text) == 0; };
    for (intptr_t n = 0; list && (!limit || n < limit); ++n) {
        Status status = subject.find(self, true);
        if (status == Status::kNoMatch) break;
        if (status != Status::kMatch) return nullptr;
        if (!add(subject.slice(last, subject.state().start))) return nullptr;
        for (intptr_t i = 1; i <= self->groups; ++i) {
            if (!add(subject.group(i, false))) return nullptr;
        }
        last = subject.state().position;
        subject.advance();
    }
    if (!list || !add(subject.slice(last, subject.state().end))) return nullptr;
    return list.release();
}

// A template without backslashes stands for itself.
bool is_literal_template(Object* text) {
    if (str_check(text)) return str_find_char(text, '\\', 0, str_length(text), 1) < 0;
    BufferHold buffer;
    if (!buffer_check(text) || !buffer.get(text)) {
        err_clear();
        return false;
    }
    return !std::memchr(buffer.data(), '\\', static_cast<size_t>(buffer.size()));
}

Owned substitute(PatternObject* self, Object* replacement, Object* string, intptr_t limit, bool with_count) {
    Ref<> filter;
    bool call;
    if (callable_check(replacement)) {
        filter = share(replacement);
        call = true;
    } else if (is_literal_template(replacement)) {
        filter = share(replacement);
        call = false;
    } else {
        filter = own(call_re_helper("_subx", {self, replacement}));
        if (!filter) return nullptr;
        call = callable_check(filter.get());
    }
    Subject subject;
    if (!subject.open(self, string, 0, INTPTR_MAX)) return nullptr;
    auto list = own(list_new(0));
    if (!list) return nullptr;
    intptr_t count = 0, done = 0;
    auto add = [&](Owned text) { return text && list_append_steal(list.get(), text) == 0; };
    while (!limit || count < limit) {
        Status status = subject.find(self, true);
        if (status == Status::kNoMatch) break;
        if (status != Status::kMatch) return nullptr;
        intptr_t begin = subject.state().start, end = subject.state().position;
        if (done < begin && !add(subject.slice(done, begin))) return nullptr;
        Ref<> item;
        if (call) {
            auto match = own(match_new(self, subject));
            if (!match) return nullptr;
            item = own(object_call_onearg(filter.get(), match.get()));
            if (!item) return nullptr;
        } else {
            item = filter;
        }
        if (!is_none(item.get()) && list_append(list.get(), item.get()) < 0) return nullptr;
        done = end;
        ++count;
        subject.advance();
    }
    if (done < subject.state().end && !add(subject.slice(done, subject.state().end))) return nullptr;
    auto joiner = own(subject.slice(0, 0));
    if (!joiner) return nullptr;
    Ref<> result;
    if (list_size(list.get()) == 0) result = std::move(joiner);
    else result = own(str_check(joiner.get()) ? str_join(joiner.get(), list.get()) : bytes_join(joiner.get(), list.get()));
    if (!result || !with_count) return result.release();
    auto number = own(int_from_ssize(count));
    return number ? tuple_pack({result.get(), number.get()}) : nullptr;
}

template <bool kWithCount>
Owned sub(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"repl", "string", "count", nullptr};
    static const KeywordParser parser{kWithCount ? "subn" : "sub", names, 2, 3, 0};
    Object* given[3];
    intptr_t limit = 0;
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || (given[2] && !argument_ssize(given[2], &limit))) return nullptr;
    return substitute(as_pattern(object), given[0], given[1], limit, kWithCount);
}

struct ScannerObject : Object {
    PatternObject* pattern;
    Object* string;
    Subject* subject;
    bool exhausted;
};

template <bool kSearch>
Owned scanner_next(Object* object, Object*) {
    auto* self = static_cast<ScannerObject*>(object);
    if (self->exhausted) return new_none();
    Status status = self->subject->find(self->pattern, kSearch);
    if (status != Status::kMatch && status != Status::kNoMatch) return nullptr;
    if (status == Status::kNoMatch) {
        self->exhausted = true;
        return new_none();
    }
    auto match = own(match_new(self->pattern, *self->subject));
    if (match) self->subject->advance();
    return match.release();
}

void scanner_dealloc(Object* object) {
    auto* self = static_cast<ScannerObject*>(object);
    gc_untrack(object);
    delete self->subject;
    xdecref(self->string);
    xdecref(self->pattern);
    free_object(object);
}
int scanner_traverse(Object* object, Visit visit, void* context) {
    auto* self = static_cast<ScannerObject*>(object);
    RS_VISIT(self->pattern, Edge::field("pattern"));
    RS_VISIT(self->string, Edge::field("string", true));
    return 0;
}

Owned find_iter(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    auto scanner = own(pattern_scanner(self, args, nargs, kwnames));
    auto search = own(scanner ? object_get_attr_string(scanner.get(), "search") : nullptr);
    return search ? callable_iterator_new(search.get(), none()) : nullptr;
}

Owned itself(Object* self, Object*) { return newref(self); }

Owned pattern_repr(Object* object) {
    static const struct {
        const char* name;
        int flag;
    } names[] = {{"re.TEMPLATE", 1}, {"re.IGNORECASE", 2}, {"re.LOCALE", 4}, {"re.MULTILINE", 8}, {"re.DOTALL", 16},
                 {"re.UNICODE", 32}, {"re.VERBOSE", 64}, {"re.DEBUG", 128}, {"re.ASCII", 256}};
    auto* self = as_pattern(object);
    int flags = self->flags;
    if (self->is_bytes == 0 && (flags & (4 | 32 | 256)) == 32) flags &= ~32;
    std::string text;
    for (auto& entry : names) {
        if (!(flags & entry.flag)) continue;
        if (!text.empty()) text += '|';
        text += entry.name;
        flags &= ~entry.flag;
    }
    if (flags) {
        char rest[32];
        std::snprintf(rest, sizeof rest, "0x%x", static_cast<unsigned>(flags));
        if (!text.empty()) text += '|';
        text += rest;
    }
    if (text.empty()) return str_from_format("re.compile(%.200R)", self->pattern);
    return str_from_format("re.compile(%.200R, %s)", self->pattern, text.c_str());
}

Hash pattern_hash(Object* object) {
    auto* self = as_pattern(object);
    Hash hash = object_hash(self->pattern);
    if (hash == -1) return -1;
    hash ^= hash_bytes(self->code, sizeof(Code) * static_cast<size_t>(self->code_size));
    hash ^= self->flags ^ self->is_bytes ^ self->code_size;
    return hash == -1 ? -2 : hash;
}

Owned pattern_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || right->type != left->type) return new_not_implemented();
    auto *a = as_pattern(left), *b = as_pattern(right);
    bool equal = a == b;
    if (!equal) {
        equal = a->flags == b->flags && a->is_bytes == b->is_bytes && a->code_size == b->code_size &&
                std::memcmp(a->code, b->code, sizeof(Code) * static_cast<size_t>(a->code_size)) == 0;
        if (equal) {
            int same = object_rich_compare_bool(a->pattern, b->pattern, kEQ);
            if (same < 0) return nullptr;
            equal = same != 0;
        }
    }
    return bool_from(equal == (op == kEQ));
}

void pattern_dealloc(Object* object) {
    auto* self = as_pattern(object);
    gc_untrack(object);
    if (self->weakrefs) object_clear_weakrefs(object);
    xdecref(self->groupindex);
    xdecref(self->indexgroup);
    xdecref(self->pattern);
    free_object(object);
}
int pattern_traverse(Object* object, Visit visit, void* context) {
    auto* self = as_pattern(object);
    RS_VISIT(self->groupindex, Edge::field("groupindex"));
    RS_VISIT(self->indexgroup, Edge::field("indexgroup"));
    RS_VISIT(self->pattern, Edge::field("pattern"));
    return 0;
}
int pattern_clear(Object* object) {
    auto* self = as_pattern(object);
    clear_ref(self->groupindex);
    clear_ref(self->indexgroup);
    clear_ref(self->pattern);
    return 0;
}

Owned get_groupindex(Object* object, void*) {
    auto* self = as_pattern(object);
    if (!self->groupindex) return dict_new();
    return mapping_proxy_new(self->groupindex);
}

const MethodDef pattern_methods[] = {
    method_def("match", find<0>, kMethFastcall | kMethKeywords, "match($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n"),
    method_def("fullmatch", find<2>, kMethFastcall | kMethKeywords, "fullmatch($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n"),
    method_def("search", find<1>, kMethFastcall | kMethKeywords, "search($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n"),
    method_def("sub", sub<false>, kMethFastcall | kMethKeywords, "sub($self, /, repl, string, count=0)\n--\n\n"),
    method_def("subn", sub<true>, kMethFastcall | kMethKeywords, "subn($self, /, repl, string, count=0)\n--\n\n"),
    method_def("findall", find_all, kMethFastcall | kMethKeywords, "findall($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n"),
    method_def("split", split, kMethFastcall | kMethKeywords, "split($self, /, string, maxsplit=0)\n--\n\n"),
    method_def("finditer", find_iter, kMethFastcall | kMethKeywords, "finditer($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n"),
    method_def("scanner", pattern_scanner, kMethFastcall | kMethKeywords, "scanner($self, /, string, pos=0, endpos=sys.maxsize)\n--\n\n"),
    method_def("__copy__", itself, kMethNoargs),
    method_def("__deepcopy__", itself, kMethO),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass),
    {nullptr, nullptr, 0},
};
const GetSetDef pattern_getset[] = {{"groupindex", get_groupindex}, {nullptr, nullptr}};
const MemberDef pattern_members[] = {
    {"pattern", MemberKind::kObject, offsetof(PatternObject, pattern)},
    {"flags", MemberKind::kInt, offsetof(PatternObject, flags)},
    {"groups", MemberKind::kSsize, offsetof(PatternObject, groups)},
    {nullptr, MemberKind::kNone, 0},
};
const MethodDef scanner_methods[] = {
    method_def("match", scanner_next<false>, kMethNoargs, "match($self, /)\n--\n\n"),
    method_def("search", scanner_next<true>, kMethNoargs, "search($self, /)\n--\n\n"),
    {nullptr, nullptr, 0},
};
const MemberDef scanner_members[] = {
    {"pattern", MemberKind::kObject, offsetof(ScannerObject, pattern)}, {nullptr, MemberKind::kNone, 0}};

// compile(pattern, flags, code, groups, groupindex, indexgroup)
Owned compile(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"pattern", "flags", "code", "groups", "groupindex", "indexgroup", nullptr};
    static const KeywordParser parser{"compile", names, 6, 6, 0};
    Object* given[6];
    int flags;
    intptr_t groups;
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || !argument_int(given[1], &flags) || !argument_ssize(given[3], &groups)) return nullptr;
    if (!list_check(given[2])) return argument_bad("compile", "argument 'code'", "list", given[2]), nullptr;
    if (!dict_check(given[4])) return argument_bad("compile", "argument 'groupindex'", "dict", given[4]), nullptr;
    if (!tuple_check(given[5])) return argument_bad("compile", "argument 'indexgroup'", "tuple", given[5]), nullptr;
    std::vector<Code> code;
    for (intptr_t i = 0; i < list_size(given[2]); ++i) {
        uint64_t word = int_as_uint64(list_get_item(given[2], i));
        if (word == UINT64_MAX && err_occurred()) return nullptr;
        if (word > UINT32_MAX) return err_set_string(exc::OverflowError, "regular expression code size limit exceeded");
        code.push_back(static_cast<Code>(word));
    }
    if (!validate(code, groups)) return err_set_string(exc::RuntimeError, "invalid SRE code");
    auto* self = new_var_object<PatternObject>(&pattern_type, static_cast<intptr_t>(code.size()));
    if (!self) return nullptr;
    self->weakrefs = nullptr;
    self->pattern = newref(given[0]);
    self->is_bytes = is_none(given[0]) ? -1 : str_check(given[0]) ? 0 : 1;
    self->flags = flags;
    self->groups = groups;
    self->groupindex = dict_size(given[4]) ? newref(given[4]) : nullptr;
    self->indexgroup = dict_size(given[4]) ? newref(given[5]) : nullptr;
    self->code_size = static_cast<intptr_t>(code.size());
    std::memcpy(self->code, code.data(), code.size() * sizeof(Code));
    gc_track(self);
    return self;
}

bool character_argument(Object* argument, char32_t* c) {
    int value;
    if (!argument_int(argument, &value)) return false;
    *c = static_cast<char32_t>(value);
    return true;
}
Owned ascii_is_cased(Object*, Object* argument) {
    char32_t c;
    return character_argument(argument, &c) ? bool_from(c < 128 && (c | 0x20) >= 'a' && (c | 0x20) <= 'z') : nullptr;
}
Owned unicode_is_cased(Object*, Object* argument) {
    char32_t c;
    return character_argument(argument, &c) ? bool_from(lower_unicode(c) != c || upper_unicode(c) != c) : nullptr;
}
Owned ascii_to_lower(Object*, Object* argument) {
    char32_t c;
    return character_argument(argument, &c) ? int_from_int64(static_cast<int64_t>(lower_ascii(c))) : nullptr;
}
Owned unicode_to_lower(Object*, Object* argument) {
    char32_t c;
    return character_argument(argument, &c) ? int_from_int64(static_cast<int64_t>(lower_unicode(c))) : nullptr;
}
Owned get_code_size(Object*, Object*) { return int_from_int64(sizeof(Code)); }

const MethodDef functions[] = {
    method_def("compile", compile, kMethFastcall | kMethKeywords),
    method_def("getcodesize", get_code_size, kMethNoargs),
    method_def("ascii_iscased", ascii_is_cased, kMethO),
    method_def("unicode_iscased", unicode_is_cased, kMethO),
    method_def("ascii_tolower", ascii_to_lower, kMethO),
    method_def("unicode_tolower", unicode_to_lower, kMethO),
    {nullptr, nullptr, 0},
};

}  // namespace

Owned pattern_scanner(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    Object* string;
    intptr_t start, end;
    if (!text_arguments("scanner", args, nargs, kwnames, &string, &start, &end)) return nullptr;
    auto* self = new_object<ScannerObject>(&scanner_type);
    if (!self) return nullptr;
    self->pattern = newref(as_pattern(object));
    self->string = newref(string);
    self->subject = new Subject;
    self->exhausted = false;
    gc_track(self);
    auto scanner = own(static_cast<Object*>(self));
    return self->subject->open(self->pattern, string, start, end) ? scanner.release() : nullptr;
}

Type pattern_type = [] {
    Type t = static_type("re.Pattern", sizeof(PatternObject), sizeof(Code), kHaveGc | kDisallowInstantiation);
    static_assert(sizeof(PatternObject) == 96);
    t.tp_dealloc = pattern_dealloc;
    t.tp_repr = pattern_repr;
    t.tp_hash = pattern_hash;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = pattern_traverse;
    t.tp_clear = pattern_clear;
    t.tp_richcompare = pattern_compare;
    t.tp_weaklistoffset = offsetof(PatternObject, weakrefs);
    t.tp_methods = pattern_methods;
    t.tp_members = pattern_members;
    t.tp_getset = pattern_getset;
    return t;
}();

// CPython's scanner holds its whole matching state in itself.
Type scanner_type = [] {
    Type t = static_type("_sre.SRE_Scanner", 232, 0, kHaveGc | kDisallowInstantiation);
    t.tp_dealloc = scanner_dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = scanner_traverse;
    t.tp_methods = scanner_methods;
    t.tp_members = scanner_members;
    return t;
}();

}  // namespace sre

Owned create_sre_module() {
    static bool ready = false;
    if (!ready) {
        if (type_ready(&sre::pattern_type) < 0 || sre::init_sre_match_types() < 0 || type_ready(&sre::scanner_type) < 0) return nullptr;
        ready = true;
    }
    auto module = own(module_create("_sre", nullptr, sre::functions));
    if (!module) return nullptr;
    if (module_add_int(module.get(), "MAGIC", 20220615) < 0 || module_add_int(module.get(), "CODESIZE", sizeof(sre::Code)) < 0 ||
        module_add_int(module.get(), "MAXREPEAT", sre::kMaxRepeat) < 0 || module_add_int(module.get(), "MAXGROUPS", 1073741823) < 0 ||
        module_add_string(module.get(), "copyright", " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ") < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
