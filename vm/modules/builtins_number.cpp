// Built-in functions about numbers and characters.
#include "vm/modules/builtins_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

Owned builtin_abs(Object*, Object* object) { return number_absolute(object); }

template <int base>
Owned builtin_to_base(Object*, Object* object) {
    auto value = own(number_index(object));
    return value ? int_format(value.get(), base, true) : nullptr;
}

Owned builtin_chr(Object*, Object* object) {
    auto number = own(number_index(object));
    if (!number) return nullptr;
    int overflow;
    int64_t value = int_as_int64_overflow(number.get(), &overflow);
    if (overflow || value < INT32_MIN || value > INT32_MAX)
        return err_set_string(exc::OverflowError, "Python int too large to convert to C int");
    if (value < 0 || value > 0x10ffff) return err_set_string(exc::ValueError, "chr() arg not in range(0x110000)");
    return str_from_ordinal(static_cast<char32_t>(value));
}

Owned builtin_ord(Object*, Object* object) {
    intptr_t size;
    if (bytes_check(object)) {
        auto* bytes = static_cast<BytesObject*>(object);
        size = bytes->size;
        if (size == 1) return int_from_int(static_cast<unsigned char>(bytes->data[0]));
    } else if (str_check(object)) {
        size = str_length(object);
        if (size == 1) return int_from_int64(str_read(object, 0));
    } else if (bytearray_check(object)) {
        size = bytearray_size(object);
        if (size == 1) return int_from_int(static_cast<unsigned char>(*bytearray_data(object)));
    } else {
        err_format(exc::TypeError, "ord() expected string of length 1, but %.200s found", object->type->tp_name);
        return nullptr;
    }
    err_format(exc::TypeError, "ord() expected a character, but string of length %zd found", size);
    return nullptr;
}

Owned builtin_divmod(Object*, Object* const* args, intptr_t nargs) {
    return check_positional("divmod", nargs, 2, 2) ? number_divmod(args[0], args[1]) : nullptr;
}

Owned builtin_pow(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"base", "exp", "mod", nullptr};
    static const KeywordParser parser{"pow", names, 2, 3, 0};
    Object* given[3];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    return number_power(given[0], given[1], given[2] ? given[2] : none());
}

Owned builtin_round(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"number", "ndigits", nullptr};
    static const KeywordParser parser{"round", names, 1, 2, 0};
    Object* given[2];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    auto method = own(object_lookup_special(given[0], ID(__round__)));
    if (!method) {
        if (!err_occurred())
            err_format(exc::TypeError, "type %.100s doesn't define __round__ method", given[0]->type->tp_name);
        return nullptr;
    }
    if (!given[1] || is_none(given[1])) return object_call_noargs(method.get());
    return object_call_onearg(method.get(), given[1]);
}

}  // namespace

const MethodDef builtins_number_functions[] = {
    method_def("abs", builtin_abs, kMethO, "abs($module, x, /)\n--\n\nReturn the absolute value of the argument."),
    method_def("bin", builtin_to_base<2>, kMethO,
               "bin($module, number, /)\n--\n\nReturn the binary representation of an integer."),
    method_def("chr", builtin_chr, kMethO,
               "chr($module, i, /)\n--\n\nReturn a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff."),
    method_def("divmod", builtin_divmod, kMethFastcall,
               "divmod($module, x, y, /)\n--\n\nReturn the tuple (x//y, x%y).  Invariant: div*y + mod == x."),
    method_def("hex", builtin_to_base<16>, kMethO,
               "hex($module, number, /)\n--\n\nReturn the hexadecimal representation of an integer."),
    method_def("oct", builtin_to_base<8>, kMethO,
               "oct($module, number, /)\n--\n\nReturn the octal representation of an integer."),
    method_def("ord", builtin_ord, kMethO, "ord($module, c, /)\n--\n\nReturn the Unicode code point for a one-character string."),
    method_def("pow", builtin_pow, kMethFastcall | kMethKeywords,
               "pow($module, /, base, exp, mod=None)\n--\n\nEquivalent to base**exp with 2 arguments or base**exp % mod with 3 "
               "arguments."),
    method_def("round", builtin_round, kMethFastcall | kMethKeywords,
               "round($module, /, number, ndigits=None)\n--\n\nRound a number to a given precision in decimal digits."),
    {},
};

}  // namespace refscope::vm
