// The abstract run: executes a file's module level, then each function's body for its own names, over abstract objects
// (heap.h), and records what is certain about each name after its line. Branches are run both ways and joined, loops to
// a state that every iteration keeps, calls of functions of the file are run in place; whatever code is not known may
// touch is given up. Bounded in depth and steps; a tree from a broken file is as good as any.
//
// The parts: run.cpp (names, frames, assignments), run_control.cpp, run_expressions.cpp, run_calls.cpp,
// run_classes.cpp, run_builtins.cpp, run_methods.cpp, run_facts.cpp (what is recorded). Made for one module, which must
// outlive it; used on one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lsp/facts/constants.h"
#include "lsp/facts/counts.h"
#include "lsp/facts/heap.h"
#include "lsp/facts/scope_names.h"

namespace refscope::lsp::facts {

class Run {
  public:
    explicit Run(const syntax::Module& module);
    // By offset of the name.
    std::map<std::uint32_t, CountFact> facts();

  private:
    // ---- frames

    struct Exit {
        Heap heap;
        Id value;
    };
    struct Loop {
        std::vector<Heap> boundaries;  // at each `continue`
        std::vector<Heap> breaks;
    };
    struct Frame {
        const Block* block = nullptr;
        Frame* caller = nullptr;
        Frame* lexical = nullptr;  // of a class body or comprehension: the frame around it
        Id scope = kUnbound;
        Id function = kUnbound;    // kUnbound: run for itself, for any caller
        std::string_view class_name;
        Id class_of_method = kUnbound;
        std::vector<Exit> returns;
        std::vector<Loop> loops;
        std::size_t dead_base = 0;
        int exception_depth = 0;
    };
    struct Arguments {
        std::vector<Id> positional;
        std::vector<std::pair<std::string_view, Id>> keywords;
        bool complete = true;  // false: stars that are not known
        bool plain(std::size_t count) const {
            return complete && keywords.empty() && positional.size() == count;
        }
        Id keyword(std::string_view name) const;
    };

    void enter(Frame& frame, const Block& block);
    void leave(Frame& frame, std::size_t dead_base);
    Id cell_of(Frame& frame, std::string_view name);
    Id load(std::string_view name);
    Id load_global(std::string_view name);
    Id load_builtin(std::string_view name);
    void store(std::string_view name, Id value);
    void unbind(std::string_view name);
    void store_at(Id scope, std::uint32_t slot, std::string_view name, Id value);
    // What a name is bound to now, without effects; kUnbound for none.
    Id peek(std::string_view name) const;
    std::optional<std::pair<Id, std::uint32_t>> place_of(std::string_view name) const;

    // ---- statements

    void run_module();
    void run_function_alone(const Block& block);
    void body(const syntax::Sequence<syntax::StmtNode*>& statements);
    void statement(const syntax::StmtNode& node);
    void simple_statement(const syntax::StmtNode& node);
    void release_dead(std::size_t from);
    void assign(const syntax::ExprNode* target, Id value);
    void assign_unpacked(const syntax::Sequence<syntax::ExprNode*>& targets, Id value);
    void augmented(const syntax::AugAssign& node);
    void annotated(const syntax::AnnAssign& node);
    void remove(const syntax::ExprNode* target);
    void import(const syntax::Import& node);
    void import_from(const syntax::ImportFrom& node);
    void define_function(const syntax::FunctionDef& node);
    void define_class(const syntax::ClassDef& node);

    // run_control.cpp
    void branch(const syntax::If& node);
    void match(const syntax::Match& node);
    void bind_pattern(const syntax::Node* pattern);
    void loop_for(const syntax::For& node);
    void loop_while(const syntax::While& node);
    void loop(const std::function<void()>& once, const syntax::Sequence<syntax::StmtNode*>& orelse, bool can_end);
    void try_statement(const syntax::Try& node);
    void try_parts(const syntax::Try& node);
    std::vector<std::size_t> exits() const;
    void give_up_exits(const std::vector<std::size_t>& before, Id end);
    void with(const syntax::With& node, std::size_t item);
    void join_with(std::vector<Heap>& others);
    // Runs `code` as what may end early at any place: the state of such ends is given back.
    Heap interruptible(const std::function<void()>& code);

    // ---- expressions

    Id eval(const syntax::ExprNode* node);
    Id eval_kind(const syntax::ExprNode& node);
    Id constant_of(const syntax::Constant& node);
    bool is_constant_tree(const syntax::ExprNode* node) const;
    Id display(Kind kind, const syntax::Sequence<syntax::ExprNode*>& elements);
    Id dict_display(const syntax::Dict& node);
    Id binary(syntax::Operator op, Id left, Id right, bool in_place);
    Id unary(const syntax::UnaryOp& node);
    Id boolean(const syntax::BoolOp& node);
    Id compare(const syntax::Compare& node);
    Id conditional(const syntax::IfExp& node);
    Id joined_text(const syntax::JoinedStr& node);
    Id comprehension(const syntax::ExprNode& node);
    Id generator_expression(const syntax::GeneratorExp& node);
    Id subscript(Id container, const syntax::ExprNode* index);
    Id item(Id container, Id key);
    void store_item(Id container, const syntax::ExprNode* index, Id value);
    void delete_item(Id container, const syntax::ExprNode* index);
    Id either(const std::function<Id()>& one, const std::function<Id()>& other);

    // ---- values

