// Interned strings: one object for each text. The table does not count its references, so that an interned string dies with its
// last user; names that C++ code uses are held for good.
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "vm/heap/allocator.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/str_internal.h"

namespace refscope::vm {

namespace {

struct ByText {
    size_t operator()(const Object* text) const { return static_cast<size_t>(str_hash(const_cast<Object*>(text))); }
    bool operator()(const Object* left, const Object* right) const { return str_equal(left, right); }
};

// Never destroyed: strings may die after static destructors have begun.
std::unordered_set<Object*, ByText, ByText>& interned() {
    static auto* table = new std::unordered_set<Object*, ByText, ByText>(4096);
    return *table;
}

struct Names {
    std::unordered_map<std::string, Object*> by_text;
    std::deque<Object*> slots;  // stable addresses for the roots
    std::deque<std::string> labels;
};
Names& names() {
    static auto* all = new Names;
    return *all;
}

}  // namespace

void str_intern_in_place(Object** text) {
    Object* object = *text;
    if (!object || !str_check_exact(object) || as_str(object)->interned) return;
    auto [entry, added] = interned().insert(object);
    if (added) {
        as_str(object)->interned = kInternedMortal;
        return;
    }
    Object* shared = newref(*entry);
    *text = shared;
    decref(object);
}

void str_intern_static(StrObject* text) {
    interned().insert(text);
    text->interned = kInternedImmortal;
}

Owned str_intern_from_string(const char* utf8) {
    Object* text = str_from_string(utf8);
    if (text) str_intern_in_place(&text);
    return text;
}

void str_forget_interned(StrObject* text) {
    interned().erase(text);
    text->interned = kNotInterned;
}

Object* str_immortal_name(const char* name) {
    Names& all = names();
    auto found = all.by_text.find(name);
    if (found != all.by_text.end()) return found->second;
    Object* text = str_intern_from_string(name);
    RS_CHECK(text != nullptr, "no memory for a name of the runtime");
    all.slots.push_back(text);
    all.labels.push_back(std::string("name ") + name);
    register_root(&all.slots.back(), all.labels.back().c_str());
    all.by_text.emplace(name, text);
    return text;
}

}  // namespace refscope::vm
