// The methods of str: arguments in, the work is in str_search, str_case, str_build and format.
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/format.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

template <Owned (*kFunction)(Object*)>
Owned plain(Object* self, Object*) {
    return kFunction(self);
}
template <bool (*kTest)(Object*)>
Owned test(Object* self, Object*) {
    return bool_from(kTest(self));
}
template <int kFlags>
Owned test_flags(Object* self, Object*) {
    return bool_from(str_all_have(self, kFlags));
}
Owned is_ascii(Object* self, Object*) { return bool_from(str_is_ascii(self)); }

// (sub[, start[, end]]): parts of find and its kin.
bool parse_find(const char* name, Object* const* args, intptr_t nargs, Object** part, intptr_t* start, intptr_t* end) {
    *start = 0;
    *end = INTPTR_MAX;
    if (nargs < 1 || nargs > 3) {
        err_format(exc::TypeError, "%s() takes %s %d argument%s (%zd given)", name, nargs < 1 ? "at least" : "at most", nargs < 1 ? 1 : 3,
                   nargs < 1 ? "" : "s", nargs);
        return false;
    }
    *part = args[0];
    if (nargs > 1 && !slice_index(args[1], start)) return false;
    return nargs <= 2 || slice_index(args[2], end);
}
bool parse_find_str(const char* name, Object* const* args, intptr_t nargs, Object** part, intptr_t* start, intptr_t* end) {
    if (!parse_find(name, args, nargs, part, start, end)) return false;
    if (str_check(*part)) return true;
    err_format(exc::TypeError, "must be str, not %.100s", (*part)->type->tp_name);
    return false;
}

Owned find(Object* self, Object* const* args, intptr_t nargs) {
    Object* part;
    intptr_t start, end;
    if (!parse_find_str("find", args, nargs, &part, &start, &end)) return nullptr;
    return int_from_ssize(str_find(self, part, start, end, 1));
}
Owned rfind(Object* self, Object* const* args, intptr_t nargs) {
    Object* part;
    intptr_t start, end;
    if (!parse_find_str("rfind", args, nargs, &part, &start, &end)) return nullptr;
    return int_from_ssize(str_find(self, part, start, end, -1));
}
template <int kDirection>
Owned index(Object* self, Object* const* args, intptr_t nargs) {
    Object* part;
    intptr_t start, end;
    if (!parse_find_str(kDirection > 0 ? "index" : "rindex", args, nargs, &part, &start, &end)) return nullptr;
    intptr_t found = str_find(self, part, start, end, kDirection);
    if (found < 0) return err_set_string(exc::ValueError, "substring not found");
    return int_from_ssize(found);
}
Owned count(Object* self, Object* const* args, intptr_t nargs) {
    Object* part;
    intptr_t start, end;
    if (!parse_find_str("count", args, nargs, &part, &start, &end)) return nullptr;
    return int_from_ssize(str_count(self, part, start, end));
}

template <int kDirection>
Owned starts_or_ends(Object* self, Object* const* args, intptr_t nargs) {
    const char* name = kDirection < 0 ? "startswith" : "endswith";
    Object* part;
    intptr_t start, end;
    if (!parse_find(name, args, nargs, &part, &start, &end)) return nullptr;
    if (tuple_check(part)) {
        for (intptr_t i = 0; i < tuple_size(part); ++i) {
            Object* item = tuple_get_item(part, i);
            if (!str_check(item)) return err_format(exc::TypeError, "tuple for %s must only contain str, not %.100s", name, item->type->tp_name);
            if (str_tail_match(self, item, start, end, kDirection)) return bool_from(true);
        }
        return bool_from(false);
    }
    if (!str_check(part)) {
        return err_format(exc::TypeError, "%s first arg must be str or a tuple of str, not %.100s", name, part->type->tp_name);
    }
    return bool_from(str_tail_match(self, part, start, end, kDirection));
}

