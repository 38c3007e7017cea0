#include "vm/objects/arguments.h"

#include <climits>
#include <cstring>

#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

// Where keyword arguments come from: names of a vectorcall, or a dict.
struct Keywords {
    Object* names = nullptr;
    Object* const* values = nullptr;
    Object* dict = nullptr;

    intptr_t count() const { return names ? tuple_size(names) : dict ? dict_size(dict) : 0; }
    // Borrowed; nullptr: not given.
    Object* find(const char* name) const {
        std::string_view wanted(name);
        if (names) {
            for (intptr_t i = 0; i < tuple_size(names); ++i) {
                if (str_equal_ascii(tuple_get_item(names, i), wanted)) return values[i];
            }
            return nullptr;
        }
        intptr_t position = 0;
        Object *key, *value;
        while (dict_next(dict, &position, &key, &value)) {
            if (str_check(key) && str_equal_ascii(key, wanted)) return value;
        }
        return nullptr;
    }
    Object* name_at(intptr_t index) const {
        if (names) return tuple_get_item(names, index);
        intptr_t position = 0;
        Object *key = nullptr, *value;
        for (intptr_t i = 0; i <= index; ++i) {
            if (!dict_next(dict, &position, &key, &value)) return nullptr;
        }
        return key;
    }
};

const char* plural(intptr_t count) { return count == 1 ? "" : "s"; }

bool unpack(const KeywordParser& parser, Object* const* args, intptr_t nargs, const Keywords& keywords, Object** out) {
    const char* function = parser.function ? parser.function : "function";
    const char* call = parser.function ? "()" : "";
    intptr_t total = 0, positional_only = 0;
    while (parser.names[total]) {
        if (!parser.names[total][0]) ++positional_only;
        out[total++] = nullptr;
    }
    intptr_t given_by_name = keywords.count();
    if (nargs + given_by_name > total) {
        err_format(exc::TypeError, "%.200s%s takes %s %zd %sargument%s (%zd given)", function, call, "at most", total,
                   nargs == 0 ? "keyword " : "", plural(total), nargs + given_by_name);
        return false;
    }
    intptr_t maximum = parser.maximum_positional, minimum = parser.minimum_positional;
    if (nargs > maximum) {
        if (maximum == 0) {
            err_format(exc::TypeError, "%.200s%s takes no positional arguments", function, call);
        } else {
            err_format(exc::TypeError, "%.200s%s takes %s %zd positional argument%s (%zd given)", function, call,
                       minimum < maximum ? "at most" : "exactly", maximum, plural(maximum), nargs);
        }
        return false;
    }
    intptr_t minimum_positional_only = positional_only < minimum ? positional_only : minimum;
    if (nargs < minimum_positional_only) {
        err_format(exc::TypeError, "%.200s%s takes %s %zd positional argument%s (%zd given)", function, call,
                   minimum_positional_only < maximum ? "at least" : "exactly", minimum_positional_only,
                   plural(minimum_positional_only), nargs);
        return false;
    }
    for (intptr_t i = 0; i < nargs; ++i) out[i] = args[i];
    intptr_t required = parser.minimum_keyword ? maximum + parser.minimum_keyword : minimum;
    for (intptr_t i = nargs > positional_only ? nargs : positional_only; i < total; ++i) {
        Object* value = nullptr;
        if (given_by_name > 0) {
            value = keywords.find(parser.names[i]);
        } else if (i >= required) {
            break;
        }
        out[i] = value;
        if (value) {
            --given_by_name;
        } else if (i < minimum || (maximum <= i && i < required)) {
            err_format(exc::TypeError, "%.200s%s missing required argument '%s' (pos %zd)", function, call, parser.names[i], i + 1);
            return false;
        }
    }
    if (given_by_name > 0) {
        for (intptr_t i = positional_only; i < nargs; ++i) {
            if (keywords.find(parser.names[i])) {
                err_format(exc::TypeError, "argument for %.200s%s given by name ('%s') and position (%zd)", function, call,
                           parser.names[i], i + 1);
                return false;
            }
        }
        for (intptr_t i = 0; Object* key = i < keywords.count() ? keywords.name_at(i) : nullptr; ++i) {
            if (!str_check(key)) {
                err_set_string(exc::TypeError, "keywords must be strings");
                return false;
            }
            bool known = false;
            for (intptr_t j = positional_only; j < total; ++j) known = known || str_equal_ascii(key, parser.names[j]);
            if (!known) {
                err_format(exc::TypeError, "'%S' is an invalid keyword argument for %.200s%s", key,
                           parser.function ? parser.function : "this function", call);
                return false;
            }
        }
    }
    return true;
}

}  // namespace

bool unpack_keywords(const KeywordParser& parser, Object* const* args, intptr_t nargs, Object* kwnames, Object** out) {
    Keywords keywords;
    if (kwnames && tuple_size(kwnames) > 0) {
        keywords.names = kwnames;
        keywords.values = args + nargs;
    }
    return unpack(parser, args, nargs, keywords, out);
}

bool unpack_keywords_tuple(const KeywordParser& parser, Object* args_tuple, Object* kwargs, Object** out) {
    Keywords keywords;
    if (kwargs && dict_size(kwargs) > 0) keywords.dict = kwargs;
    return unpack(parser, tuple_items(args_tuple), tuple_size(args_tuple), keywords, out);
}

bool argument_int(Object* argument, int* result) {
    int overflow;
    int64_t value = int_as_int64_overflow(argument, &overflow);
    if (value == -1 && err_occurred()) return false;
    if (overflow) {
        err_set_string(exc::OverflowError, "Python int too large to convert to C long");
        return false;
    }
    if (value > INT_MAX || value < INT_MIN) {
        err_set_string(exc::OverflowError, value > 0 ? "signed integer is greater than maximum" : "signed integer is less than minimum");
        return false;
    }
    *result = static_cast<int>(value);
    return true;
}

bool argument_optional_ssize(Object* object, intptr_t* value) {
    if (is_none(object)) return true;
    if (!index_check(object)) {
        err_format(exc::TypeError, "argument should be integer or None, not '%.200s'", object->type->tp_name);
        return false;
    }
    *value = number_as_ssize(object, &exc::OverflowError);
    return !(*value == -1 && err_occurred());
}

bool argument_ssize(Object* argument, intptr_t* result) {
    auto index = own(number_index(argument));
    if (!index) return false;
    *result = int_as_ssize(index.get());
    return !(*result == -1 && err_occurred());
}

bool argument_bool(Object* argument, bool* result) {
    int truth = object_is_true(argument);
    *result = truth > 0;
    return truth >= 0;
}

bool argument_text(const char* function, int position, Object* argument, const char** result) {
    if (!str_check(argument)) {
        char where[32];
        std::snprintf(where, sizeof where, "argument %d", position);
        argument_bad(function, where, "str", argument);
        return false;
    }
    intptr_t size;
    *result = str_as_utf8(argument, &size);
    if (!*result) return false;
    if (std::strlen(*result) != static_cast<size_t>(size)) {
        err_set_string(exc::ValueError, "embedded null character");
        return false;
    }
    return true;
}

void argument_bad(const char* function, const char* position, const char* expected, Object* argument) {
    err_format(exc::TypeError, "%.200s() %.200s must be %.50s, not %.50s", function, position, expected,
               is_none(argument) ? "None" : argument->type->tp_name);
}

}  // namespace refscope::vm
