// Code generation: walks the folded tree with its scopes and fills one flow graph for each code object, in CPython 3.11's shapes
// and order. The class is one, its members are spread over files by construct: codegen_statements, _loops_try,
// _with_async, _functions, _comprehensions, _expressions, _calls, _names, _match, _warnings. Only compile() uses it;
// it lives for one compilation and throws CompileFailure.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "vm/compiler/compile.h"
#include "vm/compiler/constants.h"
#include "vm/compiler/failure.h"
#include "vm/compiler/flow_graph.h"
#include "vm/compiler/folded_tree.h"
#include "vm/compiler/names.h"
#include "vm/compiler/scopes.h"

namespace refscope::compiler {

/// Names with the index by which instructions mean them, in the order of their first use.
class NameTable {
  public:
    explicit NameTable(int first = 0) : first_(first) {}
    int index_of(std::string_view name) {
        auto [found, inserted] = index_.try_emplace(name, first_ + static_cast<int>(names_.size()));
        if (inserted) names_.push_back(name);
        return found->second;
    }
    int find(std::string_view name) const {
        auto found = index_.find(name);
        return found == index_.end() ? -1 : found->second;
    }
    int size() const { return static_cast<int>(names_.size()); }
    const std::vector<std::string_view>& names() const { return names_; }

  private:
    int first_;
    std::vector<std::string_view> names_;
    std::unordered_map<std::string_view, int> index_;
};

enum class UnitKind : uint8_t { kModule, kClass, kFunction, kAsyncFunction, kLambda, kComprehension };

/// What a statement that leaves a block has to undo.
enum class FrameBlockKind : uint8_t {
    kWhile, kFor, kTryExcept, kFinallyTry, kFinallyEnd, kWith, kAsyncWith, kHandlerCleanup, kPopValue,
    kExceptionHandler, kExceptionGroupHandler, kAsyncComprehension,
};
struct FrameBlock {
    FrameBlockKind kind;
    Block* block = nullptr;
    Block* exit = nullptr;
    const syntax::Node* statement = nullptr;                         // kWith
    const base::Sequence<syntax::StmtNode*>* final_body = nullptr;   // kFinallyTry
    std::string_view name = {};                                      // kHandlerCleanup: `except … as name`
};

/// One code object in the making.
struct Unit {
    Unit* parent = nullptr;
    Scope* scope = nullptr;
    UnitKind kind = UnitKind::kModule;
    std::string_view name;
    std::string qualname;
    std::string_view private_owner;  // the class whose private names are mangled
    int argcount = 0;
    int posonlyargcount = 0;
    int kwonlyargcount = 0;
    int first_line = 1;
    FlowGraph graph;
    ConstantList consts;
    std::unordered_map<const Constant*, int> const_index;
    NameTable names;
    NameTable varnames;
    NameTable cellvars;
    NameTable freevars;
    std::vector<FrameBlock> frame_blocks;
    Position at;  // what the next instructions are marked with
};

/// State while one `case` is compiled: which names it captures and where it goes on failure.
struct PatternContext {
    std::vector<std::string_view> stores;
    bool allow_irrefutable = false;
    std::vector<Block*> fail_pop;  // jumping to [i] pops i entries
    int on_top = 0;                // entries above the captures
};

class CodeGenerator {
  public:
    CodeGenerator(const CompileOptions& options, std::string_view filename, uint32_t flags, int future_line,
                  ScopeTable& scopes, NameStore& names, std::vector<CompileWarning>& warnings)
        : options_(options), filename_(filename), flags_(flags), future_line_(future_line), scopes_(scopes),
          names_(names), warnings_(warnings) {}

    bytecode::CodeUnitRef module(const syntax::ModNode* tree);

  private:
    using StmtNode = syntax::StmtNode;
    using ExprNode = syntax::ExprNode;
    using PatternNode = syntax::PatternNode;
    template <class T>
    using Sequence = base::Sequence<T>;

