// UTF-8, latin-1 and ASCII.
#include <cstring>

#include "vm/objects/bytes.h"
#include "vm/objects/codec_errors.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/str_writer.h"

namespace refscope::vm {

namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

// One character at p: its length in bytes, or 0 (unexpected end), -1 (invalid start byte), -2, -3, -4 (invalid continuation
// in the n-th byte).
int decode_one(const unsigned char* p, const unsigned char* end, char32_t* out, bool surrogates) {
    unsigned char lead = p[0];
    intptr_t left = end - p;
    if (lead < 0xc2) return -1;
    if (lead < 0xe0) {
        if (left < 2) return 0;
        if (!is_continuation(p[1])) return -2;
        *out = (lead & 0x1fu) << 6 | (p[1] & 0x3fu);
        return 2;
    }
    if (lead < 0xf0) {
        if (left < 2) return 0;
        bool bad = !is_continuation(p[1]) || (p[1] < 0xa0 ? lead == 0xe0 : lead == 0xed && !surrogates);
        if (bad) return -2;
        if (left < 3) return 0;
        if (!is_continuation(p[2])) return -3;
        *out = (lead & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
        return 3;
    }
    if (lead < 0xf5) {
        if (left < 2) return 0;
        if (!is_continuation(p[1]) || (p[1] < 0x90 ? lead == 0xf0 : lead == 0xf4)) return -2;
        if (left < 3) return 0;
        if (!is_continuation(p[2])) return -3;
        if (left < 4) return 0;
        if (!is_continuation(p[3])) return -4;
        *out = (lead & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
        return 4;
    }
    return -1;
}

intptr_t ascii_run(const char* data, intptr_t size) {
    intptr_t i = 0;
    for (; size - i >= 8; i += 8) {
        uint64_t word;
        std::memcpy(&word, data + i, 8);
        if (word & 0x8080808080808080u) break;
    }
    while (i < size && static_cast<unsigned char>(data[i]) < 0x80) ++i;
    return i;
}

Owned decode_utf8(const char* data, intptr_t size, const char* errors, intptr_t* consumed, bool surrogates) {
    intptr_t run = ascii_run(data, size);
    if (run == size) {
        if (consumed) *consumed = size;
        return size ? str_from_ascii(data, size) : newref(str_empty());
    }
    StrWriter writer(size);
    DecodeErrors handler(data, size, "utf-8", errors);
    intptr_t at = 0;
    while (at < handler.size()) {
        const char* input = handler.data();
        run = ascii_run(input + at, handler.size() - at);
        if (run) {
            if (!writer.put_ascii({input + at, static_cast<size_t>(run)})) return nullptr;
            at += run;
            continue;
        }
        auto* p = reinterpret_cast<const unsigned char*>(input);
        char32_t c;
        int status = decode_one(p + at, p + handler.size(), &c, surrogates);
        if (RS_LIKELY(status > 0)) {
            if (!writer.put(c)) return nullptr;
            at += status;
            continue;
        }
        const char* reason;
        intptr_t end;
        if (status == 0) {
            if (consumed) break;
            reason = "unexpected end of data";
            end = handler.size();
        } else if (status == -1) {
            reason = "invalid start byte";
            end = at + 1;
        } else {
            // A surrogate cut off at the end of a chunk: the handler may want to see it whole.
            if (consumed && status == -2 && p[at] == 0xed && handler.size() - at == 2 && p[at + 1] >= 0xa0 && p[at + 1] <= 0xbf) break;
            reason = "invalid continuation byte";
            end = at - status - 1;
        }
        if (!handler.handle(at, end, reason, &writer, &at)) return nullptr;
    }
    if (consumed) *consumed = at;
    return writer.finish();
}

Owned encode_below(Object* text, char32_t limit, const char* encoding, const char* reason, const char* errors) {
    intptr_t length = str_length(text);
    if (str_max_char(text) < limit) return bytes_from_data(static_cast<char*>(str_data(text)), length);
    EncodeErrors handler(text, encoding, reason, errors);
    std::string out;
    out.reserve(static_cast<size_t>(length));
    for (intptr_t i = 0; i < length;) {
        char32_t c = str_read(text, i);
        if (c < limit) {
            out.push_back(static_cast<char>(c));
            ++i;
            continue;
        }
        intptr_t end = i + 1;
        while (end < length && str_read(text, end) >= limit) ++end;
        if (!handler.handle(i, end, limit, &out, &i)) return nullptr;
    }
    return bytes_from_view(out);
}

}  // namespace

Owned str_from_utf8(const char* text, intptr_t size) { return decode_utf8(text, size, nullptr, nullptr, true); }
Owned utf8_decode(const char* data, intptr_t size, const char* errors, intptr_t* consumed) {
    return decode_utf8(data, size, errors, consumed, false);
}

Owned utf8_encode(Object* text, const char* errors) {
    intptr_t length = str_length(text);
    if (str_is_ascii(text)) return bytes_from_data(static_cast<char*>(str_data(text)), length);
    EncodeErrors handler(text, "utf-8", "surrogates not allowed", errors);
    std::string out;
    out.reserve(static_cast<size_t>(length) * static_cast<size_t>(str_kind(text) + 1));
    int kind = str_kind(text);
    const void* data = str_data(text);
    for (intptr_t i = 0; i < length;) {
        char32_t c = str_read(kind, data, i);
        if (c < 0x80) {
            out.push_back(static_cast<char>(c));
        } else if (c < 0x800) {
            out.push_back(static_cast<char>(0xc0 | (c >> 6)));
            out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
        } else if (c >= 0xd800 && c <= 0xdfff) {
            intptr_t end = i + 1;
            while (end < length && (str_read(kind, data, end) & 0x1ff800) == 0xd800) ++end;
            if (!handler.handle(i, end, 0x80, &out, &i)) return nullptr;
            continue;
        } else if (c < 0x10000) {
            out.push_back(static_cast<char>(0xe0 | (c >> 12)));
            out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3f)));
            out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
        } else {
            out.push_back(static_cast<char>(0xf0 | (c >> 18)));
            out.push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3f)));
            out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3f)));
            out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
        }
        ++i;
    }
    return bytes_from_view(out);
}

Owned latin1_encode(Object* text, const char* errors) { return encode_below(text, 0x100, "latin-1", "ordinal not in range(256)", errors); }
Owned ascii_encode(Object* text, const char* errors) { return encode_below(text, 0x80, "ascii", "ordinal not in range(128)", errors); }

Owned latin1_decode(const char* data, intptr_t size) { return str_from_latin1(reinterpret_cast<const uint8_t*>(data), size); }

Owned ascii_decode(const char* data, intptr_t size, const char* errors) {
    if (ascii_run(data, size) == size) return size ? str_from_ascii(data, size) : newref(str_empty());
    StrWriter writer(size);
    DecodeErrors handler(data, size, "ascii", errors);
    for (intptr_t at = 0; at < handler.size();) {
        intptr_t run = ascii_run(handler.data() + at, handler.size() - at);
        if (run) {
            if (!writer.put_ascii({handler.data() + at, static_cast<size_t>(run)})) return nullptr;
            at += run;
        } else if (!handler.handle(at, at + 1, "ordinal not in range(128)", &writer, &at)) {
            return nullptr;
        }
    }
    return writer.finish();
}

}  // namespace refscope::vm
