// A type object and its slots: CPython 3.11's PyTypeObject with the same names and the same contracts
// (docs.python.org/3.11/c-api/typeobj.html), the number, sequence, mapping and async suites flattened in.
//
// Differences: tp_traverse names its edges (heap/edge.h) and exists on every type whose instances own references,
// collected or not; tp_sizeof gives what sys.getsizeof prints without the collector's header; slot functions
// return `Owned`. nargsf of a vectorcall may carry kVectorcallArgumentsOffset as in PEP 590.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/edge.h"
#include "vm/heap/object.h"

namespace refscope::vm {

using Hash = intptr_t;  // Py_hash_t; -1 means error

using UnaryFn = Owned (*)(Object*);
using BinaryFn = Owned (*)(Object*, Object*);
using TernaryFn = Owned (*)(Object*, Object*, Object*);
using InquiryFn = int (*)(Object*);
using LenFn = intptr_t (*)(Object*);
using IndexFn = Owned (*)(Object*, intptr_t);
using AssignIndexFn = int (*)(Object*, intptr_t, Object*);
using AssignFn = int (*)(Object*, Object*, Object*);
using ContainsFn = int (*)(Object*, Object*);
using DestructorFn = void (*)(Object*);
using TraverseFn = int (*)(Object*, Visit, void* context);
using HashFn = Hash (*)(Object*);
using CompareFn = Owned (*)(Object*, Object*, int op);
using InitFn = int (*)(Object* self, Object* args, Object* kwargs);  // args: tuple; kwargs: dict or nullptr
using NewFn = Owned (*)(Type*, Object* args, Object* kwargs);
using AllocFn = Owned (*)(Type*, intptr_t nitems);
using FreeFn = void (*)(Object*);
using SizeFn = size_t (*)(Object*);
using VectorcallFn = Owned (*)(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);
struct BufferView;  // vm/objects/buffer.h
using GetBufferFn = int (*)(Object*, BufferView*, int flags);
using ReleaseBufferFn = void (*)(Object*, BufferView*);
using SendFn = int (*)(Object* iterator, Object* value, Object** result);  // a SendResult

enum SendResult : int { kSendReturn = 0, kSendError = -1, kSendNext = 1 };
enum CompareOp : int { kLT = 0, kLE = 1, kEQ = 2, kNE = 3, kGT = 4, kGE = 5 };

inline constexpr size_t kVectorcallArgumentsOffset = size_t{1} << 63;
inline size_t vectorcall_nargs(size_t nargsf) { return nargsf & ~kVectorcallArgumentsOffset; }

// Bits of tp_flags, with CPython's numbers where __flags__ shows them.
enum TypeFlag : uint64_t {
    kManagedDict = 1ull << 4,
    kSequencePattern = 1ull << 5,
    kMappingPattern = 1ull << 6,
    kDisallowInstantiation = 1ull << 7,
    kImmutableType = 1ull << 8,
    kHeapType = 1ull << 9,
    kBaseType = 1ull << 10,
    kHaveVectorcall = 1ull << 11,
    kReady = 1ull << 12,
    kReadying = 1ull << 13,
    kHaveGc = 1ull << 14,
    kMethodDescriptor = 1ull << 17,
    kValidVersionTag = 1ull << 19,
    kIsAbstract = 1ull << 20,
    kMatchSelf = 1ull << 22,
    kLongSubclass = 1ull << 24,
    kListSubclass = 1ull << 25,
    kTupleSubclass = 1ull << 26,
    kBytesSubclass = 1ull << 27,
    kUnicodeSubclass = 1ull << 28,
    kDictSubclass = 1ull << 29,
    kBaseExcSubclass = 1ull << 30,
    kTypeSubclass = 1ull << 31,
    // Refscope's own, never shown:
    kItemsInline = 1ull << 40,  // var-sized: items follow the struct (tuple, int, bytes)
};

enum MethodFlag : int {
    kMethVarargs = 1,    // Owned f(self, args_tuple)            as BinaryFn
    kMethKeywords = 2,   // with kMethVarargs: Owned f(self, args_tuple, kwargs_dict_or_null)
    kMethNoargs = 4,     // Owned f(self, nullptr)
    kMethO = 8,          // Owned f(self, arg)
    kMethClass = 16,
    kMethStatic = 32,
    kMethCoexist = 64,
    kMethFastcall = 128,  // Owned f(self, Object* const* args, intptr_t nargs[, kwnames])
    kMethMethod = 512,
};
using FastcallFn = Owned (*)(Object* self, Object* const* args, intptr_t nargs);
using FastcallKeywordsFn = Owned (*)(Object* self, Object* const* args, intptr_t nargs, Object* kwnames);

struct MethodDef {
    const char* name;  // nullptr ends a table
    void* function;    // as `flags` says
    int flags;
    const char* doc = nullptr;  // may begin with "name(signature)\n--\n\n" as CPython's do
};
template <class F>
inline MethodDef method_def(const char* name, F function, int flags, const char* doc = nullptr) {
    return {name, reinterpret_cast<void*>(function), flags, doc};
}

enum class MemberKind : uint8_t { kObject, kObjectEx, kInt, kUint, kSsize, kUbyte, kBool, kDouble, kNone };
struct MemberDef {
    const char* name;  // nullptr ends a table
    MemberKind kind;
    ptrdiff_t offset;
    bool readonly = true;
    const char* doc = nullptr;
};

using GetterFn = Owned (*)(Object* self, void* closure);
using SetterFn = int (*)(Object* self, Object* value_or_null, void* closure);
struct GetSetDef {
    const char* name;  // nullptr ends a table
    GetterFn get;
    SetterFn set = nullptr;
    const char* doc = nullptr;
    void* closure = nullptr;
};

struct DictKeys;

struct Type : VarObject {
    const char* tp_name = nullptr;  // "module.Name" for static types; UTF-8 of __name__ for heap types
    intptr_t tp_basicsize = 0, tp_itemsize = 0;
    DestructorFn tp_dealloc = nullptr;
    ptrdiff_t tp_vectorcall_offset = 0;
    UnaryFn tp_repr = nullptr;
    HashFn tp_hash = nullptr;
    TernaryFn tp_call = nullptr;
    UnaryFn tp_str = nullptr;
    BinaryFn tp_getattro = nullptr;
    AssignFn tp_setattro = nullptr;  // value nullptr: delete
    uint64_t tp_flags = 0;
    const char* tp_doc = nullptr;
    TraverseFn tp_traverse = nullptr;
    InquiryFn tp_clear = nullptr;
    CompareFn tp_richcompare = nullptr;
    ptrdiff_t tp_weaklistoffset = 0;
    UnaryFn tp_iter = nullptr;
    UnaryFn tp_iternext = nullptr;  // nullptr without an exception pending: exhausted
    const MethodDef* tp_methods = nullptr;
    const MemberDef* tp_members = nullptr;
    const GetSetDef* tp_getset = nullptr;
    Type* tp_base = nullptr;
    Object* tp_dict = nullptr;
    TernaryFn tp_descr_get = nullptr;
    AssignFn tp_descr_set = nullptr;
    ptrdiff_t tp_dictoffset = 0;
    InitFn tp_init = nullptr;
    AllocFn tp_alloc = nullptr;
    NewFn tp_new = nullptr;
    FreeFn tp_free = nullptr;
    InquiryFn tp_is_gc = nullptr;
    Object* tp_bases = nullptr;  // tuple
    Object* tp_mro = nullptr;    // tuple
    Object* tp_cache = nullptr;
    Object* tp_subclasses = nullptr;  // dict id -> weak reference
    Object* tp_weaklist = nullptr;    // borrowed
    unsigned tp_version_tag = 0;      // 0: none; changes whenever an attribute of the type or a base does
    DestructorFn tp_finalize = nullptr;
    VectorcallFn tp_vectorcall = nullptr;
    SizeFn tp_sizeof = nullptr;  // Refscope's: nullptr means basicsize + |ob_size| * itemsize