Owned encode(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"encoding", "errors", nullptr};
    static const KeywordParser parser{"encode", names, 0, 2, 0};
    Object* given[2];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    const char *encoding = nullptr, *errors = nullptr;
    if (given[0] && !str_check(given[0])) return argument_bad("encode", "argument 'encoding'", "str", given[0]), nullptr;
    if (given[0] && !argument_text("encode", 1, given[0], &encoding)) return nullptr;
    if (given[1] && !str_check(given[1])) return argument_bad("encode", "argument 'errors'", "str", given[1]), nullptr;
    if (given[1] && !argument_text("encode", 2, given[1], &errors)) return nullptr;
    return str_as_encoded(self, encoding, errors);
}

template <bool kRight>
Owned split(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"sep", "maxsplit", nullptr};
    static const KeywordParser parser{kRight ? "rsplit" : "split", names, 0, 2, 0};
    Object* given[2];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    intptr_t limit = -1;
    if (given[1] && !argument_ssize(given[1], &limit)) return nullptr;
    return kRight ? str_rsplit(self, given[0], limit) : str_split(self, given[0], limit);
}

Owned split_lines(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"keepends", nullptr};
    static const KeywordParser parser{"splitlines", names, 0, 1, 0};
    Object* given[1];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    int keep = 0;
    if (given[0] && !argument_int(given[0], &keep)) return nullptr;
    return str_split_lines(self, keep != 0);
}

Owned expand_tabs(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"tabsize", nullptr};
    static const KeywordParser parser{"expandtabs", names, 0, 1, 0};
    Object* given[1];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    int size = 8;
    if (given[0] && !argument_int(given[0], &size)) return nullptr;
    return str_expand_tabs(self, size);
}

Owned replace(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("replace", nargs, 2, 3)) return nullptr;
    for (int i = 0; i < 2; ++i) {
        if (!str_check(args[i])) return argument_bad("replace", i ? "argument 2" : "argument 1", "str", args[i]), nullptr;
    }
    intptr_t limit = -1;
    if (nargs > 2 && !argument_ssize(args[2], &limit)) return nullptr;
    return str_replace(self, args[0], args[1], limit);
}

template <int kSide>
Owned strip(Object* self, Object* const* args, intptr_t nargs) {
    const char* name = kSide == 0 ? "lstrip" : kSide == 1 ? "rstrip" : "strip";
    if (!check_positional(name, nargs, 0, 1)) return nullptr;
    if (nargs == 0 || is_none(args[0])) return str_strip(self, kSide);
    if (!str_check(args[0])) return err_format(exc::TypeError, "%s arg must be None or str", name);
    return str_strip_set(self, kSide, args[0]);
}

template <int kMode>  // -1 ljust, 0 center, 1 rjust
Owned justify(Object* self, Object* const* args, intptr_t nargs) {
    const char* name = kMode < 0 ? "ljust" : kMode > 0 ? "rjust" : "center";
    if (!check_positional(name, nargs, 1, 2)) return nullptr;
    intptr_t width;
    if (!argument_ssize(args[0], &width)) return nullptr;
    char32_t fill = ' ';
    if (nargs > 1) {
        if (!str_check(args[1])) {
            return err_format(exc::TypeError, "The fill character must be a unicode character, not %.100s", args[1]->type->tp_name);
        }
        if (str_length(args[1]) != 1) return err_set_string(exc::TypeError, "The fill character must be exactly one character long");
        fill = str_read(args[1], 0);
    }
    intptr_t room = width - str_length(self);
    if (width <= str_length(self)) return str_from_object(self);
    if (kMode < 0) return str_pad(self, 0, room, fill);
    if (kMode > 0) return str_pad(self, room, 0, fill);
    intptr_t left = room / 2 + (room & width & 1);
    return str_pad(self, left, room - left, fill);
}

Owned zero_fill(Object* self, Object* width_object) {
    intptr_t width;
    if (!argument_ssize(width_object, &width)) return nullptr;
    intptr_t length = str_length(self);
    if (length >= width) return str_from_object(self);
    Owned result = str_pad(self, width - length, 0, '0');
    if (!result || length == 0) return result;
    char32_t sign = str_read(self, 0);
    if (sign == '+' || sign == '-') {
        str_write(str_kind(result), str_data(result), 0, sign);
        str_write(str_kind(result), str_data(result), width - length, '0');
    }
    return result;
}

