// "Did you mean" for NameError and AttributeError: the candidate with the smallest edit distance, where changing the
// case of a letter costs half of any other change, as in CPython 3.11.
#include <algorithm>
#include <climits>
#include <string_view>
#include <utility>

#include "vm/objects/abstract.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/traceback_print.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

constexpr intptr_t kMaxCandidates = 750;
constexpr size_t kMaxDifference = 40;  // longer differences are not looked at
constexpr intptr_t kMoveCost = 2;
constexpr intptr_t kCaseCost = 1;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

intptr_t substitution_cost(char a, char b) {
    if (a == b) return 0;
    return lower(a) == lower(b) ? kCaseCost : kMoveCost;
}

// More than max_cost when the distance is larger than that.
intptr_t edit_distance(std::string_view a, std::string_view b, intptr_t max_cost) {
    while (!a.empty() && !b.empty() && a.front() == b.front()) {
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    while (!a.empty() && !b.empty() && a.back() == b.back()) {
        a.remove_suffix(1);
        b.remove_suffix(1);
    }
    if (a.empty() || b.empty()) return static_cast<intptr_t>(a.size() + b.size()) * kMoveCost;
    if (a.size() > kMaxDifference || b.size() > kMaxDifference) return max_cost + 1;
    if (b.size() < a.size()) std::swap(a, b);
    if (static_cast<intptr_t>(b.size() - a.size()) * kMoveCost > max_cost) return max_cost + 1;

    // One row of the matrix of distances, updated in place.
    intptr_t row[kMaxDifference];
    for (size_t i = 0; i < a.size(); ++i) row[i] = static_cast<intptr_t>(i + 1) * kMoveCost;
    intptr_t result = 0;
    for (size_t j = 0; j < b.size(); ++j) {
        intptr_t diagonal = result = static_cast<intptr_t>(j) * kMoveCost;
        intptr_t minimum = INTPTR_MAX;
        for (size_t i = 0; i < a.size(); ++i) {
            const intptr_t substitute = diagonal + substitution_cost(b[j], a[i]);
            diagonal = row[i];
            result = std::min(std::min(result, diagonal) + kMoveCost, substitute);
            row[i] = result;
            minimum = std::min(minimum, result);
        }
        if (minimum > max_cost) return max_cost + 1;
    }
    return result;
}

// The best candidate of a list of names; nullptr with or without an exception.
Owned closest(Object* candidates, Object* name) {
    const intptr_t count = list_size(candidates);
    if (count >= kMaxCandidates) return nullptr;
    intptr_t name_size = 0;
    const char* name_text = str_as_utf8(name, &name_size);
    if (!name_text) return nullptr;
    const std::string_view wanted(name_text, static_cast<size_t>(name_size));
    intptr_t best_distance = INTPTR_MAX;
    Object* best = nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        Object* candidate = list_get_item(candidates, i);
        if (!str_check(candidate)) return err_set_string(exc::TypeError, "bad argument type for built-in operation");
        intptr_t size = 0;
        const char* text = str_as_utf8(candidate, &size);
        if (!text) return nullptr;
        const std::string_view other(text, static_cast<size_t>(size));
        if (other == wanted) continue;
        // At most a third of the characters may need to change, and it must beat the best so far.
        const intptr_t limit = std::min((name_size + size + 3) * kMoveCost / 6, best_distance - 1);
        const intptr_t distance = edit_distance(wanted, other, limit);
        if (distance > limit) continue;
        if (!best || distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return xnewref(best);
}

Owned closest_in(Object* iterable, Object* name) {
    Ref<> names = own(sequence_list(iterable));
    return names ? closest(names.get(), name) : nullptr;
}

Owned for_attribute_error(Object* exception) {
    auto* error = static_cast<AttributeErrorObject*>(exception);
    if (!error->name || !error->object || !str_check_exact(error->name)) return nullptr;
    Ref<> object = share(error->object), name = share(error->name);
    Ref<> names = own(object_dir(object.get()));
    return names ? closest(names.get(), name.get()) : nullptr;
}

Owned for_name_error(Object* exception) {
    auto* error = static_cast<NameErrorObject*>(exception);
    auto* traceback = static_cast<TracebackObject*>(error->traceback);
    if (!error->name || !traceback || !str_check_exact(error->name)) return nullptr;
    while (traceback->next) traceback = traceback->next;
    Ref<> frame = share(traceback->frame), name = share(error->name);
    Ref<> locals = own(code_localsplusnames(frame_code(frame.get())));
    if (!locals) return nullptr;
    Owned found = closest_in(locals.get(), name.get());
    if (!found && !err_occurred()) found = closest_in(frame_globals(frame.get()), name.get());
    if (!found && !err_occurred()) found = closest_in(frame_builtins(frame.get()), name.get());
    return found;
}

}  // namespace

Owned exception_suggestion(Object* exception) {
    Owned found = nullptr;
    if (is_type(exception, &exc::AttributeError)) found = for_attribute_error(exception);
    else if (is_type(exception, &exc::NameError)) found = for_name_error(exception);
    if (!found) err_clear();
    return found;
}

}  // namespace refscope::vm