    BinaryFn nb_add = nullptr, nb_subtract = nullptr, nb_multiply = nullptr, nb_remainder = nullptr,
             nb_divmod = nullptr;
    TernaryFn nb_power = nullptr;
    UnaryFn nb_negative = nullptr, nb_positive = nullptr, nb_absolute = nullptr;
    InquiryFn nb_bool = nullptr;
    UnaryFn nb_invert = nullptr;
    BinaryFn nb_lshift = nullptr, nb_rshift = nullptr, nb_and = nullptr, nb_xor = nullptr, nb_or = nullptr;
    UnaryFn nb_int = nullptr, nb_float = nullptr;
    BinaryFn nb_inplace_add = nullptr, nb_inplace_subtract = nullptr, nb_inplace_multiply = nullptr,
             nb_inplace_remainder = nullptr;
    TernaryFn nb_inplace_power = nullptr;
    BinaryFn nb_inplace_lshift = nullptr, nb_inplace_rshift = nullptr, nb_inplace_and = nullptr,
             nb_inplace_xor = nullptr, nb_inplace_or = nullptr;
    BinaryFn nb_floor_divide = nullptr, nb_true_divide = nullptr, nb_inplace_floor_divide = nullptr,
             nb_inplace_true_divide = nullptr;
    UnaryFn nb_index = nullptr;
    BinaryFn nb_matrix_multiply = nullptr, nb_inplace_matrix_multiply = nullptr;

    LenFn sq_length = nullptr;
    BinaryFn sq_concat = nullptr;
    IndexFn sq_repeat = nullptr, sq_item = nullptr;
    AssignIndexFn sq_ass_item = nullptr;
    ContainsFn sq_contains = nullptr;
    BinaryFn sq_inplace_concat = nullptr;
    IndexFn sq_inplace_repeat = nullptr;

    LenFn mp_length = nullptr;
    BinaryFn mp_subscript = nullptr;
    AssignFn mp_ass_subscript = nullptr;  // value nullptr: delete

    GetBufferFn bf_getbuffer = nullptr;
    ReleaseBufferFn bf_releasebuffer = nullptr;

    UnaryFn am_await = nullptr, am_aiter = nullptr, am_anext = nullptr;
    SendFn am_send = nullptr;

    // Heap types only (PyHeapTypeObject's tail).
    Object* ht_name = nullptr;
    Object* ht_slots = nullptr;
    Object* ht_qualname = nullptr;
    Object* ht_module = nullptr;
    DictKeys* ht_cached_keys = nullptr;  // shared keys of the instances' dicts
    char* ht_owned_name = nullptr;       // storage behind tp_name

    bool has(TypeFlag flag) const { return (tp_flags & flag) != 0; }
};

// Static types are defined as `Type list_type = {…}` through this: count 1 held by the static runtime.
inline Type static_type(const char* name, intptr_t basicsize, intptr_t itemsize, uint64_t flags) {
    Type type{};
    type.refcount = 1;
    type.tp_name = name;
    type.tp_basicsize = basicsize;
    type.tp_itemsize = itemsize;
    type.tp_flags = flags;
    return type;
}

bool type_is_subtype(const Type* type, const Type* base);
inline bool is_instance_of(const Object* object, const Type* type) {
    return object->type == type || type_is_subtype(object->type, type);
}
inline bool fast_subclass(const Object* object, TypeFlag flag) { return (object->type->tp_flags & flag) != 0; }

}  // namespace refscope::vm
