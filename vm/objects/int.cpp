// The int type: making and reading ints, conversions to machine types, the constructor.
#include "vm/objects/int.h"

#include <climits>
#include <cmath>
#include <cstring>

#include "vm/base/bigint.h"
#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/hash.h"
#include "vm/objects/int_digits.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr size_t kDigitsOffset = sizeof(VarObject);
constexpr intptr_t kMaxDigits = (INTPTR_MAX - static_cast<intptr_t>(kDigitsOffset)) / 4;

size_t int_sizeof(Object* self) {
    intptr_t count = int_digit_count(self);
    return kDigitsOffset + 4 * static_cast<size_t>(count > 0 ? count : 1);
}

void int_dealloc(Object* self) {
    if (self->type == &int_type && int_digit_count(self) <= 2 && self->refcount == 0) {
        free_small(self, 32);
        return;
    }
    self->type->tp_free(self);
}

int int_bool(Object* self) { return static_cast<VarObject*>(self)->size != 0; }

Owned int_float(Object* self) {
    double value = int_as_double(self);
    if (value == -1.0 && err_occurred()) return nullptr;
    return float_new(value);
}

Owned int_new_from(Object* text_or_number, Object* base_or_null) {
    if (!text_or_number) {
        if (base_or_null) return err_set_string(exc::TypeError, "int() missing string argument");
        return int_from_int64(0);
    }
    if (!base_or_null) return number_int(text_or_number);
    intptr_t base = number_as_ssize(base_or_null, nullptr);
    if (base == -1 && err_occurred()) return nullptr;
    if ((base != 0 && base < 2) || base > 36) {
        return err_set_string(exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
    }
    if (str_check(text_or_number)) return int_from_str_object(text_or_number, static_cast<int>(base));
    if (bytes_check(text_or_number) || bytearray_check(text_or_number)) {
        std::string_view text = bytes_check(text_or_number)
                                    ? bytes_view(text_or_number)
                                    : std::string_view(bytearray_data(text_or_number), static_cast<size_t>(bytearray_size(text_or_number)));
        return int_from_string(text, static_cast<int>(base));
    }
    return err_set_string(exc::TypeError, "int() can't convert non-string with explicit base");
}

// An instance of a subclass: the value is computed as an exact int, then copied.
Owned int_subtype(Type* type, Object* value_stolen) {
    auto value = own(value_stolen);
    if (!value) return nullptr;
    intptr_t count = int_digit_count(value.get());
    auto* copy = static_cast<IntObject*>(type->tp_alloc(type, count));
    if (!copy) return nullptr;
    copy->size = static_cast<VarObject*>(value.get())->size;
    std::memcpy(copy->digit, int_digits(value.get()), static_cast<size_t>(count > 0 ? count : 1) * 4);
    return copy;
}

const char* const kIntParameters[] = {"", "base", nullptr};
const KeywordParser kIntParser{"int", kIntParameters, 0, 2, 0};

Owned int_new(Type* type, Object* args, Object* kwargs) {
    Object* given[2] = {};
    if (!unpack_keywords_tuple(kIntParser, args, kwargs, given)) return nullptr;
    Owned value = int_new_from(given[0], given[1]);
    if (type == &int_type || !value) return value;
    return int_subtype(type, value);
}

Owned int_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    auto count = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    // CPython packs the arguments: __int__ and its like see one reference more, and the collector one allocation.
    Ref<> packed = own(count > 0 ? tuple_from_array(args, count) : newref(empty_tuple()));
    if (!packed) return nullptr;
    if (count > 2 || (kwnames && tuple_size(kwnames) != 0)) {
        Object* given[2] = {};
        if (!unpack_keywords(kIntParser, args, count, kwnames, given)) return nullptr;
        return int_new_from(given[0], given[1]);
    }
    if (count == 0) return int_from_int64(0);
    return count == 1 ? number_int(args[0]) : int_new_from(args[0], args[1]);
}

}  // namespace

int int_max_str_digits = kIntMaxStrDigitsDefault;
IntObject small_ints[kSmallIntMax - kSmallIntMin + 1];

IntObject* int_allocate(intptr_t count) {
    if (count > kMaxDigits) {
        err_set_string(exc::OverflowError, "too many digits in integer");
        return nullptr;
    }
    IntObject* result;
    if (count <= 2 && !allocation_listened) {
        result = static_cast<IntObject*>(allocate_small_at(&int_type, 32, current_site()));
    } else {
        result = static_cast<IntObject*>(allocate_object(&int_type, kDigitsOffset + 4 * static_cast<size_t>(count ? count : 1)));
    }
    if (!result) return nullptr;
    result->size = count;
    if (count == 0) result->digit[0] = 0;
    return result;
}

