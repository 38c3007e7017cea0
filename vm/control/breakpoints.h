// The breakpoints that are set, and where in the code they stand. Private to vm/control.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "vm/control/control.h"

namespace refscope::vm {

// Where line and function breakpoints stand in code that has been prepared. Patches follow on their own as code loads.
class CodeBreakpoints {
  public:
    std::vector<LineBreakpointResult> set_lines(const std::string& path, const std::vector<std::pair<int, int>>& id_and_line);
    void set_functions(std::vector<std::pair<int, std::string>> functions);
    void clear();
    void code_prepared(CodeObject* code);
    // The breakpoints that stand at this instruction; `function`: one of them is a function breakpoint.
    std::vector<int> at(const Frame* frame, bool* function) const;

    // Every instruction of these frames' code becomes a place where the loops change over: a step that begins inside an
    // instruction, or that returns into another activation of the fast loop, is taken up there.
    void flood(Frame* innermost);
    void drain();

  private:
    void patch(CodeObject* code);
    std::vector<CodeObject*> flooded_;  // owned

    std::map<std::string, std::map<int, std::vector<int>>> lines_;  // real path → line → ids
    std::vector<std::pair<int, std::string>> functions_;
};

// Breakpoints on the death of objects, by class and by object.
class DeathBreakpoints {
  public:
    struct ByClass {
        int id;
        std::string name;
        bool verified;
    };
    struct ByObject {
        int id;
        Object* object;
    };
    void set_classes(std::vector<ByClass> classes) { classes_ = std::move(classes); }
    void set_named_objects(std::vector<ByObject> objects) { named_objects_ = std::move(objects); }
    void set_objects(std::vector<ByObject> objects) { objects_ = std::move(objects); }
    std::vector<ByClass>& classes() { return classes_; }
    bool any() const { return !classes_.empty() || !objects_.empty() || !named_objects_.empty(); }
    std::vector<int> matching(Object* object) const;
    // The object is gone: its breakpoints end. The ids that ended.
    std::vector<int> forget(Object* object);

  private:
    std::vector<ByClass> classes_;
    std::vector<ByObject> objects_, named_objects_;
};

std::string real_path(const std::string& path);
// The lines of a file on which execution can stop; empty when it does not compile.
std::set<int> executable_lines(const std::string& path);
// "last reference dropped (global 'a', line 7)"
std::string describe_last_release(Object* object);
// The strongly connected part of `objects` that `object` belongs to, the object first.
std::vector<Object*> cycle_of(Object* object, Object* const* objects, intptr_t count);

}  // namespace refscope::vm
