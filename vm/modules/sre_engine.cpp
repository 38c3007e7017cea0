#include "vm/modules/sre_engine.h"

#include <new>

#include "vm/modules/sre_matcher.h"

namespace refscope::vm::sre {

Status match(State& state, const Code* code) {
    try {
        if (state.kind == 1) return Matcher<uint8_t>(state).match(code);
        if (state.kind == 2) return Matcher<uint16_t>(state).match(code);
        return Matcher<uint32_t>(state).match(code);
    } catch (const std::bad_alloc&) {
        return Status::kMemory;
    }
}

Status search(State& state, const Code* code) {
    try {
        if (state.kind == 1) return Matcher<uint8_t>(state).search(code);
        if (state.kind == 2) return Matcher<uint16_t>(state).search(code);
        return Matcher<uint32_t>(state).search(code);
    } catch (const std::bad_alloc&) {
        return Status::kMemory;
    }
}

}  // namespace refscope::vm::sre
