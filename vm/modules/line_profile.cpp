#include "vm/modules/line_profile.h"

#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/interpreter/interpreter.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

LineProfile* innermost = nullptr;

int64_t heap_bytes() {
    const HeapStatistics now = heap_statistics();
    return static_cast<int64_t>(now.object_bytes + now.block_bytes);
}

}  // namespace

struct ProfileHooks {
    static void at_instruction(Frame* frame) {
        for (LineProfile* profile = innermost; profile; profile = profile->outer_) profile->at_instruction(frame);
    }
    static void returned(Frame* frame, Object*) {
        for (LineProfile* profile = innermost; profile; profile = profile->outer_) profile->returned(frame);
    }
    static void update() {
        execution_hooks.profile_instruction = innermost ? at_instruction : nullptr;
        execution_hooks.function_returned = innermost ? returned : nullptr;
        execution_hooks.refresh();
    }
};

LineProfile::LineProfile(CodeObject* code) : outer_(innermost) {
    add_code(code);
    activations_.push_back({nullptr, code_unit(code).firstlineno});
    begin_block_counting();
    // The balance may be another's too: what it is now belongs to the past.
    heap_at_start_ = heap_bytes() - block_balance().current;
    innermost = this;
    ProfileHooks::update();
}

LineProfile::~LineProfile() { finish(); }

const std::map<int, LineUse>& LineProfile::finish() {
    if (finished_) return lines_;
    finished_ = true;
    while (!activations_.empty()) {
        line_done(activations_.back().line);
        activations_.pop_back();
    }
    innermost = outer_;
    ProfileHooks::update();
    end_block_counting();
    return lines_;
}

void LineProfile::add_code(CodeObject* code) {
    codes_.push_back(share(static_cast<Object*>(code)));
    for (intptr_t i = 0; i < tuple_size(code->co_consts); ++i) {
        Object* constant = tuple_get_item(code->co_consts, i);
        if (constant->type != &code_type) continue;
        constexpr uint32_t kSuspends = bytecode::kCoGenerator | bytecode::kCoCoroutine | bytecode::kCoAsyncGenerator;
        if (!(as_code(constant)->flags & kSuspends)) add_code(as_code(constant));
    }
}

bool LineProfile::covers(const CodeObject* code) const {
    for (const Ref<>& known : codes_)
        if (known.get() == code) return true;
    return false;
}

void LineProfile::line_done(int line) {
    const int64_t now = heap_at_start_ + block_balance().current;
    LineUse& use = lines_[line];
    use.increment += now - last_;
    if (now > use.most) use.most = now;
    ++use.occurrences;
    last_ = now;
}

void LineProfile::at_instruction(Frame* frame) {
    if (activations_.empty()) return;
    // Frames above this one have ended by an exception.
    for (size_t i = activations_.size(); i-- > 0;) {
        if (activations_[i].frame != frame) continue;
        while (activations_.size() > i + 1) {
            line_done(activations_.back().line);
            activations_.pop_back();
        }
        break;
    }
    if (activations_.back().frame != frame) {
        if (!covers(frame->code)) return;
        if (activations_.back().frame) activations_.push_back({frame, code_unit(frame->code).firstlineno});
        else activations_.back().frame = frame;
    }
    // CPython's line events: another line than the instruction before, or a jump backwards; from RESUME on.
    Activation& here = activations_.back();
    const bytecode::InstructionInfo& info = frame->info();
    const bool event = info.line >= 0 && here.last_line != kNotResumed && (info.line != here.last_line || info.unit < here.last_unit);
    if (frame->at()->op() == bytecode::RegisterOp::RESUME) here.last_line = -1;  // what follows is always an event
    else if (here.last_line != kNotResumed) here.last_line = info.line;
    here.last_unit = info.unit;
    if (!event) return;
    line_done(here.line);
    here.line = info.line;
}

void LineProfile::returned(Frame* frame) {
    if (activations_.empty() || activations_.back().frame != frame) return;
    line_done(activations_.back().line);
    activations_.pop_back();
}

}  // namespace refscope::vm
