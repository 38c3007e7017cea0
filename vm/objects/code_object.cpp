#include "vm/objects/code_internal.h"
#include "vm/objects/code_object.h"

#include <sys/mman.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "vm/bytecode/opcode.h"
#include "vm/bytecode/translate.h"
#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/complex.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/function_object.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

using bytecode::Constant;
using bytecode::Instruction;

void (*prepare_handlers)(CodeObject* code) = nullptr;

namespace {

// --- The instruction arena: one reserved range, so that an address divided by 16 is an allocation site of 32 bits.

constexpr size_t kArenaBytes = size_t{4} << 30;
Instruction* arena_next = nullptr;
std::map<uint32_t, CodeObject*>* codes_by_site = nullptr;  // by the site of the first instruction

Instruction* allocate_instructions(size_t count) {
    if (!arena_next) {
        void* base = mmap(nullptr, kArenaBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        RS_CHECK(base != MAP_FAILED, "cannot reserve address space for instructions");
        thread->instruction_base = static_cast<const char*>(base);
        arena_next = static_cast<Instruction*>(base) + 1;  // site 0 is the runtime itself
        codes_by_site = new std::map<uint32_t, CodeObject*>;
    }
    Instruction* result = arena_next;
    auto used = static_cast<size_t>(reinterpret_cast<const char*>(result + count) - thread->instruction_base);
    RS_CHECK(used <= kArenaBytes, "the program has more instructions than allocation sites");
    arena_next += count;
    return result;
}

uint32_t site_of(const Instruction* instruction) {
    return static_cast<uint32_t>(instruction - reinterpret_cast<const Instruction*>(thread->instruction_base));
}

// --- Constants

struct Builder {
    std::unordered_map<const Constant*, Ref<>> made;
    Object* literal_holder;

    Owned constant(const Constant& constant);
    Owned code(const bytecode::CodeUnitRef& unit);
    // False: it failed.
    bool hold_literal(Object* object) { return !object || !literal_holder || list_append(literal_holder, object) >= 0; }
};

Owned interned(const std::string& text) { return str_intern_from_string(text.c_str()); }

Owned Builder::constant(const Constant& constant) {
    auto found = made.find(&constant);
    if (found != made.end()) return newref(found->second.get());
    Ref<> result;
    bool literal = false;
    switch (constant.kind) {
        case Constant::Kind::kNone: return newref(none());
        case Constant::Kind::kTrue: return newref(py_true());
        case Constant::Kind::kFalse: return newref(py_false());
        case Constant::Kind::kEllipsis: return newref(ellipsis());
        case Constant::Kind::kInt:
            result = own(int_from_big(constant.integer));
            literal = true;
            break;
        case Constant::Kind::kFloat:
            result = own(float_new(constant.real));
            literal = true;
            break;
        case Constant::Kind::kComplex:
            result = own(complex_new({constant.real, constant.imag}));
            literal = true;
            break;
        case Constant::Kind::kStr: {
            Object* text = str_from_utf8(constant.text.data(), static_cast<intptr_t>(constant.text.size()));
            if (text && constant.interned) str_intern_in_place(&text);
            result = own(text);
            literal = true;
            break;
        }
        case Constant::Kind::kBytes:
            result = own(bytes_from_data(constant.text.data(), static_cast<intptr_t>(constant.text.size())));
            literal = true;
            break;
        case Constant::Kind::kTuple: {
            // The items come first: the collector untracks nested tuples in the order in which they were made.
            std::vector<Ref<>> items;
            for (const auto& part : constant.items) {
                items.push_back(own(this->constant(*part)));
                if (!items.back()) return nullptr;
            }
            result = own(tuple_new(static_cast<intptr_t>(items.size())));
            for (size_t i = 0; result && i < items.size(); ++i) {
                tuple_init_item(result.get(), static_cast<intptr_t>(i), items[i].release());
            }
            literal = constant.in_tree;
            break;
        }
        case Constant::Kind::kFrozenSet: {
            result = own(list_new(0));
            for (const auto& part : constant.items) {
                Ref<> item = own(this->constant(*part));
                if (!item || !result || list_append(result.get(), item.get()) < 0) return nullptr;
            }
            result = own(frozenset_new(result.get()));
            if (constant.in_tree && !hold_literal(result.get())) return nullptr;
            // Merging makes it anew, as in CPython: items that collide change places.
            if (result) result = own(sequence_list(result.get()));
            if (result) result = own(frozenset_new(result.get()));
            break;
        }
        case Constant::Kind::kCode: return code(constant.code);
    }
    if (!result) return nullptr;
    if (literal && !hold_literal(result.get())) return nullptr;
    made.emplace(&constant, result);
    return result.release();
}

Owned names_tuple(const std::vector<std::string>& names) {
    Ref<> tuple = own(tuple_new(static_cast<intptr_t>(names.size())));
    for (size_t i = 0; tuple && i < names.size(); ++i) {
        Object* name = interned(names[i]);
        if (!name) return nullptr;
        tuple_init_item(tuple.get(), static_cast<intptr_t>(i), name);
    }
    return tuple.release();
}

Owned Builder::code(const bytecode::CodeUnitRef& unit) {
    std::vector<Ref<>> const_items;
    for (const auto& part : unit->consts) {
        const_items.push_back(own(constant(*part)));
        if (!const_items.back()) return nullptr;
    }
    Ref<> consts = own(tuple_new(static_cast<intptr_t>(const_items.size())));
    for (size_t i = 0; consts && i < const_items.size(); ++i) {
        tuple_init_item(consts.get(), static_cast<intptr_t>(i), const_items[i].release());
    }
    CodeParts parts{consts, own(str_from_filesystem(unit->filename)), own(interned(unit->name)), own(interned(unit->qualname))};
    if (!consts || !parts.filename || !parts.name || !parts.qualname) return nullptr;
    auto key = made.find(nullptr);  // one filename object for a whole compilation
    if (key == made.end()) {
        made.emplace(nullptr, parts.filename);
    } else {
        parts.filename = key->second;
    }
    consts.reset();
    return code_from_parts(unit, parts);
}

// --- The type

void code_dealloc(Object* object) {
    CodeObject* code = as_code(object);
    if (code->co_weakreflist) object_clear_weakrefs(object);
    xdecref(code->co_consts);
    xdecref(code->co_names);
    xdecref(code->co_localsplusnames);
    xdecref(code->co_filename);
    xdecref(code->co_name);
    xdecref(code->co_qualname);
    xdecref(code->co_code_bytes);
    if (code->instructions) codes_by_site->erase(site_of(code->instructions));
    delete code->registers;
    delete code->unit;
    free_object(object);
}

int code_traverse(Object* object, Visit visit, void* context) {
    CodeObject* code = as_code(object);
    RS_VISIT(code->co_consts, Edge::field("co_consts", true));
    RS_VISIT(code->co_names, Edge::field("co_names", true));
    RS_VISIT(code->co_localsplusnames, Edge::field("co_varnames", true));
    RS_VISIT(code->co_filename, Edge::field("co_filename", true));
    RS_VISIT(code->co_name, Edge::field("co_name", true));
    RS_VISIT(code->co_qualname, Edge::field("co_qualname", true));
    RS_VISIT(code->co_code_bytes, Edge::field("co_code", true));
    return 0;
}

Owned code_repr(Object* object) {
    CodeObject* code = as_code(object);
    int line = code_unit(code).firstlineno;
    return str_from_format("<code object %U at %p, file \"%U\", line %d>", code->co_name, object, code->co_filename,
                           line ? line : -1);
}

// Rounded up, as the sizes of all objects with items are.
size_t code_size(Object* object) { return (184 + static_cast<size_t>(as_code(object)->size) * 2 + 7) & ~size_t{7}; }

bool same_code(const CodeObject* left, const CodeObject* right) {
    const bytecode::CodeUnit &a = code_unit(left), &b = code_unit(right);
    if (a.name != b.name || a.argcount != b.argcount || a.posonlyargcount != b.posonlyargcount ||
        a.kwonlyargcount != b.kwonlyargcount || a.flags != b.flags || a.firstlineno != b.firstlineno || a.code != b.code ||
        a.localsplusnames != b.localsplusnames || a.names != b.names || a.linetable != b.linetable ||
        a.exceptiontable != b.exceptiontable || a.consts.size() != b.consts.size()) {
        return false;
    }
    return true;
}

Owned code_rich_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || right->type != &code_type) return newref(not_implemented());
    bool equal = left == right || same_code(as_code(left), as_code(right));
    if (equal && left != right) {
        int consts = object_rich_compare_bool(as_code(left)->co_consts, as_code(right)->co_consts, kEQ);
        if (consts < 0) return nullptr;
        equal = consts != 0;
    }
    return newref(equal == (op == kEQ) ? py_true() : py_false());
}

