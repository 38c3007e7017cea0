// Variable references of one stop: what a number stands for until the program goes on.
//
// Objects are borrowed: the program does not run meanwhile, and what a console command may have freed is noticed by is_alive.
#pragma once

#include <string>
#include <vector>

#include "protocol/dap_types.h"
#include "vm/control/control.h"
#include "vm/inspect/children.h"
#include "vm/inspect/display.h"

namespace refscope::dap {

enum class Place {
    kLocals,       // frame
    kGlobals,      // frame
    kTemporaries,  // frame
    kDying,        // the objects of the stop
    kObject,       // object: its children, then `memory`
    kGroup,        // object, text: a group of its children
    kMemory,       // object: the rows of `memory`
    kHolders,      // object
    kWeakReferences,  // object
    kMemoryScope,
    kGeneration,   // index
    kByType,
    kByLine,
    kInstances,    // object: the type
};

struct Reference {
    Place place;
    vm::Object* object = nullptr;
    vm::Frame* frame = nullptr;
    int index = 0;
    std::string text = {};
};

class VariableStore {
  public:
    void clear() { references_.clear(); }
    protocol::Int add(Reference reference);
    // nullptr: no such reference at this stop.
    const Reference* find(protocol::Int reference) const;

    protocol::dap::Variable variable(const std::string& name, vm::Object* object, const std::string& evaluate_name);
    std::vector<protocol::dap::Variable> children(const Reference& reference, const protocol::dap::VariablesArguments& arguments);
    // The object that the child of that name stands for; nullptr: none.
    vm::Object* child_object(const Reference& reference, const std::string& name);

    vm::DisplayOptions display;
    const vm::Stop* stop = nullptr;
    // For "growth since the last stop".
    struct Totals {
        std::vector<std::pair<std::string, std::pair<long long, long long>>> by_type, by_line;
    };
    Totals before;

  private:
    using Variables = std::vector<protocol::dap::Variable>;
    Variables locals(vm::Frame* frame);
    Variables globals(vm::Frame* frame);
    Variables object_children(vm::Object* object, const protocol::dap::VariablesArguments& arguments);
    Variables child_variables(const std::vector<vm::Child>& children);
    Variables memory_rows(vm::Object* object);
    Variables holders(vm::Object* object);
    Variables weak_references(vm::Object* object);
    Variables memory_scope();
    Variables generation(int index);
    Variables by_type(const protocol::dap::VariablesArguments& arguments);
    Variables by_line(const protocol::dap::VariablesArguments& arguments);

    std::vector<Reference> references_;
};

// A variable that is text only.
protocol::dap::Variable text_row(const std::string& name, const std::string& value, protocol::Int reference = 0);

}  // namespace refscope::dap
