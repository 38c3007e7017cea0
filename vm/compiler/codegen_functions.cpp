// Functions, lambdas and classes.
#include "vm/compiler/codegen.h"
#include "vm/compiler/unparse.h"

namespace refscope::compiler {

using namespace syntax;

namespace {

constexpr int kHasDefaults = 1;
constexpr int kHasKeywordDefaults = 2;
constexpr int kHasAnnotations = 4;
constexpr int kHasClosure = 8;

int first_line_of(const Sequence<ExprNode*>& decorators, const Node* node) {
    return decorators.empty() ? node->range.lineno : decorators.front()->range.lineno;
}

}  // namespace

void CodeGenerator::make_closure(const bytecode::CodeUnitRef& code, int flags) {
    int free_count = 0;
    for (int i = 0; i < code->nlocalsplus(); i++) {
        if (!(code->localspluskinds[static_cast<size_t>(i)] & bytecode::kLocalFree)) continue;
        const std::string& name = code->localsplusnames[static_cast<size_t>(i)];
        // A name that is both local to a class and free in its methods comes from outside for them.
        NameTable& table = reach_for_closure(name) == Reach::kCell ? unit_->cellvars : unit_->freevars;
        emit(op::LOAD_CLOSURE, table.find(name));
        free_count++;
    }
    if (free_count) {
        flags |= kHasClosure;
        emit(op::BUILD_TUPLE, free_count);
    }
    load_const(Constant::of_code(code));
    emit(op::MAKE_FUNCTION, flags);
}

void CodeGenerator::apply_decorators(const Sequence<ExprNode*>& decorators) {
    LocationScope saved(*this);
    for (size_t i = decorators.size(); i-- > 0;) {
        set_location(decorators[i]);
        emit_call(0);
    }
}

void CodeGenerator::check_debug_parameters(const Arguments& args) {
    auto check = [this](const Arg* arg) {
        if (arg) refuse_debug(arg->arg, ExprContext::Store);
    };
    for (Arg* arg : args.posonlyargs) check(arg);
    for (Arg* arg : args.args) check(arg);
    check(args.vararg);
    for (Arg* arg : args.kwonlyargs) check(arg);
    check(args.kwarg);
}

bool CodeGenerator::keyword_defaults(const Arguments& args) {
    std::vector<std::string_view> names;
    for (size_t i = 0; i < args.kwonlyargs.size(); i++) {
        if (!args.kw_defaults[i]) continue;
        names.push_back(mangle(args.kwonlyargs[i]->arg));
        expression(args.kw_defaults[i]);
    }
    if (names.empty()) return false;
    load_const(name_tuple(names));
    emit(op::BUILD_CONST_KEY_MAP, static_cast<int>(names.size()));
    return true;
}

int CodeGenerator::default_arguments(const Arguments& args) {
    int flags = 0;
    if (!args.defaults.empty()) {
        expressions(args.defaults);
        emit(op::BUILD_TUPLE, static_cast<int>(args.defaults.size()));
        flags |= kHasDefaults;
    }
    if (keyword_defaults(args)) flags |= kHasKeywordDefaults;
    return flags;
}

void CodeGenerator::text_annotation(const ExprNode* node) { load_const(Constant::str(unparse(node))); }

void CodeGenerator::annotation(std::string_view name, const ExprNode* node, int& count) {
    if (!node) return;
    load_const(name_constant(mangle(name)));
    if (annotations_are_text()) {
        text_annotation(node);
    } else if (auto* starred = node_cast<Starred>(node)) {
        // *args: *Ts means [value] = [*Ts]
        expression(starred->value);
        emit(op::UNPACK_SEQUENCE, 1);
    } else {
        expression(node);
    }
    count += 2;
}

bool CodeGenerator::annotations(const Arguments& args, const ExprNode* returns) {
    int count = 0;
    auto argument = [this, &count](const Arg* arg) {
        if (arg) annotation(arg->arg, arg->annotation, count);
    };
    for (Arg* arg : args.args) argument(arg);
    for (Arg* arg : args.posonlyargs) argument(arg);
    argument(args.vararg);
    for (Arg* arg : args.kwonlyargs) argument(arg);
    argument(args.kwarg);
    annotation("return", returns, count);
    if (!count) return false;
    emit(op::BUILD_TUPLE, count);
    return true;
}

void CodeGenerator::function(const FunctionDef* node, bool is_async) {
    const Arguments& args = *node->args;
    check_debug_parameters(args);
    expressions(node->decorator_list);
    int first_line = first_line_of(node->decorator_list, node);
    int flags = default_arguments(args);
    if (annotations(args, node->returns)) flags |= kHasAnnotations;

    enter(node->name, is_async ? UnitKind::kAsyncFunction : UnitKind::kFunction, node, first_line);
    const FoldedConstant* docstring = options_.optimize < 2 ? docstring_of(node->body) : nullptr;
    add_const(docstring ? docstring->value : Constant::none());
    unit_->argcount = static_cast<int>(args.args.size());
    unit_->posonlyargcount = static_cast<int>(args.posonlyargs.size());
    unit_->kwonlyargcount = static_cast<int>(args.kwonlyargs.size());
    for (size_t i = docstring ? 1 : 0; i < node->body.size(); i++) statement(node->body[i]);
    bytecode::CodeUnitRef code = finish(true);
    leave();
    make_closure(code, flags);
    apply_decorators(node->decorator_list);
    name_operation(node->name, ExprContext::Store);
}

void CodeGenerator::lambda(const Lambda* node) {
    const Arguments& args = *node->args;
    check_debug_parameters(args);
    int flags = default_arguments(args);
    enter("<lambda>", UnitKind::kLambda, node, node->range.lineno);
    add_const(Constant::none());  // so that no string is its docstring
    unit_->argcount = static_cast<int>(args.args.size());
    unit_->posonlyargcount = static_cast<int>(args.posonlyargs.size());
    unit_->kwonlyargcount = static_cast<int>(args.kwonlyargs.size());
    expression(node->body);
    bool generator = unit_->scope->generator;
    if (!generator) emit(op::RETURN_VALUE);
    bytecode::CodeUnitRef code = finish(!generator);
    leave();
    make_closure(code, flags);
}

void CodeGenerator::class_definition(const ClassDef* node) {
    expressions(node->decorator_list);
    enter(node->name, UnitKind::kClass, node, first_line_of(node->decorator_list, node));
    unit_->private_owner = node->name;
    name_operation("__name__", ExprContext::Load);
    name_operation("__module__", ExprContext::Store);
    load_const(Constant::str(unit_->qualname));
    name_operation("__qualname__", ExprContext::Store);
    body(node->body);
    clear_location();
    if (unit_->scope->needs_class_cell) {
        emit(op::LOAD_CLOSURE, unit_->cellvars.find("__class__"));
        emit(op::COPY, 1);
        name_operation("__classcell__", ExprContext::Store);
    } else {
        load_none();
    }
    emit(op::RETURN_VALUE);
    bytecode::CodeUnitRef code = finish(true);
    leave();

    emit(op::PUSH_NULL);
    emit(op::LOAD_BUILD_CLASS);
    make_closure(code, 0);
    load_const(name_constant(node->name));
    call_arguments(2, node->bases, node->keywords);
    apply_decorators(node->decorator_list);
    name_operation(node->name, ExprContext::Store);
}

}  // namespace refscope::compiler