Owned join(Object* self, Object* iterable) { return str_join(self, iterable); }
Owned partition(Object* self, Object* separator) { return str_partition(self, separator); }
Owned rpartition(Object* self, Object* separator) { return str_rpartition(self, separator); }
Owned translate(Object* self, Object* table) { return str_translate(self, table, "ignore"); }

Owned remove_prefix(Object* self, Object* prefix) {
    if (!str_check(prefix)) return argument_bad("removeprefix", "argument", "str", prefix), nullptr;
    if (str_tail_match(self, prefix, 0, INTPTR_MAX, -1)) return str_substring(self, str_length(prefix), str_length(self));
    return str_from_object(self);
}
Owned remove_suffix(Object* self, Object* suffix) {
    if (!str_check(suffix)) return argument_bad("removesuffix", "argument", "str", suffix), nullptr;
    if (str_tail_match(self, suffix, 0, INTPTR_MAX, 1)) return str_substring(self, 0, str_length(self) - str_length(suffix));
    return str_from_object(self);
}

Owned make_translation(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("maketrans", nargs, 1, 3)) return nullptr;
    for (intptr_t i = 1; i < nargs; ++i) {
        if (!str_check(args[i])) return argument_bad("maketrans", i == 1 ? "argument 2" : "argument 3", "str", args[i]), nullptr;
    }
    return str_make_translation(args[0], nargs > 1 ? args[1] : nullptr, nargs > 2 ? args[2] : nullptr);
}

Owned format(Object* self, Object* args, Object* kwargs) {
    return str_format_fields(self, tuple_items(args), tuple_size(args), kwargs);
}
Owned format_map(Object* self, Object* mapping) { return str_format_fields(self, nullptr, -1, mapping); }
Owned format_spec(Object* self, Object* spec) {
    if (!str_check(spec)) return argument_bad("__format__", "argument", "str", spec), nullptr;
    return str_format_spec(self, spec);
}

Owned get_new_args(Object* self, Object*) {
    auto* text = as_str(self);
    auto copy = own(text->length == 0 ? newref(str_empty()) : str_from_kind_and_data(text->kind, text->data, text->length));
    return copy ? tuple_pack({copy.get()}) : nullptr;
}
Owned size_of(Object* self, Object*) { return int_from_size(str_type.tp_sizeof(self)); }

}  // namespace

