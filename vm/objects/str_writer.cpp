#include "vm/objects/str_writer.h"

#include <cstring>

#include "vm/heap/object.h"
#include "vm/objects/errors.h"
#include "vm/objects/str_internal.h"

namespace refscope::vm {

StrWriter::~StrWriter() { xdecref(buffer_); }

void StrWriter::adopt(Object* buffer) {
    buffer_ = buffer;
    data_ = str_data(buffer);
    kind_ = str_kind(buffer);
    max_char_ = str_max_char(buffer);
    capacity_ = str_length(buffer);
    readonly_ = false;
}

bool StrWriter::grow(intptr_t more, char32_t max_char) {
    if (more == 0) return true;
    if (more > INTPTR_MAX - length_) {
        err_no_memory();
        failed_ = true;
        return false;
    }
    intptr_t needed = length_ + more;
    bool wider = !buffer_ || max_char > max_char_;
    intptr_t capacity = needed;
    if (!buffer_ || readonly_ || needed > capacity_) {
        if (overallocate_ && needed <= INTPTR_MAX - needed / 4) capacity += needed / 4;
        if (capacity < minimum_) capacity = minimum_;
    } else {
        capacity = capacity_;
    }
    if (buffer_ && !readonly_ && !wider) {
        if (!str_resize(&buffer_, capacity)) {
            failed_ = true;
            return false;
        }
        adopt(buffer_);
        return true;
    }
    char32_t widest = max_char > max_char_ ? max_char : max_char_;
    Object* larger = str_new(capacity, widest);
    if (!larger) {
        failed_ = true;
        return false;
    }
    if (buffer_) str_copy_characters(str_kind(larger), str_data(larger), 0, kind_, data_, 0, length_);
    Object* old = buffer_;
    adopt(larger);
    xdecref(old);
    return true;
}

bool StrWriter::put_str(Object* text) {
    intptr_t length = str_length(text);
    if (length == 0) return true;
    if (!buffer_ && !overallocate_ && str_check_exact(text)) {
        // The first and maybe only piece: no copy unless something follows.
        buffer_ = newref(text);
        data_ = str_data(text);
        kind_ = str_kind(text);
        max_char_ = str_max_char(text);
        length_ = capacity_ = length;
        readonly_ = true;
        return true;
    }
    if (!prepare(length, str_max_char(text))) return false;
    str_copy_into(kind_, data_, length_, text);
    length_ += length;
    return true;
}

bool StrWriter::put_substring(Object* text, intptr_t begin, intptr_t end) {
    if (begin >= end) return true;
    if (begin == 0 && end == str_length(text)) return put_str(text);
    char32_t max_char = str_max_char(text);
    if (max_char > max_char_ && max_char > 0x7f) {
        max_char = str_find_max_char(str_kind(text), static_cast<char*>(str_data(text)) + begin * str_kind(text), end - begin);
    }
    if (!prepare(end - begin, max_char)) return false;
    str_copy_characters(kind_, data_, length_, str_kind(text), str_data(text), begin, end - begin);
    length_ += end - begin;
    return true;
}

bool StrWriter::put_ascii(std::string_view ascii) {
    if (ascii.empty()) return true;
    auto size = static_cast<intptr_t>(ascii.size());
    if (!prepare(size, 0x7f)) return false;
    str_copy_characters(kind_, data_, length_, 1, ascii.data(), 0, size);
    length_ += size;
    return true;
}

bool StrWriter::put_latin1(const uint8_t* text, intptr_t size) {
    if (size == 0) return true;
    if (!prepare(size, str_find_max_char(1, text, size))) return false;
    str_copy_characters(kind_, data_, length_, 1, text, 0, size);
    length_ += size;
    return true;
}

bool StrWriter::put_repeated(char32_t character, intptr_t count) {
    if (count <= 0) return true;
    if (!prepare(count, character)) return false;
    str_fill(kind_, data_, length_, count, character);
    length_ += count;
    return true;
}

Owned StrWriter::finish(bool shares_characters) {
    if (!buffer_ || length_ == 0) {
        if (failed_) return nullptr;
        return newref(str_empty());
    }
    Object* result = buffer_;
    buffer_ = nullptr;
    if (readonly_) return result;
    if (shares_characters && length_ == 1 && str_read(result, 0) < 0x100) {
        auto c = static_cast<uint8_t>(str_read(result, 0));
        decref(result);
        return newref(str_character(c));
    }
    if (length_ != capacity_ && !str_resize(&result, length_)) return nullptr;
    return result;
}

}  // namespace refscope::vm
