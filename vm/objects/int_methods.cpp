// The methods and attributes of int.
#include <cstring>

#include "vm/base/bigint.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/format.h"
#include "vm/objects/int_digits.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

Owned itself(Object* self, Object*) { return int_type.nb_positive(self); }

Owned bit_length(Object* self, Object*) { return int_from_int64(static_cast<int64_t>(int_bit_length(self))); }

Owned bit_count(Object* self, Object*) {
    const uint32_t* digits = int_digits(self);
    int64_t count = 0;
    for (intptr_t i = int_digit_count(self); i-- > 0;) count += __builtin_popcount(digits[i]);
    return int_from_int64(count);
}

// 1: little, 0: big, -1: ValueError.
int read_byte_order(Object* order_or_null) {
    if (!order_or_null) return 0;
    if (str_equal_ascii(order_or_null, "little")) return 1;
    if (str_equal_ascii(order_or_null, "big")) return 0;
    err_set_string(exc::ValueError, "byteorder must be either 'little' or 'big'");
    return -1;
}

bool check_order_is_str(const char* function, Object* order_or_null) {
    if (!order_or_null || str_check(order_or_null)) return true;
    argument_bad(function, "argument 'byteorder'", "str", order_or_null);
    return false;
}

Owned to_bytes(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"length", "byteorder", "signed", nullptr};
    static const KeywordParser parser{"to_bytes", names, 0, 2, 0};
    Object* given[3];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    intptr_t length = 1;
    bool is_signed = false;
    if (given[0] && !argument_ssize(given[0], &length)) return nullptr;
    if (!check_order_is_str("to_bytes", given[1])) return nullptr;
    if (given[2] && !argument_bool(given[2], &is_signed)) return nullptr;
    int little = read_byte_order(given[1]);
    if (little < 0) return nullptr;
    if (length < 0) return err_set_string(exc::ValueError, "length argument must be non-negative");
    std::string buffer(static_cast<size_t>(length), '\0');
    if (!int_to_bytes(self, reinterpret_cast<unsigned char*>(buffer.data()), buffer.size(), little != 0, is_signed)) return nullptr;
    return bytes_from_view(buffer);
}

Owned from_bytes(Object* type, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"bytes", "byteorder", "signed", nullptr};
    static const KeywordParser parser{"from_bytes", names, 1, 2, 0};
    Object* given[3];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    bool is_signed = false;
    if (!check_order_is_str("from_bytes", given[1])) return nullptr;
    if (given[2] && !argument_bool(given[2], &is_signed)) return nullptr;
    int little = read_byte_order(given[1]);
    if (little < 0) return nullptr;
    auto bytes = own(object_bytes(given[0]));
    if (!bytes) return nullptr;
    auto result = own(int_from_bytes(reinterpret_cast<unsigned char*>(bytes_data(bytes.get())),
                                     static_cast<size_t>(bytes_size(bytes.get())), little != 0, is_signed));
    if (!result || type == &int_type) return result.release();
    return object_call_onearg(type, result.get());
}

Owned as_integer_ratio(Object* self, Object*) {
    auto numerator = own(int_type.nb_positive(self));
    if (!numerator) return nullptr;
    return tuple_pack({numerator.get(), small_int(1)});
}

Owned round_to(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("__round__", nargs, 0, 1)) return nullptr;
    if (nargs == 0) return int_type.nb_positive(self);
    auto digits = own(number_index(args[0]));
    if (!digits) return nullptr;
    if (int_sign(digits.get()) >= 0) return int_type.nb_positive(self);
    // self - (self mod-near 10**-digits)
    auto exponent = own(int_negative(digits.get()));
    auto ten = own(newref(small_int(10)));
    if (!exponent) return nullptr;
    auto unit = own(int_power(ten.get(), exponent.get(), none()));
    if (!unit) return nullptr;
    auto pair = own(int_divmod_near(self, unit.get()));
    if (!pair) return nullptr;
    return int_subtract(self, tuple_get_item(pair.get(), 1));
}

Owned get_new_args(Object* self, Object*) {
    auto value = own(int_type.nb_positive(self));
    if (!value) return nullptr;
    return tuple_pack({value.get()});
}

Owned format_method(Object* self, Object* spec) {
    if (!str_check(spec)) {
        argument_bad("__format__", "argument", "str", spec);
        return nullptr;
    }
    return int_format_spec(self, spec);
}

Owned size_of(Object* self, Object*) { return int_from_size(int_type.tp_sizeof(self)); }

}  // namespace

const MethodDef int_methods[] = {
    method_def("conjugate", itself, kMethNoargs),
    method_def("bit_length", bit_length, kMethNoargs, "bit_length($self, /)\n--\n\n"),
    method_def("bit_count", bit_count, kMethNoargs, "bit_count($self, /)\n--\n\n"),
    method_def("to_bytes", to_bytes, kMethFastcall | kMethKeywords,
               "to_bytes($self, /, length=1, byteorder='big', *, signed=False)\n--\n\n"),
    method_def("from_bytes", from_bytes, kMethFastcall | kMethKeywords | kMethClass,
               "from_bytes($type, /, bytes, byteorder='big', *, signed=False)\n--\n\n"),
    method_def("as_integer_ratio", as_integer_ratio, kMethNoargs, "as_integer_ratio($self, /)\n--\n\n"),
    method_def("__trunc__", itself, kMethNoargs),
    method_def("__floor__", itself, kMethNoargs),
    method_def("__ceil__", itself, kMethNoargs),
    method_def("__round__", round_to, kMethFastcall),
    method_def("__getnewargs__", get_new_args, kMethNoargs, "__getnewargs__($self, /)\n--\n\n"),
    method_def("__format__", format_method, kMethO, "__format__($self, format_spec, /)\n--\n\n"),
    method_def("__sizeof__", size_of, kMethNoargs, "__sizeof__($self, /)\n--\n\n"),
    {nullptr, nullptr, 0},
};

const GetSetDef int_getset[] = {
    {"real", +[](Object* self, void*) -> Owned { return int_type.nb_positive(self); }, nullptr, "the real part of a complex number"},
    {"imag", +[](Object*, void*) -> Owned { return newref(small_int(0)); }, nullptr, "the imaginary part of a complex number"},
    {"numerator", +[](Object* self, void*) -> Owned { return int_type.nb_positive(self); }, nullptr, "the numerator in lowest terms"},
    {"denominator", +[](Object*, void*) -> Owned { return newref(small_int(1)); }, nullptr, "the denominator in lowest terms"},
    {nullptr, nullptr},
};

}  // namespace refscope::vm
