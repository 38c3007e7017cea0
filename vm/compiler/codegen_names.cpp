// Names: which instruction reads, binds or unbinds a variable.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

namespace {

int choose(ExprContext context, int load, int store, int del) {
    return context == ExprContext::Load ? load : context == ExprContext::Store ? store : del;
}

}  // namespace

void CodeGenerator::refuse_debug(std::string_view name, ExprContext context) {
    if (name != "__debug__") return;
    if (context == ExprContext::Store) error("cannot assign to __debug__");
    if (context == ExprContext::Del) error("cannot delete __debug__");
}

Reach CodeGenerator::reach_for_closure(std::string_view name) {
    if (unit_->kind == UnitKind::kClass && name == "__class__") return Reach::kCell;
    return unit_->scope->reach_of(name);
}

void CodeGenerator::name_operation(std::string_view name, ExprContext context) {
    refuse_debug(name, context);
    std::string_view mangled = mangle(name);
    bool in_function = unit_->scope->block == BlockKind::kFunction;
    switch (unit_->scope->reach_of(mangled)) {
        case Reach::kFree:
        case Reach::kCell: {
            bool cell = unit_->scope->reach_of(mangled) == Reach::kCell;
            int load = unit_->scope->block == BlockKind::kClass ? op::LOAD_CLASSDEREF : op::LOAD_DEREF;
            emit(choose(context, load, op::STORE_DEREF, op::DELETE_DEREF),
                 (cell ? unit_->cellvars : unit_->freevars).index_of(mangled));
            return;
        }
        case Reach::kLocal:
            if (!in_function) break;
            emit(choose(context, op::LOAD_FAST, op::STORE_FAST, op::DELETE_FAST), unit_->varnames.index_of(mangled));
            return;
        case Reach::kGlobalImplicit:
            if (!in_function) break;
            [[fallthrough]];
        case Reach::kGlobalExplicit: {
            int index = unit_->names.index_of(mangled);
            // The low bit says whether an empty entry is pushed first; the optimizer sets it.
            if (context == ExprContext::Load) index <<= 1;
            emit(choose(context, op::LOAD_GLOBAL, op::STORE_GLOBAL, op::DELETE_GLOBAL), index);
            return;
        }
        case Reach::kUnknown: break;
    }
    emit(choose(context, op::LOAD_NAME, op::STORE_NAME, op::DELETE_NAME), unit_->names.index_of(mangled));
}

}  // namespace refscope::compiler