    // ---- emitting (codegen.cpp)
    void emit(int opcode) { unit_->graph.add(opcode, 0, nullptr, unit_->at); }
    void emit(int opcode, int arg) { unit_->graph.add(opcode, arg, nullptr, unit_->at); }
    void emit_jump(int opcode, Block* target) { unit_->graph.add(opcode, 0, target, unit_->at); }
    void emit_without_line(int opcode, int arg = 0) { unit_->graph.add(opcode, arg, nullptr, kNoPosition); }
    void emit_jump_without_line(int opcode, Block* target) { unit_->graph.add(opcode, 0, target, kNoPosition); }
    void emit_call(int arguments) {
        emit(op::PRECALL, arguments);
        emit(op::CALL, arguments);
    }
    void emit_name(int opcode, std::string_view name) { emit(opcode, unit_->names.index_of(mangle(name))); }
    void load_const(const ConstantRef& constant) { emit(op::LOAD_CONST, add_const(constant)); }
    void load_none() { load_const(Constant::none()); }
    void load_int(int64_t value) { load_const(Constant::of_int(base::BigInt(value))); }
    int add_const(const ConstantRef& constant);
    Block* new_block() { return unit_->graph.new_block(); }
    void use(Block* block) { unit_->graph.use(block); }
    void set_location(const syntax::Node* node) { unit_->at = position_of(node); }
    void clear_location() { unit_->at = kNoPosition; }
    [[noreturn]] void error(std::string message) { fail(std::move(message), unit_->at); }
    void warn(std::string message);
    std::string_view mangle(std::string_view name) { return names_.mangle(unit_->private_owner, name); }
    static ConstantRef name_constant(std::string_view name) { return Constant::str(std::string(name), true); }
    static ConstantRef name_tuple(const std::vector<std::string_view>& names);
    bool allows_top_level_await() const {
        return options_.allow_top_level_await && unit_->scope->block == BlockKind::kModule;
    }

    // ---- units (codegen.cpp, codegen_finish.cpp)
    void enter(std::string_view name, UnitKind kind, const void* key, int line);
    void leave() { unit_ = unit_->parent; }
    void set_qualname();
    bytecode::CodeUnitRef finish(bool add_none);
    uint32_t code_flags() const;
    void insert_prefix(std::vector<int>& cell_slots);
    std::vector<int> cell_slots() const;
    void body(const Sequence<StmtNode*>& statements);

    // ---- names
    void name_operation(std::string_view name, syntax::ExprContext context);
    void refuse_debug(std::string_view name, syntax::ExprContext context);
    Reach reach_for_closure(std::string_view name);
    void make_closure(const bytecode::CodeUnitRef& code, int flags);

    // ---- frame blocks
    void push_frame_block(FrameBlock block);
    void pop_frame_block() { unit_->frame_blocks.pop_back(); }
    void unwind(const FrameBlock& block, bool preserve_top);
    /// Undoes all blocks, or with `loop` those inside the innermost loop, which is returned (null if there is none).
    const FrameBlock* unwind_all(bool preserve_top, bool to_loop);
    void call_exit_with_nones();
    void pop_except_and_reraise();
    void yield_from(bool await);

    // ---- statements
    void statement(const StmtNode* node);
    void statements(const Sequence<StmtNode*>& nodes) {
        for (StmtNode* node : nodes) statement(node);
    }
    void expression_statement(const ExprNode* value);
    void assign(const syntax::Assign* node);
    void augmented_assign(const syntax::AugAssign* node);
    void annotated_assign(const syntax::AnnAssign* node);
    void evaluate_and_drop(const ExprNode* node);
    void evaluate_annotated_subscript(const ExprNode* node);
    void return_statement(const syntax::Return* node);
    void break_statement();
    void continue_statement();
    void raise(const syntax::Raise* node);
    void assert_statement(const syntax::Assert* node);
    void import(const syntax::Import* node);
    void import_as(std::string_view name, std::string_view asname);
    void import_from(const syntax::ImportFrom* node);
    void if_statement(const syntax::If* node);
    void while_statement(const syntax::While* node);
    void for_statement(const syntax::For* node);
    void async_for(const syntax::For* node);
    void try_statement(const syntax::Try* node);
    void try_finally(const syntax::Try* node);
    void try_except(const syntax::Try* node);
    void except_handler(const syntax::ExceptHandler* handler, Block* end);
    void try_star(const syntax::Try* node);
    void forget_name(std::string_view name);
    void with(const syntax::With* node, size_t item);
    void async_with(const syntax::With* node, size_t item);
    void finish_with_exception(Block* cleanup);

    // ---- functions and classes
    void function(const syntax::FunctionDef* node, bool is_async);
    void class_definition(const syntax::ClassDef* node);
    void lambda(const syntax::Lambda* node);
    void apply_decorators(const Sequence<ExprNode*>& decorators);
    void check_debug_parameters(const syntax::Arguments& args);
    int default_arguments(const syntax::Arguments& args);
    bool keyword_defaults(const syntax::Arguments& args);
    bool annotations(const syntax::Arguments& args, const ExprNode* returns);
    void annotation(std::string_view name, const ExprNode* expression, int& count);
    void text_annotation(const ExprNode* expression);
    bool annotations_are_text() const { return flags_ & bytecode::kCoFutureAnnotations; }