Owned int_normalize(IntObject* value) {
    intptr_t count = value->size < 0 ? -value->size : value->size;
    while (count > 0 && value->digit[count - 1] == 0) --count;
    value->size = value->size < 0 ? -count : count;
    if (count == 0) value->digit[0] = 0;
    if (count <= 1) {
        int64_t compact = int_compact_value(value);
        if (compact >= kSmallIntMin && compact <= kSmallIntMax) {
            decref(value);
            return newref(small_int(compact));
        }
    }
    return value;
}

Owned int_new_three_digits(int64_t value, uint32_t site) {
    uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    auto* result = static_cast<IntObject*>(allocate_object(&int_type, kDigitsOffset + 12));
    if (!result) return nullptr;
    result->site = site;
    result->digit[0] = static_cast<uint32_t>(magnitude) & kIntDigitMask;
    result->digit[1] = static_cast<uint32_t>(magnitude >> kIntDigitBits) & kIntDigitMask;
    result->digit[2] = static_cast<uint32_t>(magnitude >> (2 * kIntDigitBits));
    result->size = value < 0 ? -3 : 3;
    return result;
}

Owned int_from_uint64(uint64_t value) {
    if (value <= static_cast<uint64_t>(INT64_MAX)) return int_from_int64(static_cast<int64_t>(value));
    IntObject* result = int_allocate(3);
    if (!result) return nullptr;
    result->digit[0] = static_cast<uint32_t>(value) & kIntDigitMask;
    result->digit[1] = static_cast<uint32_t>(value >> kIntDigitBits) & kIntDigitMask;
    result->digit[2] = static_cast<uint32_t>(value >> (2 * kIntDigitBits));
    return result;
}

Owned int_from_pointer(const void* address) { return int_from_uint64(reinterpret_cast<uintptr_t>(address)); }

Owned int_from_double(double value) {
    if (std::isinf(value)) return err_set_string(exc::OverflowError, "cannot convert float infinity to integer");
    if (std::isnan(value)) return err_set_string(exc::ValueError, "cannot convert float NaN to integer");
    if (value > -9.2e18 && value < 9.2e18) return int_from_int64(static_cast<int64_t>(value));
    Integer number;
    mpz_set_d(number.get(), value);
    return number.to_int();
}

Owned int_from_big(const base::BigInt& value) {
    if (value.is_small()) return int_from_int64(value.small());
    mpz_srcptr big = value.big();
    return int_from_limbs(mpz_limbs_read(big), static_cast<mp_size_t>(mpz_size(big)), mpz_sgn(big) < 0);
}

base::BigInt int_to_big(Object* object) {
    if (int_is_medium(object)) return base::BigInt(int_medium_value(object));
    Integer number(object);
    return base::BigInt::from_mpz(number.get());
}

void Limbs::load(const Object* value) {
    const uint32_t* digits = int_digits(value);
    intptr_t count = int_digit_count(value);
    mp_size_t out = 0;
    unsigned __int128 accumulator = 0;
    int bits = 0;
    for (intptr_t i = 0; i < count; ++i) {
        accumulator |= static_cast<unsigned __int128>(digits[i]) << bits;
        bits += kIntDigitBits;
        if (bits >= 64) {
            data_[out++] = static_cast<mp_limb_t>(accumulator);
            accumulator >>= 64;
            bits -= 64;
        }
    }
    if (bits > 0) data_[out++] = static_cast<mp_limb_t>(accumulator);
    set_size(out);
}

Owned int_from_limbs(const mp_limb_t* limbs, mp_size_t size, bool negative) {
    while (size > 0 && limbs[size - 1] == 0) --size;
    if (size == 0) return newref(small_int(0));
    if (size == 1 && limbs[0] <= static_cast<mp_limb_t>(INT64_MAX)) {
        auto value = static_cast<int64_t>(limbs[0]);
        return int_from_int64(negative ? -value : value);
    }
    size_t bits = static_cast<size_t>(size) * 64 - static_cast<size_t>(__builtin_clzll(limbs[size - 1]));
    auto count = static_cast<intptr_t>((bits + kIntDigitBits - 1) / kIntDigitBits);
    IntObject* result = int_allocate(count);
    if (!result) return nullptr;
    unsigned __int128 accumulator = 0;
    int available = 0;
    mp_size_t next = 0;
    for (intptr_t i = 0; i < count; ++i) {
        if (available < kIntDigitBits && next < size) {
            accumulator |= static_cast<unsigned __int128>(limbs[next++]) << available;
            available += 64;
        }
        result->digit[i] = static_cast<uint32_t>(accumulator) & kIntDigitMask;
        accumulator >>= kIntDigitBits;
        available -= kIntDigitBits;
    }
    if (negative) result->size = -count;
    return result;
}