    struct Number {
        bool is_float = false;
        bool known = false;
        std::int64_t value = 0;
    };
    std::string_view type_of(Id value) const;
    std::optional<Number> number_of(Id value) const;
    std::optional<std::string_view> text_of(Id value) const;
    std::optional<bool> truth(Id value);
    bool is_none(Id value) const { return value == constants_.none(); }
    Id new_integer(std::optional<std::int64_t> value);
    Id new_text(std::optional<std::string> value, std::string_view type);
    Id fresh(std::string_view type) { return heap_.make(Kind::kOther, type); }
    Id list_of(const std::vector<Id>& items);
    Id unknown_content(Kind kind, std::string_view type);  // fresh, holding what is not known
    // The items of a container whose content is known.
    std::optional<std::vector<Id>> items_of(Id value) const;
    std::optional<std::size_t> find_key(Id dict, Id key) const;  // slot of the key; slots.size(): not there
    std::optional<bool> same_key(Id a, Id b) const;
    Id iterator_over(Id value);
    // What iterating gives when nothing is known of it: runs what code that may.
    Id element_of(Id iterated, bool to_the_end = true);

    // Effects of code that is not known.
    void escape(Id value) { heap_.open(value); }
    void escape(const Arguments& arguments);
    void unknown_call();
    Id unknown_operation(std::initializer_list<Id> operands);
    void lose_everything(bool names = false);  // names: they may mean anything from now on
    // Something may keep the running frames (a traceback, `sys._getframe`): what they hold is held on.
    void frames_escape();
    // Runs the special methods of the file that an operation on these would call; gives up what it cannot.
    bool reaches_user_code(Id value, const std::vector<std::string_view>& methods) const;
    void observe(Id value, const std::vector<std::string_view>& methods);

    // ---- calls

    Id call(const syntax::Call& node);
    Arguments arguments_of(const syntax::Call& node);
    Id call_value(Id callee, const Arguments& arguments);
    Id call_function(Id function, const Arguments& arguments);
    bool bind_parameters(Frame& frame, const syntax::Arguments* parameters, Id function, const Arguments& arguments);
    Id call_unknown(Id callee, const Arguments& arguments);
    Id call_builtin(std::string_view name, const Arguments& arguments);
    Id call_builtin_type(std::string_view name, const Arguments& arguments);
    std::optional<Id> call_method(Id receiver, std::string_view name, const Arguments& arguments);
    std::optional<Id> list_method(Id list, std::string_view name, const Arguments& arguments);
    std::optional<Id> dict_method(Id dict, std::string_view name, const Arguments& arguments);
    std::optional<Id> set_method(Id set, std::string_view name, const Arguments& arguments);
    std::optional<Id> text_method(Id text, std::string_view name, const Arguments& arguments);
    Id retained(Id value);
    void doubt_order(Id list);
    Id dereference(Id weakref);
    Id weak_reference(const Arguments& arguments);
    void collect_garbage();
    Id make_function(const syntax::Node& node, const syntax::Arguments* parameters, const syntax::ExprNode* returns);

    // run_classes.cpp
    Id instantiate(Id cls, const Arguments& arguments);
    Id find_in_class(Id cls, std::string_view name, bool& known) const;
    bool class_is_known(Id cls) const;
    std::vector<Id> mro_of(Id cls) const;
    Id attribute(Id object, std::string_view name);
    Id attribute_call(Id object, std::string_view name, const Arguments& arguments);
    void store_attribute(Id object, std::string_view name, Id value);
    void delete_attribute(Id object, std::string_view name);
    std::string_view mangled(std::string_view name);
    std::optional<std::size_t> attribute_slot(Id object, std::string_view name) const;
    Id bind_method(Id function, Id receiver);
    void finalize(Id object);

    Id module_attribute(std::string_view module, std::string_view name);
    Id unwrapped(Id wrapper, Id receiver, Id cls);
    Id super_lookup(Id wrapper, std::string_view name, Id& found);

    // ---- facts (run_facts.cpp)

    struct Bounds {
        std::uint32_t low = 0;
        std::uint32_t high = 0;
        bool limited = true;  // `high` holds
        bool exact() const { return limited && low == high; }
    };
    struct Mention {
        std::string_view name;
        syntax::Range range;
        bool released = false;  // by `del x` or `x = None`
        Id object = kUnbound;   // which was
        Bounds before;
    };
    void begin_statement(const syntax::StmtNode& node);
    void end_statement(const syntax::StmtNode& node);
    void flush_mentions();
    void mention(const syntax::Node& node);
    void mention_name(std::string_view name, const syntax::Range& range);
    void record(const Mention& mention, int line);
    Bounds bounds(Id object) const;
    void find_garbage();
    bool hangs_on_root(Id object) const;
    std::vector<std::string> holders_of(Id object) const;
    std::string name_of(Id object, int depth) const;
    std::string holder_name(Id holder, Id object, const Slot& slot, int depth) const;

    struct ClassShape {
        bool has_dict = false;
        bool has_weakref = false;
        bool exception = false;
        bool plain = true;  // made and asked for attributes as `object` does it
        std::size_t slot_count = 0;
    };

    const syntax::Module& module_;
    ScopeNames names_;
    Constants constants_;
    Heap heap_;
    Frame* frame_ = nullptr;
    Id module_scope_ = kUnbound;
    bool reached_ = true;     // false: after return, raise, break, continue
    bool recording_ = false;
    bool lazy_annotations_ = false;
    int depth_ = 0;
    int call_depth_ = 0;
    std::int64_t steps_ = 0;
    bool exhausted_ = false;

    std::map<Id, ClassShape> shapes_;
    std::vector<Id> weakrefs_;
    std::vector<Id> callbacks_;  // weak references with one

    std::vector<Mention> mentions_;
    int mentions_line_ = 0;
    std::set<Id> garbage_;
    std::set<Id> old_garbage_;
    std::map<std::uint32_t, CountFact> facts_;
};

}  // namespace refscope::lsp::facts