    // ---- expressions
    void expression(const ExprNode* node);
    void expression_inner(const ExprNode* node);
    void expressions(const Sequence<ExprNode*>& nodes) {
        for (ExprNode* node : nodes) expression(node);
    }
    void bool_operation(const syntax::BoolOp* node);
    void conditional(const syntax::IfExp* node);
    void compare(const syntax::Compare* node);
    void compare_operator(syntax::CmpOperator op);
    void binary_operator(syntax::Operator op, bool inplace);
    void jump_if(const ExprNode* node, Block* next, bool condition);
    void jump_if_chain(const syntax::Compare* node, Block* next, bool condition);
    void sequence_display(const Sequence<ExprNode*>& items, int pushed, int build, int add, int extend, bool tuple);
    void unpack(const Sequence<ExprNode*>& targets);
    void dict_display(const syntax::Dict* node);
    void dict_part(const syntax::Dict* node, size_t begin, size_t end);
    void attribute(const syntax::Attribute* node);
    void move_to_attribute_name(const syntax::Attribute* node);
    void subscript(const syntax::Subscript* node);
    void slice(const syntax::Slice* node);
    void joined_string(const syntax::JoinedStr* node);
    void formatted_value(const syntax::FormattedValue* node);
    void emit_yield();

    // ---- calls
    void call(const syntax::Call* node);
    bool method_call(const syntax::Call* node);
    void call_arguments(int pushed, const Sequence<ExprNode*>& args, const Sequence<syntax::Keyword*>& keywords);
    void keyword_names(const Sequence<syntax::Keyword*>& keywords);
    void keyword_part(const Sequence<syntax::Keyword*>& keywords, size_t begin, size_t end);
    void check_keywords(const Sequence<syntax::Keyword*>& keywords);

    // ---- comprehensions
    void comprehension(const ExprNode* node, std::string_view name, const Sequence<syntax::Comprehension*>& generators,
                       const ExprNode* element, const ExprNode* value);
    void generator(const ExprNode* node, const Sequence<syntax::Comprehension*>& generators, size_t index, int depth,
                   const ExprNode* element, const ExprNode* value);
    void async_generator(const ExprNode* node, const Sequence<syntax::Comprehension*>& generators, size_t index,
                         int depth, const ExprNode* element, const ExprNode* value);
    void comprehension_element(const ExprNode* node, int depth, const ExprNode* element, const ExprNode* value);

    // ---- match
    void match(const syntax::Match* node);
    void pattern(const PatternNode* node, PatternContext& context);
    void subpattern(const PatternNode* node, PatternContext& context);
    void pattern_value(const syntax::MatchValue* node, PatternContext& context);
    void pattern_singleton(const syntax::MatchSingleton* node, PatternContext& context);
    void pattern_sequence(const syntax::MatchSequence* node, PatternContext& context);
    void pattern_sequence_items(const Sequence<PatternNode*>& patterns, PatternContext& context);
    void pattern_sequence_by_index(const Sequence<PatternNode*>& patterns, int star, PatternContext& context);
    void pattern_mapping(const syntax::MatchMapping* node, PatternContext& context);
    void mapping_keys(const syntax::MatchMapping* node);
    void pattern_class(const syntax::MatchClass* node, PatternContext& context);
    void check_class_keywords(const syntax::MatchClass* node);
    void pattern_as(const syntax::MatchAs* node, PatternContext& context);
    void pattern_or(const syntax::MatchOr* node, PatternContext& context);
    void order_captures(const std::vector<std::string_view>& wanted, PatternContext& context);
    void capture(std::string_view name, PatternContext& context);
    void rotate(int count);
    void require_fail_pop(PatternContext& context, int count);
    void jump_to_fail_pop(PatternContext& context, int opcode);
    void emit_fail_pops(PatternContext& context);

    // ---- warnings
    void check_compare(const syntax::Compare* node);
    void check_callee(const ExprNode* node);
    void check_subscripted(const ExprNode* node);
    void check_index(const ExprNode* node, const ExprNode* index);

    /// Restores the location at the end of the block.
    class LocationScope {
      public:
        explicit LocationScope(CodeGenerator& generator) : unit_(generator.unit_), saved_(unit_->at) {}
        ~LocationScope() { unit_->at = saved_; }
        LocationScope(const LocationScope&) = delete;

      private:
        Unit* unit_;
        Position saved_;
    };

    const CompileOptions& options_;
    std::string_view filename_;
    uint32_t flags_;
    int future_line_;
    ScopeTable& scopes_;
    NameStore& names_;
    std::vector<CompileWarning>& warnings_;
    ConstantPool pool_;
    std::vector<std::unique_ptr<Unit>> units_;
    Unit* unit_ = nullptr;
    bool interactive_ = false;
    int depth_ = 0;
};

}  // namespace refscope::compiler