Hash code_hash(Object* object) {
    CodeObject* code = as_code(object);
    Hash hash = str_hash(code->co_name);
    for (uint16_t unit : code_unit(code).code) hash = hash * 1000003 ^ unit;
    hash ^= code->argcount ^ code->kwonlyargcount << 4 ^ static_cast<Hash>(code->flags);
    return hash == -1 ? -2 : hash;
}

Owned int_attribute(Object* object, int bytecode::CodeUnit::*member) {
    return int_from_int(code_unit(as_code(object)).*member);
}
template <int bytecode::CodeUnit::*member>
Owned get_int(Object* object, void*) {
    return int_attribute(object, member);
}
Owned get_flags(Object* object, void*) { return int_from_int64(as_code(object)->flags); }
Owned get_code(Object* object, void*) {
    CodeObject* code = as_code(object);
    const auto& units = code_unit(code).code;
    if (!code->co_code_bytes) {
        code->co_code_bytes = bytes_from_data(reinterpret_cast<const char*>(units.data()), static_cast<intptr_t>(units.size() * 2));
    }
    return xnewref(code->co_code_bytes);
}
template <Object* CodeObject::*member>
Owned get_object(Object* object, void*) {
    return newref(as_code(object)->*member);
}
Owned get_varnames(Object* object, void*) { return names_tuple(code_unit(as_code(object)).varnames()); }
Owned get_cellvars(Object* object, void*) { return names_tuple(code_unit(as_code(object)).cellvars()); }
Owned get_freevars(Object* object, void*) { return names_tuple(code_unit(as_code(object)).freevars()); }
Owned get_linetable(Object* object, void*) {
    const std::string& table = code_unit(as_code(object)).linetable;
    return bytes_from_data(table.data(), static_cast<intptr_t>(table.size()));
}
Owned get_exceptiontable(Object* object, void*) {
    const std::string& table = code_unit(as_code(object)).exceptiontable;
    return bytes_from_data(table.data(), static_cast<intptr_t>(table.size()));
}

