// UTF-16 and UTF-32.
#include "vm/objects/bytes.h"
#include "vm/objects/codec_errors.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/str_writer.h"

namespace refscope::vm {

namespace {

void put_unit(std::string& out, char32_t value, int size, bool big_endian) {
    for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * (big_endian ? size - 1 - i : i))));
}
char32_t get_unit(const char* p, int size, bool big_endian) {
    char32_t value = 0;
    for (int i = 0; i < size; ++i) value |= static_cast<char32_t>(static_cast<uint8_t>(p[big_endian ? size - 1 - i : i])) << (8 * i);
    return value;
}

Owned encode(Object* text, const char* errors, int byte_order, int size) {
    static const char* const names[2][3] = {{"utf-16-le", "utf-16", "utf-16-be"}, {"utf-32-le", "utf-32", "utf-32-be"}};
    bool big = byte_order > 0;
    EncodeErrors handler(text, names[size == 4][byte_order + 1], "surrogates not allowed", errors, size, big);
    std::string out;
    intptr_t length = str_length(text);
    out.reserve(static_cast<size_t>(length + 1) * static_cast<size_t>(size));
    if (byte_order == 0) put_unit(out, 0xfeff, size, false);
    for (intptr_t i = 0; i < length;) {
        char32_t c = str_read(text, i);
        if (c >= 0xd800 && c <= 0xdfff) {
            intptr_t end = i + 1;
            while (end < length && (str_read(text, end) & 0x1ff800) == 0xd800) ++end;
            if (!handler.handle(i, end, 0x80, &out, &i)) return nullptr;
            continue;
        }
        if (size == 2 && c >= 0x10000) {
            put_unit(out, 0xd800 + ((c - 0x10000) >> 10), 2, big);
            put_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff), 2, big);
        } else {
            put_unit(out, c, size, big);
        }
        ++i;
    }
    return bytes_from_view(out);
}

// The byte order from a mark at the beginning, which is skipped. True: big-endian.
bool read_mark(const char* data, intptr_t size, int unit, int* byte_order, intptr_t* at) {
    *at = 0;
    int order = byte_order ? *byte_order : 0;
    if (order == 0 && size >= unit) {
        if (get_unit(data, unit, false) == 0xfeff) order = -1;
        else if (get_unit(data, unit, true) == 0xfeff) order = 1;
        if (order) *at = unit;
    }
    if (byte_order) *byte_order = order;
    return order > 0;
}

}  // namespace

Owned utf16_encode(Object* text, const char* errors, int byte_order) { return encode(text, errors, byte_order, 2); }
Owned utf32_encode(Object* text, const char* errors, int byte_order) { return encode(text, errors, byte_order, 4); }

Owned utf16_decode(const char* data, intptr_t size, const char* errors, int* byte_order, intptr_t* consumed) {
    intptr_t at;
    bool big = read_mark(data, size, 2, byte_order, &at);
    DecodeErrors handler(data, size, big ? "utf-16-be" : "utf-16-le", errors);
    StrWriter writer(size / 2 + 1);
    while (at < handler.size()) {
        const char* p = handler.data() + at;
        intptr_t left = handler.size() - at;
        const char* reason;
        intptr_t end;
        if (left < 2) {
            if (consumed) break;
            reason = "truncated data";
            end = handler.size();
        } else {
            char32_t c = get_unit(p, 2, big);
            if (c < 0xd800 || c > 0xdfff) {
                if (!writer.put(c)) return nullptr;
                at += 2;
                continue;
            }
            if (c >= 0xdc00) {
                reason = "illegal encoding";
                end = at + 2;
            } else if (left < 4) {
                if (consumed) break;
                reason = "unexpected end of data";
                end = handler.size();
            } else {
                char32_t low = get_unit(p + 2, 2, big);
                if (low >= 0xdc00 && low <= 0xdfff) {
                    if (!writer.put(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00))) return nullptr;
                    at += 4;
                    continue;
                }
                reason = "illegal UTF-16 surrogate";
                end = at + 2;
            }
        }
        if (!handler.handle(at, end, reason, &writer, &at)) return nullptr;
    }
    if (consumed) *consumed = at;
    return writer.finish();
}

Owned utf32_decode(const char* data, intptr_t size, const char* errors, int* byte_order, intptr_t* consumed) {
    intptr_t at;
    bool big = read_mark(data, size, 4, byte_order, &at);
    DecodeErrors handler(data, size, big ? "utf-32-be" : "utf-32-le", errors);
    StrWriter writer(size / 4 + 1);
    while (at < handler.size()) {
        intptr_t left = handler.size() - at;
        const char* reason;
        intptr_t end = at + 4;
        if (left < 4) {
            if (consumed) break;
            reason = "truncated data";
            end = handler.size();
        } else {
            char32_t c = get_unit(handler.data() + at, 4, big);
            if (c >= 0xd800 && c <= 0xdfff) {
                reason = "code point in surrogate code point range(0xd800, 0xe000)";
            } else if (c > 0x10ffff) {
                reason = "code point not in range(0x110000)";
            } else {
                if (!writer.put(c)) return nullptr;
                at += 4;
                continue;
            }
        }
        if (!handler.handle(at, end, reason, &writer, &at)) return nullptr;
    }
    if (consumed) *consumed = at;
    return writer.finish();
}

}  // namespace refscope::vm
