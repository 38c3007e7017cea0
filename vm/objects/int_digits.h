// How int's own files see the digits: allocation, normalising, and the bridge to GMP's limbs. No other file needs this.
#pragma once

#include <gmp.h>

#include <cstdlib>

#include "vm/objects/int.h"

namespace refscope::vm {

inline intptr_t int_digit_count(const Object* object) {
    intptr_t size = static_cast<const VarObject*>(object)->size;
    return size < 0 ? -size : size;
}
inline const uint32_t* int_digits(const Object* object) { return static_cast<const IntObject*>(object)->digit; }

// An exact int with `count` digits unset and size `count`; MemoryError or OverflowError when too large.
IntObject* int_allocate(intptr_t count);
// Takes an unshared int whose leading digits may be zero; gives it trimmed, or the shared small int.
Owned int_normalize(IntObject* value);
inline Owned int_negate_in_place(IntObject* value) {
    value->size = -value->size;
    return value;
}

// The magnitude of an int as GMP limbs, on the C++ stack when it is short.
class Limbs {
  public:
    explicit Limbs(size_t capacity) : data_(capacity <= kInline ? inline_ : static_cast<mp_limb_t*>(std::malloc(capacity * sizeof(mp_limb_t)))) {}
    explicit Limbs(const Object* value, size_t extra = 0) : Limbs(static_cast<size_t>(int_digit_count(value)) * kIntDigitBits / 64 + 1 + extra) {
        load(value);
    }
    Limbs(const Limbs&) = delete;
    Limbs& operator=(const Limbs&) = delete;
    ~Limbs() {
        if (data_ != inline_) std::free(data_);
    }
    mp_limb_t* data() { return data_; }
    const mp_limb_t* data() const { return data_; }
    mp_size_t size() const { return size_; }
    void set_size(mp_size_t size) {
        while (size > 0 && data_[size - 1] == 0) --size;
        size_ = size;
    }
    void load(const Object* value);

  private:
    static constexpr size_t kInline = 24;
    mp_limb_t inline_[kInline];
    mp_limb_t* data_;
    mp_size_t size_ = 0;
};
// A new int from limbs.
Owned int_from_limbs(const mp_limb_t* limbs, mp_size_t size, bool negative);

// An mpz that ends with the scope.
class Integer {
  public:
    Integer() { mpz_init(value_); }
    explicit Integer(const Object* object) {
        mpz_init(value_);
        load(object);
    }
    Integer(const Integer&) = delete;
    Integer& operator=(const Integer&) = delete;
    ~Integer() { mpz_clear(value_); }
    void load(const Object* object);
    mpz_ptr get() { return value_; }
    Owned to_int() const { return int_from_limbs(mpz_limbs_read(value_), static_cast<mp_size_t>(mpz_size(value_)), mpz_sgn(value_) < 0); }

  private:
    mpz_t value_;
};

// Digit-wise helpers of int_arithmetic.cpp and int_text.cpp.
Owned int_add_magnitudes(const Object* left, const Object* right);
Owned int_subtract_magnitudes(const Object* left, const Object* right);
// Floor division of any sizes; `right` is not 0. Either result pointer may be nullptr.
bool int_divmod_floor(Object* left, Object* right, Object** quotient, Object** remainder);

// int_text.cpp: the error of a text that is no literal, naming the object given.
Owned int_invalid_literal(Object* given, int base);
// int_methods.cpp
extern const MethodDef int_methods[];
extern const GetSetDef int_getset[];

}  // namespace refscope::vm