void Integer::load(const Object* object) {
    Limbs limbs(object);
    if (limbs.size() == 0) {
        mpz_set_ui(value_, 0);
        return;
    }
    mp_limb_t* target = mpz_limbs_write(value_, limbs.size());
    std::memcpy(target, limbs.data(), static_cast<size_t>(limbs.size()) * sizeof(mp_limb_t));
    mpz_limbs_finish(value_, int_sign(object) < 0 ? -limbs.size() : limbs.size());
}

size_t int_bit_length(const Object* object) {
    intptr_t count = int_digit_count(object);
    if (count == 0) return 0;
    return static_cast<size_t>(count - 1) * kIntDigitBits + static_cast<size_t>(32 - __builtin_clz(int_digits(object)[count - 1]));
}

int64_t int_as_int64_overflow(Object* object, int* overflow) {
    *overflow = 0;
    if (!int_check(object)) {
        auto index = own(number_index(object));
        if (!index) return -1;
        return int_as_int64_overflow(index.get(), overflow);
    }
    if (int_is_medium(object)) return int_medium_value(object);
    intptr_t count = int_digit_count(object);
    bool negative = static_cast<VarObject*>(object)->size < 0;
    const uint32_t* digits = int_digits(object);
    if (count == 3 && digits[2] < 16) {
        uint64_t magnitude = digits[0] | static_cast<uint64_t>(digits[1]) << kIntDigitBits | static_cast<uint64_t>(digits[2]) << (2 * kIntDigitBits);
        if (magnitude <= static_cast<uint64_t>(INT64_MAX)) {
            auto value = static_cast<int64_t>(magnitude);
            return negative ? -value : value;
        }
        if (negative && magnitude == static_cast<uint64_t>(INT64_MAX) + 1) return INT64_MIN;
    }
    *overflow = negative ? -1 : 1;
    return -1;
}

int64_t int_as_int64(Object* object) {
    int overflow;
    int64_t value = int_as_int64_overflow(object, &overflow);
    if (overflow) {
        err_set_string(exc::OverflowError, "Python int too large to convert to C long");
        return -1;
    }
    return value;
}

intptr_t int_as_ssize(Object* object) {
    if (!int_check(object)) {
        err_set_string(exc::TypeError, "an integer is required");
        return -1;
    }
    int overflow;
    int64_t value = int_as_int64_overflow(object, &overflow);
    if (overflow) {
        err_set_string(exc::OverflowError, "Python int too large to convert to C ssize_t");
        return -1;
    }
    return value;
}