const MethodDef str_methods[] = {
    method_def("encode", encode, kMethFastcall | kMethKeywords, "encode($self, /, encoding='utf-8', errors='strict')\n--\n\n"),
    method_def("replace", replace, kMethFastcall, "replace($self, old, new, count=-1, /)\n--\n\n"),
    method_def("split", split<false>, kMethFastcall | kMethKeywords, "split($self, /, sep=None, maxsplit=-1)\n--\n\n"),
    method_def("rsplit", split<true>, kMethFastcall | kMethKeywords, "rsplit($self, /, sep=None, maxsplit=-1)\n--\n\n"),
    method_def("join", join, kMethO, "join($self, iterable, /)\n--\n\n"),
    method_def("capitalize", plain<str_capitalize>, kMethNoargs, "capitalize($self, /)\n--\n\n"),
    method_def("casefold", plain<str_case_fold>, kMethNoargs, "casefold($self, /)\n--\n\n"),
    method_def("title", plain<str_title>, kMethNoargs, "title($self, /)\n--\n\n"),
    method_def("center", justify<0>, kMethFastcall, "center($self, width, fillchar=' ', /)\n--\n\n"),
    method_def("count", count, kMethFastcall),
    method_def("expandtabs", expand_tabs, kMethFastcall | kMethKeywords, "expandtabs($self, /, tabsize=8)\n--\n\n"),
    method_def("find", find, kMethFastcall),
    method_def("partition", partition, kMethO, "partition($self, sep, /)\n--\n\n"),
    method_def("index", index<1>, kMethFastcall),
    method_def("ljust", justify<-1>, kMethFastcall, "ljust($self, width, fillchar=' ', /)\n--\n\n"),
    method_def("lower", plain<str_lower>, kMethNoargs, "lower($self, /)\n--\n\n"),
    method_def("lstrip", strip<0>, kMethFastcall, "lstrip($self, chars=None, /)\n--\n\n"),
    method_def("rfind", rfind, kMethFastcall),
    method_def("rindex", index<-1>, kMethFastcall),
    method_def("rjust", justify<1>, kMethFastcall, "rjust($self, width, fillchar=' ', /)\n--\n\n"),
    method_def("rstrip", strip<1>, kMethFastcall, "rstrip($self, chars=None, /)\n--\n\n"),
    method_def("rpartition", rpartition, kMethO, "rpartition($self, sep, /)\n--\n\n"),
    method_def("splitlines", split_lines, kMethFastcall | kMethKeywords, "splitlines($self, /, keepends=False)\n--\n\n"),
    method_def("strip", strip<2>, kMethFastcall, "strip($self, chars=None, /)\n--\n\n"),
    method_def("swapcase", plain<str_swap_case>, kMethNoargs, "swapcase($self, /)\n--\n\n"),
    method_def("translate", translate, kMethO, "translate($self, table, /)\n--\n\n"),
    method_def("upper", plain<str_upper>, kMethNoargs, "upper($self, /)\n--\n\n"),
    method_def("startswith", starts_or_ends<-1>, kMethFastcall),
    method_def("endswith", starts_or_ends<1>, kMethFastcall),
    method_def("removeprefix", remove_prefix, kMethO, "removeprefix($self, prefix, /)\n--\n\n"),
    method_def("removesuffix", remove_suffix, kMethO, "removesuffix($self, suffix, /)\n--\n\n"),
    method_def("isascii", is_ascii, kMethNoargs, "isascii($self, /)\n--\n\n"),
    method_def("islower", test<str_is_lower>, kMethNoargs, "islower($self, /)\n--\n\n"),
    method_def("isupper", test<str_is_upper>, kMethNoargs, "isupper($self, /)\n--\n\n"),
    method_def("istitle", test<str_is_title>, kMethNoargs, "istitle($self, /)\n--\n\n"),
    method_def("isspace", test_flags<base::kSpace>, kMethNoargs, "isspace($self, /)\n--\n\n"),
    method_def("isdecimal", test_flags<base::kDecimal>, kMethNoargs, "isdecimal($self, /)\n--\n\n"),
    method_def("isdigit", test_flags<base::kDigit>, kMethNoargs, "isdigit($self, /)\n--\n\n"),
    method_def("isnumeric", test_flags<base::kNumeric>, kMethNoargs, "isnumeric($self, /)\n--\n\n"),
    method_def("isalpha", test_flags<base::kAlpha>, kMethNoargs, "isalpha($self, /)\n--\n\n"),
    method_def("isalnum", test_flags<base::kAlpha | base::kDecimal | base::kDigit | base::kNumeric>, kMethNoargs, "isalnum($self, /)\n--\n\n"),
    method_def("isidentifier", test<str_is_identifier>, kMethNoargs, "isidentifier($self, /)\n--\n\n"),
    method_def("isprintable", test<str_is_printable>, kMethNoargs, "isprintable($self, /)\n--\n\n"),
    method_def("zfill", zero_fill, kMethO, "zfill($self, width, /)\n--\n\n"),
    method_def("format", format, kMethVarargs | kMethKeywords),
    method_def("format_map", format_map, kMethO),
    method_def("__format__", format_spec, kMethO, "__format__($self, format_spec, /)\n--\n\n"),
    method_def("maketrans", make_translation, kMethFastcall | kMethStatic),
    method_def("__sizeof__", size_of, kMethNoargs, "__sizeof__($self, /)\n--\n\n"),
    method_def("__getnewargs__", get_new_args, kMethNoargs),
    {nullptr, nullptr, 0},
};

}  // namespace refscope::vm
