// Hashing: SipHash-1-3 under the process's key, and the numeric hash that int, float, complex, Fraction and Decimal share.
//
// PYTHONHASHSEED=0 means a key of zeros, n a key from CPython's generator for n, so that hashes and with them the order of
// sets are CPython's; unset or "random" means entropy.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/type.h"

namespace refscope::vm {

inline constexpr int kHashBits = 61;
inline constexpr uint64_t kHashModulus = (uint64_t{1} << kHashBits) - 1;
inline constexpr Hash kHashInfinity = 314159;
inline constexpr Hash kHashImaginary = 1000003;

Hash hash_bytes(const void* data, size_t size);      // of str and bytes: 0 for empty, never -1
Hash hash_double(Object* instance, double value);    // nan hashes by identity of the instance
Hash hash_pointer(const void* address);              // by identity

// The key, before the first str is hashed. `seed` 0 gives the key of zeros.
void hash_set_seed(uint32_t seed);
void hash_set_random_key(const unsigned char key[24]);
// CPython's generator for a given seed, which also fills other secrets.
void hash_lcg(uint32_t seed, unsigned char* buffer, size_t size);

}  // namespace refscope::vm
