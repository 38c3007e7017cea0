// The controller: where a program stops, and how it goes on. The debug session drives it; it knows no protocol.
//
// Everything runs on the interpreter thread. While the program is stopped, the controller calls `Listener::stopped`, which returns only
// when the program is to go on (it serves the session's requests meanwhile, also from inside a deallocation or a collection). Another
// thread asks for attention with request_pause or wake; the interpreter then calls `Listener::attention`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "vm/interpreter/frame.h"

namespace refscope::vm {

enum class StopReason { kEntry, kBreakpoint, kFunctionBreakpoint, kStep, kPause, kException, kCollect };

struct DyingObject {
    Object* object;
    bool named_first;  // the one the stop is about
};

struct Stop {
    StopReason reason = StopReason::kPause;
    std::string description;           // one line, as the contract's forms
    std::vector<int> breakpoint_ids;
    Frame* frame = nullptr;            // innermost frame to show
    std::vector<Object*> dying;        // kCollect: the object first, then what is left of its cycle. Borrowed.
    Object* exception = nullptr;       // kException
};

class Listener {
  public:
    virtual ~Listener() = default;
    // Returns when the program goes on: how it does was set by resume().
    virtual void stopped(const Stop& stop) = 0;
    // At a call or back edge after wake(): requests that came while the program runs.
    virtual void attention() = 0;
    // A collect: breakpoint's class came into being, or its object died: see Controller::breakpoint_changed.
    virtual void breakpoint_changed(int id, bool verified, const std::string& message) = 0;
    virtual void console(const std::string& text) = 0;
    // Of the breakpoints that have been reached those that are to stop the program.
    virtual std::vector<int> stopping(const std::vector<int>& ids, Frame* frame) = 0;
};

enum class Resume { kContinue, kNext, kStepIn, kStepOut };

struct LineBreakpointResult {
    int id;
    bool verified;
    int line;             // where it really is
    std::string message;  // when not verified
};

// What the session needs of layers above this one; filled in by whoever wires the program.
struct ProgramOutput {
    void (*flush)() = [] {};      // the program's standard streams
    void (*interrupt)() = [] {};  // wakes the interpreter from a blocking call; any thread
    // The other way: called before each write to standard output or error, with the descriptor.
    std::function<void(int descriptor)> before_write;
};
extern ProgramOutput program_output;

class Controller {
  public:
    static Controller& instance();
    void attach(Listener* listener);
    // All breakpoints go; the program runs free.
    void detach();
    bool attached() const { return listener_ != nullptr; }

    // Any thread.
    void request_pause();
    void wake();

    // Makes KeyboardInterrupt pending; called from Listener::attention.
    void interrupt_program();

    void stop_at_entry();  // stop before the first line of the program
    void resume(Resume how);

    // Replaces the file's breakpoints.
    std::vector<LineBreakpointResult> set_line_breakpoints(const std::string& path, const std::vector<std::pair<int, int>>& id_and_line);
    struct FunctionBreakpoint {
        int id;
        std::string name;  // a function's name, or collect:Class, collect:0x7f…
    };
    struct BreakpointStatus {
        int id;
        bool verified;
        std::string message;
    };
    std::vector<BreakpointStatus> set_function_breakpoints(const std::vector<FunctionBreakpoint>& breakpoints);
    // Break when this object is collected (a data breakpoint on `life`).
    struct LifeBreakpoint {
        int id;
        Object* object;
    };
    std::vector<BreakpointStatus> set_life_breakpoints(const std::vector<LifeBreakpoint>& breakpoints);
    void set_exception_breakpoints(bool raised, bool uncaught);

    // The program's thread is stopped inside `Listener::stopped`.
    bool is_stopped() const { return stopped_; }
    const Stop& current_stop() const { return stop_; }

    // Suspends breakpoints while the debugger itself runs code of the program.
    class Quiet {
      public:
        Quiet();
        ~Quiet();
    };

  private:
    friend struct ControlHooks;
    Controller();
    void stop(Stop stop);
    void update_hooks();

    Listener* listener_ = nullptr;
    bool stopped_ = false;
    Stop stop_;
};

// What an expression stands for. Exactly one of `object` and `text` is set; with neither, `error` says why.
struct Evaluated {
    Object* object = nullptr;  // borrowed from the program, or from debugger_references
    std::string text;          // a value that is no object of the program: a number, a truth, a type's name
    std::string error;
    bool needs_code = false;   // it could be had by running code of the program
};
// Evaluation that runs no code of the program and makes no object: names, attributes that are stored (never properties), items of
// built-in containers, len(), id(), type(), sys.getrefcount(), comparisons of numbers and strings, and, or, not. `frame` nullptr: no names.
Evaluated evaluate_quietly(Frame* frame, const std::string& expression);
// The console: any expression or statement, in the frame's namespaces. Objects it makes are held by debugger_references until the program
// goes on.
Evaluated evaluate_freely(Frame* frame, const std::string& source);
// For breakpoints, while the program is not stopped: what evaluating makes is gone again afterwards, and what the program was about to raise
// is not touched. `error` says why it could not be told.
bool condition_holds(Frame* frame, const std::string& expression, std::string* error);
// A str as it is, anything else as it is shown; an error in angle brackets.
std::string evaluate_to_text(Frame* frame, const std::string& expression);
// Why the text is no expression; empty: it is one.
std::string problem_of_expression(const std::string& expression);
// The pending exception in words, which is cleared.
std::string describe_pending_error();
// A local, cell, global or builtin by name: borrowed, nullptr: unbound.
Object* lookup_name(Frame* frame, const std::string& name);

}  // namespace refscope::vm