Owned none_or_int(int value) { return value < 0 ? newref(none()) : int_from_int(value); }

Owned code_positions(Object* object, Object*) {
    Ref<> list = own(list_new(0));
    for (const bytecode::Position& p : code_unit(as_code(object)).positions()) {
        Ref<> a = own(none_or_int(p.line)), b = own(none_or_int(p.end_line)), c = own(none_or_int(p.column)),
              d = own(none_or_int(p.end_column));
        Ref<> item = own(tuple_pack({a.get(), b.get(), c.get(), d.get()}));
        if (!list || !item || list_append(list.get(), item.get()) < 0) return nullptr;
    }
    return object_get_iter(list.get());
}

Owned code_lines(Object* object, Object*) {
    Ref<> list = own(list_new(0));
    std::vector<bytecode::Position> positions = code_unit(as_code(object)).positions();
    for (size_t begin = 0; begin < positions.size();) {
        size_t end = begin;
        while (end < positions.size() && positions[end].line == positions[begin].line) ++end;
        Ref<> first = own(int_from_size(begin * 2)), last = own(int_from_size(end * 2)), line = own(none_or_int(positions[begin].line));
        Ref<> item = own(tuple_pack({first.get(), last.get(), line.get()}));
        if (!list || !item || list_append(list.get(), item.get()) < 0) return nullptr;
        begin = end;
    }
    return object_get_iter(list.get());
}

const MethodDef kCodeMethods[] = {
    method_def("co_positions", code_positions, kMethNoargs),
    method_def("co_lines", code_lines, kMethNoargs),
    method_def("replace", code_replace, kMethFastcall | kMethKeywords,
               "replace($self, /, **changes)\n--\n\nA code object like this one, with other values for the fields named."),
    {},
};
const GetSetDef kCodeGetSet[] = {
    {"co_argcount", get_int<&bytecode::CodeUnit::argcount>},
    {"co_posonlyargcount", get_int<&bytecode::CodeUnit::posonlyargcount>},
    {"co_kwonlyargcount", get_int<&bytecode::CodeUnit::kwonlyargcount>},
    {"co_nlocals", get_int<&bytecode::CodeUnit::nlocals>},
    {"co_stacksize", get_int<&bytecode::CodeUnit::stacksize>},
    {"co_firstlineno", get_int<&bytecode::CodeUnit::firstlineno>},
    {"co_flags", get_flags},
    {"co_code", get_code},
    {"co_consts", get_object<&CodeObject::co_consts>},
    {"co_names", get_object<&CodeObject::co_names>},
    {"co_filename", get_object<&CodeObject::co_filename>},
    {"co_name", get_object<&CodeObject::co_name>},
    {"co_qualname", get_object<&CodeObject::co_qualname>},
    {"co_varnames", get_varnames},
    {"co_cellvars", get_cellvars},
    {"co_freevars", get_freevars},
    {"co_linetable", get_linetable},
    {"co_exceptiontable", get_exceptiontable},
    {},
};

