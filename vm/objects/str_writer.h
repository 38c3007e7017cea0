// StrWriter: builds a str piece by piece (CPython's _PyUnicodeWriter).
//
// Widens its buffer when a wider character comes. It owns the unfinished string; nothing else may see it. A method that
// returns false leaves an exception pending.
#pragma once

#include <string_view>

#include "vm/objects/str.h"

namespace refscope::vm {

class StrWriter {
  public:
    explicit StrWriter(intptr_t capacity = 0, bool overallocate = true) : minimum_(capacity), overallocate_(overallocate) {}
    StrWriter(const StrWriter&) = delete;
    StrWriter& operator=(const StrWriter&) = delete;
    ~StrWriter();

    bool prepare(intptr_t more, char32_t max_char) {
        if (RS_LIKELY(buffer_ && max_char <= max_char_ && more <= capacity_ - length_)) return true;
        return grow(more, max_char);
    }
    bool put(char32_t character) {
        if (!prepare(1, character)) return false;
        str_write(kind_, data_, length_++, character);
        return true;
    }
    bool put_str(Object* text);
    bool put_substring(Object* text, intptr_t begin, intptr_t end);
    bool put_ascii(std::string_view ascii);
    bool put_latin1(const uint8_t* text, intptr_t size);
    bool put_repeated(char32_t character, intptr_t count);
    intptr_t length() const { return length_; }
    // What is put next is the last: a string that is all there is then becomes the result itself.
    void expect_no_more() { overallocate_ = false; }
    bool finish_failed() const { return failed_; }
    // A single character of latin-1 is the shared one, unless CPython makes a string of its own there.
    Owned finish(bool shares_characters = true);

    // For callers that fill prepared room themselves.
    int kind() const { return kind_; }
    void* data() const { return data_; }
    void advance(intptr_t count) { length_ += count; }

  private:
    bool grow(intptr_t more, char32_t max_char);
    void adopt(Object* buffer);

    Object* buffer_ = nullptr;  // owned; or a shared string that was put first, when readonly_
    void* data_ = nullptr;
    int kind_ = 1;
    char32_t max_char_ = 0;
    intptr_t length_ = 0, capacity_ = 0;
    intptr_t minimum_;
    bool overallocate_;
    bool readonly_ = false;
    bool failed_ = false;
};

}  // namespace refscope::vm
