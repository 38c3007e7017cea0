#include "vm/compiler/constants.h"

#include <algorithm>

namespace refscope::compiler {

using Kind = Constant::Kind;

ConstantRef ConstantPool::merge_one(const ConstantRef& constant) {
    auto [found, inserted] = known_.insert(constant);
    // The pool made or was given every constant before anybody else could see it, so it may still mark one.
    if (!inserted && constant->interned) const_cast<Constant&>(**found).interned = true;
    return *found;
}

ConstantRef ConstantPool::merge(const ConstantRef& constant) {
    if (constant->kind == Kind::kNone || constant->kind == Kind::kEllipsis) return constant;
    auto [found, inserted] = known_.insert(constant);
    if (!inserted) {
        if (constant->interned) const_cast<Constant&>(**found).interned = true;
        return *found;
    }
    ConstantRef merged = *found;
    if (merged->kind == Kind::kTuple || merged->kind == Kind::kFrozenSet) {
        // Equal items change neither hash nor equality of the whole.
        for (ConstantRef& item : const_cast<Constant&>(*merged).items) item = merge(item);
    } else if (merged->kind == Kind::kStr && looks_like_name(merged->text)) {
        const_cast<Constant&>(*merged).interned = true;
    }
    return merged;
}

bool looks_like_name(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_true(const Constant& constant) {
    switch (constant.kind) {
        case Kind::kNone:
        case Kind::kFalse: return false;
        case Kind::kTrue:
        case Kind::kEllipsis:
        case Kind::kCode: return true;
        case Kind::kInt: return !constant.integer.is_zero();
        case Kind::kFloat: return constant.real != 0;
        case Kind::kComplex: return constant.real != 0 || constant.imag != 0;
        case Kind::kStr:
        case Kind::kBytes: return !constant.text.empty();
        case Kind::kTuple:
        case Kind::kFrozenSet: return !constant.items.empty();
    }
    return true;
}

std::string_view type_name(const Constant& constant) {
    switch (constant.kind) {
        case Kind::kNone: return "NoneType";
        case Kind::kTrue:
        case Kind::kFalse: return "bool";
        case Kind::kEllipsis: return "ellipsis";
        case Kind::kInt: return "int";
        case Kind::kFloat: return "float";
        case Kind::kComplex: return "complex";
        case Kind::kStr: return "str";
        case Kind::kBytes: return "bytes";
        case Kind::kTuple: return "tuple";
        case Kind::kFrozenSet: return "frozenset";
        case Kind::kCode: return "code";
    }
    return {};
}

namespace {

bool is_number(const Constant& c) {
    return c.kind == Kind::kInt || c.kind == Kind::kTrue || c.kind == Kind::kFalse || c.kind == Kind::kFloat ||
           c.kind == Kind::kComplex;
}

base::BigInt as_integer(const Constant& c) {
    return c.kind == Kind::kInt ? c.integer : base::BigInt(c.kind == Kind::kTrue ? 1 : 0);
}

}  // namespace

bool python_equal(const Constant& a, const Constant& b) {
    if (is_number(a) && is_number(b)) {
        bool a_integral = a.kind != Kind::kFloat && a.kind != Kind::kComplex;
        bool b_integral = b.kind != Kind::kFloat && b.kind != Kind::kComplex;
        if (a_integral && b_integral) return as_integer(a) == as_integer(b);
        if (!a_integral && !b_integral) return a.real == b.real && a.imag == b.imag;
        const Constant& whole = a_integral ? a : b;
        const Constant& other = a_integral ? b : a;
        return other.imag == 0 && other.real == other.real && as_integer(whole).compare(other.real) == 0;
    }
    if (a.kind != b.kind) return false;
    if (a.kind == Kind::kTuple) {
        return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                          [](const ConstantRef& x, const ConstantRef& y) { return python_equal(*x, *y); });
    }
    return bytecode::same_constant(a, b);
}

ConstantRef make_frozenset(const std::vector<ConstantRef>& items) {
    std::vector<ConstantRef> kept;
    for (const ConstantRef& item : items) {
        bool seen = std::any_of(kept.begin(), kept.end(),
                                [&item](const ConstantRef& k) { return k == item || python_equal(*k, *item); });
        if (!seen) kept.push_back(item);
    }
    return Constant::frozenset(std::move(kept));
}

}  // namespace refscope::compiler
