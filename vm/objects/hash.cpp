#include "vm/objects/hash.h"

#include <cmath>
#include <cstring>

namespace refscope::vm {

namespace {

uint64_t key_0 = 0, key_1 = 0;

inline uint64_t rotate(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

struct Sip {
    uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v2 += v3;
        v1 = rotate(v1, 13) ^ v0;
        v3 = rotate(v3, 16) ^ v2;
        v0 = rotate(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = rotate(v1, 17) ^ v2;
        v3 = rotate(v3, 21) ^ v0;
        v2 = rotate(v2, 32);
    }
};

}  // namespace

Hash hash_bytes(const void* data, size_t size) {
    if (size == 0) return 0;
    // "somepseudorandomlygeneratedbytes", the constants of the SipHash paper.
    Sip sip{key_0 ^ 0x736f6d6570736575u, key_1 ^ 0x646f72616e646f6du, key_0 ^ 0x6c7967656e657261u, key_1 ^ 0x7465646279746573u};
    auto* bytes = static_cast<const unsigned char*>(data);
    uint64_t last = static_cast<uint64_t>(size) << 56;
    while (size >= 8) {
        uint64_t word;
        std::memcpy(&word, bytes, 8);
        bytes += 8;
        size -= 8;
        sip.v3 ^= word;
        sip.round();
        sip.v0 ^= word;
    }
    for (size_t i = 0; i < size; ++i) last |= static_cast<uint64_t>(bytes[i]) << (8 * i);
    sip.v3 ^= last;
    sip.round();
    sip.v0 ^= last;
    sip.v2 ^= 0xff;
    sip.round();
    sip.round();
    sip.round();
    auto hash = static_cast<Hash>((sip.v0 ^ sip.v1) ^ (sip.v2 ^ sip.v3));
    return hash == -1 ? -2 : hash;
}

Hash hash_double(Object* instance, double value) {
    if (!std::isfinite(value)) {
        if (std::isinf(value)) return value > 0 ? kHashInfinity : -kHashInfinity;
        return hash_pointer(instance);
    }
    int exponent;
    double mantissa = std::frexp(value, &exponent);
    int sign = 1;
    if (mantissa < 0) {
        sign = -1;
        mantissa = -mantissa;
    }
    // 28 bits of the mantissa at a time, most significant first, modulo 2**61 - 1.
    uint64_t hash = 0;
    while (mantissa != 0.0) {
        hash = ((hash << 28) & kHashModulus) | hash >> (kHashBits - 28);
        mantissa *= 268435456.0;
        exponent -= 28;
        auto part = static_cast<uint64_t>(mantissa);
        mantissa -= static_cast<double>(part);
        hash += part;
        if (hash >= kHashModulus) hash -= kHashModulus;
    }
    exponent = exponent >= 0 ? exponent % kHashBits : kHashBits - 1 - ((-1 - exponent) % kHashBits);
    hash = ((hash << exponent) & kHashModulus) | hash >> (kHashBits - exponent);
    Hash result = static_cast<Hash>(hash) * sign;
    return result == -1 ? -2 : result;
}

void hash_lcg(uint32_t seed, unsigned char* buffer, size_t size) {
    uint32_t state = seed;
    for (size_t i = 0; i < size; ++i) {
        state = state * 214013 + 2531011;
        buffer[i] = static_cast<unsigned char>(state >> 16);
    }
}

void hash_set_random_key(const unsigned char key[24]) {
    std::memcpy(&key_0, key, 8);
    std::memcpy(&key_1, key + 8, 8);
}

void hash_set_seed(uint32_t seed) {
    unsigned char key[24] = {};
    if (seed != 0) hash_lcg(seed, key, sizeof key);
    hash_set_random_key(key);
}

}  // namespace refscope::vm