CodeFacts facts_of_code(Object* object) {
    CodeObject* code = as_code(object);
    Object* doc = none();
    if (tuple_size(code->co_consts) > 0 && str_check(tuple_get_item(code->co_consts, 0))) doc = tuple_get_item(code->co_consts, 0);
    intptr_t free_variables = 0;
    for (uint8_t kind : code_unit(code).localspluskinds) free_variables += (kind & bytecode::kLocalFree) != 0;
    return {code->co_name, code->co_qualname, doc, free_variables};
}

}  // namespace

Type code_type = [] {
    Type t = static_type("code", 184, 2, 0);
    t.tp_dealloc = code_dealloc;
    t.tp_traverse = code_traverse;
    t.tp_repr = code_repr;
    t.tp_hash = code_hash;
    t.tp_richcompare = code_rich_compare;
    t.tp_getattro = object_generic_get_attr;
    t.tp_weaklistoffset = offsetof(CodeObject, co_weakreflist);
    t.tp_methods = kCodeMethods;
    t.tp_getset = kCodeGetSet;
    t.tp_sizeof = code_size;
    return t;
}();

Owned code_from_parts(const bytecode::CodeUnitRef& unit, CodeParts& parts) {
    Ref<> names = own(names_tuple(unit->names)), locals = own(names_tuple(unit->localsplusnames));
    if (!names || !locals) return nullptr;
    auto* code = static_cast<CodeObject*>(allocate_object(&code_type, sizeof(CodeObject)));
    if (!code) return nullptr;
    code->size = static_cast<intptr_t>(unit->code.size());
    set_traced_size(code, code_type.tp_sizeof(code));
    code->co_consts = parts.consts.release();
    code->co_names = names.release();
    code->co_localsplusnames = locals.release();
    code->co_filename = parts.filename.release();
    code->co_name = parts.name.release();
    code->co_qualname = parts.qualname.release();
    code->unit = new bytecode::CodeUnitRef(unit);
    code->flags = unit->flags;
    code->argcount = unit->argcount;
    code->posonlyargcount = unit->posonlyargcount;
    code->kwonlyargcount = unit->kwonlyargcount;
    code->nlocalsplus = unit->nlocalsplus();
    code->stacksize = unit->stacksize;
    code->simple_arguments = unit->kwonlyargcount == 0 && !(unit->flags & (bytecode::kCoVarArgs | bytecode::kCoVarKeywords));
    return code;
}

Owned code_new(const bytecode::CodeUnitRef& unit, Object* literal_holder) {
    Builder builder{{}, literal_holder};
    return builder.code(unit);
}

bool code_prepare(CodeObject* code) {
    if (code->prepared) return true;
    code->registers = new bytecode::RegisterCode(bytecode::translate(code_unit(code)));
    size_t count = code->registers->instructions.size();
    if (count == 0) {
        err_set_string(exc::SystemError, "the code has more variables than the interpreter can address");
        return false;
    }
    code->instructions = allocate_instructions(count);
    std::copy(code->registers->instructions.begin(), code->registers->instructions.end(), code->instructions);
    code->instruction_count = static_cast<uint32_t>(count);
    (*codes_by_site)[site_of(code->instructions)] = code;
    code->prepared = true;
    if (prepare_handlers) prepare_handlers(code);
    return true;
}

CodeObject* code_of_site(uint32_t site, int* line) {
    if (site == 0 || !codes_by_site) return nullptr;
    auto after = codes_by_site->upper_bound(site);
    if (after == codes_by_site->begin()) return nullptr;
    CodeObject* code = std::prev(after)->second;
    uint32_t index = site - site_of(code->instructions);
    if (index >= code->instruction_count) return nullptr;
    if (line) *line = code->registers->info[index].line;
    return code;
}

void for_each_code(void (*visit)(CodeObject* code, void* context), void* context) {
    if (!codes_by_site) return;
    for (auto& [site, code] : *codes_by_site) visit(code, context);
}

bool code_check(const Object* object) { return object->type == &code_type; }
Object* code_filename(Object* code) { return as_code(code)->co_filename; }
Object* code_name(Object* code) { return as_code(code)->co_name; }
Object* code_qualname(Object* code) { return as_code(code)->co_qualname; }
Owned code_localsplusnames(Object* code) { return newref(as_code(code)->co_localsplusnames); }
int code_flags(Object* code) { return static_cast<int>(as_code(code)->flags); }
int code_line_at(Object* code, int lasti) { return code_unit(as_code(code)).line_at(lasti / 2); }
bytecode::Position code_position_at(Object* code, int lasti) { return code_unit(as_code(code)).position_at(lasti / 2); }

int init_code_type() {
    code_facts = facts_of_code;
    return type_ready(&code_type);
}

}  // namespace refscope::vm
