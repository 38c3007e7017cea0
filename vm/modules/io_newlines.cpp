#include "vm/modules/io_newlines.h"

#include <cstring>

#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

bool Newlines::choose(const char* newline) {
    *this = Newlines();
    if (!newline) {
        universal = translates = true;
        return true;
    }
    given_ = true;
    if (strcmp(newline, "") != 0 && strcmp(newline, "\n") != 0 && strcmp(newline, "\r") != 0 &&
        strcmp(newline, "\r\n") != 0) {
        err_format(exc::ValueError, "illegal newline value: %s", newline);
        return false;
    }
    universal = *newline == '\0';
    if (!universal) strcpy(end, newline);
    if (*newline == '\r') strcpy(written, newline);
    return true;
}

bool Newlines::choose_memory(Object* newline) {
    if (!newline) return choose("\n");
    if (is_none(newline)) {
        choose(nullptr);
        return true;
    }
    if (!str_check(newline)) {
        err_format(exc::TypeError, "newline must be str or None, not %.200s", newline->type->tp_name);
        return false;
    }
    const std::string text = str_to_utf8(newline);
    if (text.find('\0') == std::string::npos && choose(text.c_str())) return true;
    err_clear();
    err_format(exc::ValueError, "illegal newline value: %R", newline);
    return false;
}

Owned Newlines::chosen() const {
    if (!given_) return new_none();
    return str_from_string(universal ? "" : end);
}

std::u32string Newlines::translate_read(std::u32string text) {
    if (text.find(U'\r') == std::u32string::npos) {
        if (text.find(U'\n') != std::u32string::npos) note(false, true, false);
        return text;
    }
    std::u32string result;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != U'\r') {
            if (text[i] == U'\n') note(false, true, false);
            result += text[i];
            continue;
        }
        const bool both = i + 1 < text.size() && text[i + 1] == U'\n';
        note(!both, false, both);
        if (translates) {
            result += U'\n';
        } else {
            result += U'\r';
            if (both) result += U'\n';
        }
        i += both;
    }
    return result;
}

std::u32string Newlines::translate_written(std::u32string text) {
    if (universal) text = translate_read(std::move(text));
    if (!written[0]) return text;
    std::u32string result;
    for (char32_t c : text) {
        if (c != U'\n') {
            result += c;
        } else {
            for (const char* w = written; *w; ++w) result += static_cast<char32_t>(*w);
        }
    }
    return result;
}

Owned Newlines::seen() const {
    static const char* const names[] = {"\r", "\n", "\r\n"};
    Ref<> found[3];
    int count = 0;
    for (int i = 0; i < 3; ++i) {
        if (!(seen_ & 1 << i)) continue;
        found[count].reset_steal(str_from_string(names[i]));
        if (!found[count]) return nullptr;
        ++count;
    }
    if (count == 0) return new_none();
    if (count == 1) return found[0].release();
    Owned result = tuple_new(count);
    for (int i = 0; result && i < count; ++i) tuple_init_item(result, i, found[i].release());
    return result;
}

}  // namespace refscope::vm
