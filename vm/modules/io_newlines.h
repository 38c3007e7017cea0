// What the `newline` argument of text files means: where lines end, what is translated, which line ends were seen.
#pragma once

#include <string>

#include "vm/heap/object.h"

namespace refscope::vm {

struct Newlines {
    bool universal = false;    // '\r', '\n' and '\r\n' end lines
    bool translates = false;   // and are read as '\n'
    char end[3] = "\n";        // else this does
    char written[3] = "";      // what a '\n' becomes when written; "" : itself

    // newline of open() and TextIOWrapper: nullptr is None. ValueError for another text.
    bool choose(const char* newline);
    // newline of StringIO: missing means "\n", and None translates what is written.
    bool choose_memory(Object* newline_or_null);
    Owned chosen() const;  // the argument again

    std::u32string translate_read(std::u32string text);     // notes what it sees
    std::u32string translate_written(std::u32string text);  // for StringIO: both directions
    // Characters up to the end of the first line, its end included; `complete`: nothing can follow, so that a
    // '\r' at the end is one. 0: the line does not end here.
    template <class Character>
    size_t line_length(const Character* text, size_t size, bool complete) const {
        for (size_t i = 0; i < size; ++i) {
            const auto c = text[i];
            if (universal && !translates) {
                if (c == '\n') return i + 1;
                if (c != '\r') continue;
                if (i + 1 < size) return i + (text[i + 1] == '\n' ? 2 : 1);
                return complete ? i + 1 : 0;
            }
            if (c != static_cast<Character>(end[0])) continue;
            if (!end[1]) return i + 1;
            if (i + 1 < size && text[i + 1] == static_cast<Character>(end[1])) return i + 2;
        }
        return complete ? size : 0;
    }
    Owned seen() const;  // None, a str, or a tuple of them
    void note(bool carriage, bool line_feed, bool both) {
        seen_ = static_cast<unsigned char>(seen_ | carriage | line_feed << 1 | both << 2);
    }
    void forget_seen() { seen_ = 0; }

  private:
    unsigned char seen_ = 0;
    bool given_ = false;
};

}  // namespace refscope::vm