int int_as_int(Object* object) {
    int overflow;
    int64_t value = int_as_int64_overflow(object, &overflow);
    if (value == -1 && err_occurred()) return -1;
    if (overflow || value > INT_MAX || value < INT_MIN) {
        err_set_string(exc::OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    return static_cast<int>(value);
}

uint64_t int_as_uint64(Object* object) {
    if (!int_check(object)) {
        err_set_string(exc::TypeError, "an integer is required");
        return UINT64_MAX;
    }
    intptr_t size = static_cast<VarObject*>(object)->size;
    if (size < 0) {
        err_set_string(exc::OverflowError, "can't convert negative value to unsigned int");
        return UINT64_MAX;
    }
    if (size > 3 || (size == 3 && int_digits(object)[2] >= 16)) {
        err_set_string(exc::OverflowError, "int too big to convert");
        return UINT64_MAX;
    }
    return int_as_uint64_mask(object);
}

uint64_t int_as_uint64_mask(Object* object) {
    if (!int_check(object)) {
        auto index = own(number_index(object));
        if (!index) return UINT64_MAX;
        return int_as_uint64_mask(index.get());
    }
    intptr_t count = int_digit_count(object);
    const uint32_t* digits = int_digits(object);
    uint64_t value = 0;
    for (intptr_t i = 0; i < count && i < 3; ++i) value |= static_cast<uint64_t>(digits[i]) << (i * kIntDigitBits);
    return static_cast<VarObject*>(object)->size < 0 ? 0 - value : value;
}

void* int_as_pointer(Object* object) {
    if (!int_check(object)) {
        err_set_string(exc::TypeError, "an integer is required");
        return nullptr;
    }
    if (static_cast<VarObject*>(object)->size < 0) return reinterpret_cast<void*>(int_as_int64(object));
    return reinterpret_cast<void*>(int_as_uint64(object));
}

double int_frexp(Object* object, intptr_t* exponent) {
    size_t bits = int_bit_length(object);
    *exponent = static_cast<intptr_t>(bits);
    if (bits == 0) return 0.0;
    // The leading 64 bits; what lies below only breaks ties, and is kept in the lowest bit.
    const uint32_t* digits = int_digits(object);
    intptr_t count = int_digit_count(object);
    uint64_t top = 0;
    bool sticky = false;
    auto shift = static_cast<intptr_t>(bits) - 64;  // bits below the leading 64
    for (intptr_t i = count - 1; i >= 0; --i) {
        intptr_t position = i * kIntDigitBits - shift;
        if (position >= 0) {
            top |= static_cast<uint64_t>(digits[i]) << position;
        } else if (position > -kIntDigitBits) {
            top |= static_cast<uint64_t>(digits[i]) >> -position;
            sticky |= (digits[i] & ((1u << -position) - 1)) != 0;
        } else {
            sticky |= digits[i] != 0;
        }
        if (sticky) break;
    }
    if (sticky) top |= 1;
    double fraction = std::ldexp(static_cast<double>(top), -64);
    if (fraction == 1.0) {
        fraction = 0.5;
        ++*exponent;
    }
    return static_cast<VarObject*>(object)->size < 0 ? -fraction : fraction;
}

double int_as_double(Object* object) {
    if (!int_check(object)) {
        err_set_string(exc::TypeError, "an integer is required");
        return -1.0;
    }
    if (int_is_medium(object)) return static_cast<double>(int_medium_value(object));
    intptr_t exponent;
    double fraction = int_frexp(object, &exponent);
    if (exponent > 1024) {
        err_set_string(exc::OverflowError, "int too large to convert to float");
        return -1.0;
    }
    return std::ldexp(fraction, static_cast<int>(exponent));
}

Owned int_from_bytes(const unsigned char* bytes, size_t count, bool little_endian, bool is_signed) {
    if (count == 0) return newref(small_int(0));
    auto at = [&](size_t i) { return little_endian ? bytes[i] : bytes[count - 1 - i]; };
    bool negative = is_signed && (at(count - 1) & 0x80);
    // Leading bytes that say nothing.
    unsigned char filler = negative ? 0xff : 0;
    size_t used = count;
    while (used > 0 && at(used - 1) == filler) --used;
    size_t bits = used * 8 + (negative ? 1 : 0);
    auto digits = static_cast<intptr_t>((bits + kIntDigitBits - 1) / kIntDigitBits);
    IntObject* result = int_allocate(digits < 1 ? 1 : digits);
    if (!result) return nullptr;
    if (digits < 1) result->digit[0] = 0;
    uint64_t accumulator = 0;
    int available = 0;
    unsigned carry = 1;
    intptr_t out = 0;
    for (size_t i = 0; out < result->size; ) {
        while (available < kIntDigitBits) {
            unsigned byte = i < used ? at(i) : filler;
            ++i;
            if (negative) {
                byte = (byte ^ 0xff) + carry;
                carry = byte >> 8;
                byte &= 0xff;
            }
            accumulator |= static_cast<uint64_t>(byte) << available;
            available += 8;
        }
        result->digit[out++] = static_cast<uint32_t>(accumulator) & kIntDigitMask;
        accumulator >>= kIntDigitBits;
        available -= kIntDigitBits;
    }
    if (negative) result->size = -result->size;
    return int_normalize(result);
}

bool int_to_bytes(Object* object, unsigned char* bytes, size_t count, bool little_endian, bool is_signed) {
    bool negative = static_cast<VarObject*>(object)->size < 0;
    if (negative && !is_signed) {
        err_set_string(exc::OverflowError, "can't convert negative int to unsigned");
        return false;
    }
    const uint32_t* digits = int_digits(object);
    intptr_t digit_count = int_digit_count(object);
    uint64_t accumulator = 0;
    int available = 0;
    intptr_t next = 0;
    unsigned carry = 1;
    unsigned byte = 0;
    for (size_t i = 0; i < count; ++i) {
        if (available < 8) {
            if (next < digit_count) accumulator |= static_cast<uint64_t>(digits[next++]) << available;
            available += kIntDigitBits;
        }
        byte = accumulator & 0xff;
        accumulator >>= 8;
        available -= 8;
        if (negative) {
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        bytes[little_endian ? i : count - 1 - i] = static_cast<unsigned char>(byte);
    }
    size_t bits = int_bit_length(object);
    bool fits = bits <= count * 8;
    if (fits && is_signed && bits > 0) {
        // A negative power of two needs a bit less than its magnitude says.
        bool sign_set = count > 0 && (byte & 0x80);
        fits = sign_set == negative;
    }
    if (!fits) {
        err_set_string(exc::OverflowError, "int too big to convert");
        return false;
    }
    return true;
}

Hash int_hash(Object* object) {
    intptr_t size = static_cast<VarObject*>(object)->size;
    if (RS_LIKELY(size >= -1 && size <= 1)) {
        int64_t value = int_compact_value(object);
        return value == -1 ? -2 : value;
    }
    const uint32_t* digits = int_digits(object);
    uint64_t hash = 0;
    for (intptr_t i = size < 0 ? -size : size; i-- > 0;) {
        hash = ((hash << kIntDigitBits) & kHashModulus) | (hash >> (kHashBits - kIntDigitBits));
        hash += digits[i];
        if (hash >= kHashModulus) hash -= kHashModulus;
    }
    auto result = static_cast<Hash>(hash);
    if (size < 0) result = -result;
    return result == -1 ? -2 : result;
}

int int_compare(const Object* left, const Object* right) {
    intptr_t left_size = static_cast<const VarObject*>(left)->size;
    intptr_t right_size = static_cast<const VarObject*>(right)->size;
    if (left_size != right_size) return left_size < right_size ? -1 : 1;
    const uint32_t* left_digits = int_digits(left);
    const uint32_t* right_digits = int_digits(right);
    for (intptr_t i = left_size < 0 ? -left_size : left_size; i-- > 0;) {
        if (left_digits[i] != right_digits[i]) return (left_digits[i] < right_digits[i]) == (left_size > 0) ? -1 : 1;
    }
    return 0;
}

Owned int_rich_compare(Object* left, Object* right, int op) {
    if (!int_check(left) || !int_check(right)) return new_not_implemented();
    int order = left == right ? 0 : int_compare(left, right);
    bool result = false;
    switch (op) {
        case kLT: result = order < 0; break;
        case kLE: result = order <= 0; break;
        case kEQ: result = order == 0; break;
        case kNE: result = order != 0; break;
        case kGT: result = order > 0; break;
        case kGE: result = order >= 0; break;
    }
    return bool_from(result);
}

Type int_type = [] {
    Type t = static_type("int", kDigitsOffset, 4, kBaseType | kLongSubclass | kMatchSelf | kItemsInline);
    t.tp_dealloc = int_dealloc;
    t.tp_repr = int_repr;
    t.tp_hash = int_hash;
    t.tp_getattro = object_generic_get_attr;
    t.tp_richcompare = int_rich_compare;
    t.tp_methods = int_methods;
    t.tp_getset = int_getset;
    t.tp_new = int_new;
    t.tp_vectorcall = int_vectorcall;
    t.tp_sizeof = int_sizeof;
    t.tp_doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\nThe integer that a number, string or bytes object stands for; 0 without arguments.";
    t.nb_add = int_add;
    t.nb_subtract = int_subtract;
    t.nb_multiply = int_multiply;
    t.nb_remainder = int_remainder;
    t.nb_divmod = int_divmod;
    t.nb_power = int_power;
    t.nb_negative = int_negative;
    t.nb_positive = [](Object* self) -> Owned {
        if (int_check_exact(self)) return newref(self);
        if (int_is_medium(self)) return int_from_int64(int_medium_value(self));
        intptr_t count = int_digit_count(self);
        IntObject* copy = int_allocate(count);
        if (!copy) return nullptr;
        std::memcpy(copy->digit, int_digits(self), static_cast<size_t>(count) * 4);
        copy->size = static_cast<VarObject*>(self)->size;
        return copy;
    };
    t.nb_absolute = int_absolute;
    t.nb_bool = int_bool;
    t.nb_invert = int_invert;
    t.nb_lshift = int_lshift;
    t.nb_rshift = int_rshift;
    t.nb_and = int_and;
    t.nb_xor = int_xor;
    t.nb_or = int_or;
    t.nb_int = t.nb_positive;
    t.nb_float = int_float;
    t.nb_floor_divide = int_floor_divide;
    t.nb_true_divide = int_true_divide;
    t.nb_index = t.nb_positive;
    return t;
}();

int init_int_types() {
    for (int64_t value = kSmallIntMin; value <= kSmallIntMax; ++value) {
        IntObject& slot = small_ints[value - kSmallIntMin];
        slot.refcount = 1;
        slot.type = &int_type;
        slot.size = (value > 0) - (value < 0);
        slot.digit[0] = static_cast<uint32_t>(value < 0 ? -value : value);
        register_static_object(&slot);
    }
    return type_ready(&int_type);
}

}  // namespace refscope::vm
