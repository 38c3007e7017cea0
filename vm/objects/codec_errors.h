// What a codec does at characters or bytes that it cannot convert: the error handlers, built in or registered.
#pragma once

#include <string>

#include "vm/heap/object.h"
#include "vm/objects/str_writer.h"

namespace refscope::vm {

enum class ErrorHandler : uint8_t {
    kStrict, kIgnore, kReplace, kSurrogateEscape, kSurrogatePass, kBackslashReplace, kXmlCharRefReplace, kOther
};
ErrorHandler error_handler_named(const char* errors_or_null);

// Encoding of one str. handle() deals with text[start, end) and says where to go on.
class EncodeErrors {
  public:
    // `put` appends one ASCII character of a replacement to the output in this encoding.
    EncodeErrors(Object* text, const char* encoding, const char* reason, const char* errors, int unit = 1, bool big_endian = false)
        : text_(text), encoding_(encoding), reason_(reason), errors_(errors), kind_(error_handler_named(errors)), unit_(unit), big_endian_(big_endian) {}
    // `limit`: characters of a handler's replacement must be below it.
    bool handle(intptr_t start, intptr_t end, char32_t limit, std::string* out, intptr_t* next);
    Owned raise(intptr_t start, intptr_t end);  // nullptr, the exception pending

  private:
    void put(std::string* out, char32_t c) const;
    bool call(intptr_t start, intptr_t end, char32_t limit, std::string* out, intptr_t* next);

    Object* text_;
    const char* encoding_;
    const char* reason_;
    const char* errors_;
    ErrorHandler kind_;
    int unit_;
    bool big_endian_;
    Ref<> handler_, exception_;
};

// Decoding of bytes. The handler may even replace the input: read data() and size() again after each call.
class DecodeErrors {
  public:
    DecodeErrors(const char* data, intptr_t size, const char* encoding, const char* errors)
        : data_(data), size_(size), encoding_(encoding), errors_(errors), kind_(error_handler_named(errors)) {}
    bool handle(intptr_t start, intptr_t end, const char* reason, StrWriter* out, intptr_t* next);
    const char* data() const { return data_; }
    intptr_t size() const { return size_; }

  private:
    const char* data_;
    intptr_t size_;
    const char* encoding_;
    const char* errors_;
    ErrorHandler kind_;
    Ref<> handler_, exception_, input_;
};

// The handler functions themselves: take a Unicode error, give (replacement, position) or raise.
extern const MethodDef codec_error_functions[];

}  // namespace refscope::vm
