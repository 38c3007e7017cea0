// The objects of the module _sre: compiled patterns, matches, scanners.
#pragma once

#include <initializer_list>
#include <string>

#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/modules/sre_engine.h"
#include "vm/objects/buffer.h"

namespace refscope::vm::sre {

struct PatternObject : VarObject {
    intptr_t groups;
    Object* groupindex;  // dict: name -> number
    Object* indexgroup;  // tuple: number -> name or None
    Object* pattern;     // source text, or None
    int flags;
    Object* weakrefs;
    int is_bytes;        // -1: the source is None
    intptr_t code_size;
    Code code[1];
};
struct MatchObject : VarObject {
    Object* string;   // None after a scanner's reset never happens: always the subject
    Object* regs;     // made when first asked for
    PatternObject* pattern;
    intptr_t pos, endpos;
    intptr_t last_index;  // -1: none
    intptr_t groups;      // with group 0
    intptr_t marks[1];
};

extern Type pattern_type, match_type, scanner_type;

// A subject being searched: the state, and the hold on a buffer's memory.
class Subject {
  public:
    // False: TypeError (no text, or text of the other kind).
    bool open(PatternObject* pattern, Object* string, intptr_t start, intptr_t end);
    State& state() { return state_; }
    intptr_t position_argument() const { return pos_; }
    // From the end of the last match on; an empty one must not be found again.
    void advance() {
        state_.must_advance = state_.position == state_.start;
        state_.start = state_.position;
    }
    Status find(PatternObject* pattern, bool anywhere);  // raises for failures
    Owned slice(intptr_t begin, intptr_t end) const;
    // Group `index` of the last match; an unset one gives None, or empty text.
    Owned group(intptr_t index, bool empty) const;
    Object* string() const { return string_; }

  private:
    State state_{};
    BufferHold buffer_;
    Object* string_ = nullptr;  // borrowed
    intptr_t pos_ = 0;
    intptr_t groups_ = 0;
};

bool status_failed(Status status);  // raises MemoryError or leaves the interruption pending
Owned slice_of(Object* string, const void* bytes, intptr_t begin, intptr_t end);
// Calls a function of the library's module `re` (_expand, _subx).
Owned call_re_helper(const char* function, std::initializer_list<Object*> args);
Owned match_new(PatternObject* pattern, Subject& subject);
Owned pattern_scanner(Object* self, Object* const* args, intptr_t nargs, Object* kwnames);
int init_sre_match_types();

}  // namespace refscope::vm::sre
