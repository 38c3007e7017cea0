// The modules _md5, _sha1, _sha256 and _sha512: one object type over four compression functions (RFC 1321, FIPS 180-4).
//
// The library's hashlib takes them where there is no OpenSSL; random seeds from strings with sha512.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

uint32_t rotate_left(uint32_t x, int n) { return x << n | x >> (32 - n); }
template <class Word>
Word rotate_right(Word x, int n) {
    return x >> n | x << (static_cast<int>(sizeof(Word)) * 8 - n);
}

// The SHA-2 constants are the first bits of the fractional parts of roots of the first primes; computed exactly by integer
// search, so that no table has to be trusted.
struct Sha2Constants {
    uint64_t cube_roots[80];

    Sha2Constants() {
        int count = 0;
        for (uint64_t n = 2; count < 80; ++n) {
            bool prime = true;
            for (uint64_t d = 2; d * d <= n; ++d) prime = prime && n % d;
            if (prime) cube_roots[count++] = cube_root_fraction(n);
        }
    }
    // floor(cbrt(n) * 2**64) modulo 2**64: the largest x with x**3 <= n * 2**192.
    static uint64_t cube_root_fraction(uint64_t n) {
        uint64_t whole = 1;
        while ((whole + 1) * (whole + 1) * (whole + 1) <= n) ++whole;
        uint64_t fraction = 0;
        for (int bit = 63; bit >= 0; --bit) {
            const uint64_t candidate = fraction | uint64_t{1} << bit;
            if (cube_at_most(whole, candidate, n)) fraction = candidate;
        }
        return fraction;
    }
    // (whole + fraction / 2**64)**3 <= n, in 256-bit arithmetic by limbs of 32 bits.
    static bool cube_at_most(uint64_t whole, uint64_t fraction, uint64_t n) {
        const uint32_t x[3] = {static_cast<uint32_t>(fraction), static_cast<uint32_t>(fraction >> 32), static_cast<uint32_t>(whole)};
        uint32_t square[6] = {}, cube[9] = {};
        multiply(x, 3, x, 3, square);
        multiply(square, 6, x, 3, cube);
        // n * 2**192 has n in limb 6.
        const uint64_t top = static_cast<uint64_t>(cube[7]) << 32 | cube[6];
        if (cube[8] || top > n) return false;
        if (top < n) return true;
        for (int i = 0; i < 6; ++i) {
            if (cube[i]) return false;
        }
        return true;
    }
    static void multiply(const uint32_t* a, int m, const uint32_t* b, int n, uint32_t* out) {
        for (int i = 0; i < m; ++i) {
            uint64_t carry = 0;
            for (int j = 0; j < n; ++j) {
                const uint64_t value = static_cast<uint64_t>(a[i]) * b[j] + out[i + j] + carry;
                out[i + j] = static_cast<uint32_t>(value);
                carry = value >> 32;
            }
            out[i + n] = static_cast<uint32_t>(carry);
        }
    }
};
const Sha2Constants& sha2() {
    static const Sha2Constants constants;
    return constants;
}

enum class Kind : uint8_t { kMd5, kSha1, kSha224, kSha256, kSha384, kSha512 };

struct Digest {
    Kind kind;
    uint64_t state[8];  // 32-bit words for all but SHA-384 and SHA-512
    uint64_t length = 0;  // bytes
    unsigned char block[128];
    size_t used = 0;

    size_t block_size() const { return kind >= Kind::kSha384 ? 128 : 64; }
    size_t digest_size() const {
        static const size_t sizes[] = {16, 20, 28, 32, 48, 64};
        return sizes[static_cast<int>(kind)];
    }
    const char* name() const {
        static const char* const names[] = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"};
        return names[static_cast<int>(kind)];
    }

    void start(Kind chosen) {
        static const uint64_t initial[6][8] = {
            {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
            {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
            {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4},
            {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
            {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939, 0x67332667ffc00b31,
             0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4},
            {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
             0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}};
        kind = chosen;
        memcpy(state, initial[static_cast<int>(kind)], sizeof state);
        length = used = 0;
    }
    void update(const unsigned char* data, size_t size) {
        length += size;
        while (size > 0) {
            const size_t part = std::min(size, block_size() - used);
            memcpy(block + used, data, part);
            used += part;
            data += part;
            size -= part;
            if (used == block_size()) {
                compress();
                used = 0;
            }
        }
    }
    std::string finish() const {
        Digest last = *this;
        const uint64_t bits = length * 8;
        const unsigned char one = 0x80, zero = 0;
        const size_t tail = block_size() == 128 ? 16 : 8;
        last.update(&one, 1);
        while (last.used != block_size() - tail) last.update(&zero, 1);
        unsigned char count[16] = {};
        for (size_t i = 0; i < 8; ++i) {
            if (kind == Kind::kMd5) count[i] = static_cast<unsigned char>(bits >> (8 * i));
            else count[tail - 1 - i] = static_cast<unsigned char>(bits >> (8 * i));
        }
        last.update(count, tail);
        std::string result;
        const size_t word = block_size() == 128 ? 8 : 4;
        for (size_t i = 0; i < digest_size(); ++i) {
            const size_t shift = kind == Kind::kMd5 ? i % 4 : word - 1 - i % word;
            result += static_cast<char>(last.state[i / word] >> (8 * shift));
        }
        return result;
    }

  private:
    uint32_t word32(size_t i, bool little) const {
        const unsigned char* p = block + 4 * i;
        return little ? static_cast<uint32_t>(p[0] | p[1] << 8 | p[2] << 16) | static_cast<uint32_t>(p[3]) << 24
                      : static_cast<uint32_t>(p[3] | p[2] << 8 | p[1] << 16) | static_cast<uint32_t>(p[0]) << 24;
    }
    void compress() {
        if (kind == Kind::kMd5) compress_md5();
        else if (kind == Kind::kSha1) compress_sha1();
        else if (block_size() == 64) compress_sha2<uint32_t>();
        else compress_sha2<uint64_t>();
    }
    void compress_md5() {
        static const int shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
        uint32_t a = static_cast<uint32_t>(state[0]), b = static_cast<uint32_t>(state[1]), c = static_cast<uint32_t>(state[2]),
                 d = static_cast<uint32_t>(state[3]);
        for (int i = 0; i < 64; ++i) {
            uint32_t f;
            int g;
            switch (i / 16) {
                case 0: f = (b & c) | (~b & d); g = i; break;
                case 1: f = (d & b) | (~d & c); g = (5 * i + 1) % 16; break;
                case 2: f = b ^ c ^ d; g = (3 * i + 5) % 16; break;
                default: f = c ^ (b | ~d); g = 7 * i % 16; break;
            }
            const auto constant = static_cast<uint32_t>(std::floor(std::fabs(std::sin(i + 1.0)) * 4294967296.0));
            const uint32_t next = b + rotate_left(a + f + constant + word32(static_cast<size_t>(g), true), shifts[i / 16][i % 4]);
            a = d;
            d = c;
            c = b;
            b = next;
        }
        const uint32_t added[] = {a, b, c, d};
        for (int i = 0; i < 4; ++i) state[i] = static_cast<uint32_t>(state[i] + added[i]);
    }
    void compress_sha1() {
        uint32_t w[80];
        for (size_t i = 0; i < 16; ++i) w[i] = word32(i, false);
        for (int i = 16; i < 80; ++i) w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        uint32_t v[5];
        for (int i = 0; i < 5; ++i) v[i] = static_cast<uint32_t>(state[i]);
        for (int i = 0; i < 80; ++i) {
            uint32_t f, k;
            switch (i / 20) {
                case 0: f = (v[1] & v[2]) | (~v[1] & v[3]); k = 0x5a827999; break;
                case 1: f = v[1] ^ v[2] ^ v[3]; k = 0x6ed9eba1; break;
                case 2: f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]); k = 0x8f1bbcdc; break;
                default: f = v[1] ^ v[2] ^ v[3]; k = 0xca62c1d6; break;
            }
            const uint32_t next = rotate_left(v[0], 5) + f + v[4] + k + w[i];
            v[4] = v[3];
            v[3] = v[2];
            v[2] = rotate_left(v[1], 30);
            v[1] = v[0];
            v[0] = next;
        }
        for (int i = 0; i < 5; ++i) state[i] = static_cast<uint32_t>(state[i] + v[i]);
    }
    template <class Word>
    void compress_sha2() {
        constexpr bool kWide = sizeof(Word) == 8;
        constexpr int kRounds = kWide ? 80 : 64;
        constexpr int kBig0[] = {kWide ? 28 : 2, kWide ? 34 : 13, kWide ? 39 : 22};
        constexpr int kBig1[] = {kWide ? 14 : 6, kWide ? 18 : 11, kWide ? 41 : 25};
        constexpr int kSmall0[] = {kWide ? 1 : 7, kWide ? 8 : 18, kWide ? 7 : 3};
        constexpr int kSmall1[] = {kWide ? 19 : 17, kWide ? 61 : 19, kWide ? 6 : 10};
        Word w[kRounds];
        for (size_t i = 0; i < 16; ++i) {
            w[i] = 0;
            for (size_t j = 0; j < sizeof(Word); ++j) w[i] = static_cast<Word>(w[i] << 8 | block[i * sizeof(Word) + j]);
        }
        for (int i = 16; i < kRounds; ++i) {
            const Word s0 = rotate_right(w[i - 15], kSmall0[0]) ^ rotate_right(w[i - 15], kSmall0[1]) ^ (w[i - 15] >> kSmall0[2]);
            const Word s1 = rotate_right(w[i - 2], kSmall1[0]) ^ rotate_right(w[i - 2], kSmall1[1]) ^ (w[i - 2] >> kSmall1[2]);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        Word v[8];
        for (int i = 0; i < 8; ++i) v[i] = static_cast<Word>(state[i]);
        for (int i = 0; i < kRounds; ++i) {
            const auto constant = static_cast<Word>(sha2().cube_roots[i] >> (kWide ? 0 : 32));
            const Word s1 = rotate_right(v[4], kBig1[0]) ^ rotate_right(v[4], kBig1[1]) ^ rotate_right(v[4], kBig1[2]);
            const Word first = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constant + w[i];
            const Word s0 = rotate_right(v[0], kBig0[0]) ^ rotate_right(v[0], kBig0[1]) ^ rotate_right(v[0], kBig0[2]);
            const Word second = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            for (int j = 7; j > 0; --j) v[j] = v[j - 1];
            v[4] += first;
            v[0] = first + second;
        }
        for (int i = 0; i < 8; ++i) state[i] = static_cast<Word>(static_cast<Word>(state[i]) + v[i]);
    }
};

struct DigestObject : Object {
    Digest digest;
};
Digest& digest_of(Object* object) { return static_cast<DigestObject*>(object)->digest; }
extern Type digest_types[6];

bool feed(Object* self, Object* data) {
    if (str_check(data)) {
        err_set_string(exc::TypeError, "Strings must be encoded before hashing");
        return false;
    }
    if (!buffer_check(data)) {
        err_set_string(exc::TypeError, "object supporting the buffer API required");
        return false;
    }
    BufferHold view;
    if (!view.get(data)) return false;
    digest_of(self).update(reinterpret_cast<const unsigned char*>(view.data()), static_cast<size_t>(view.size()));
    return true;
}
Owned digest_update(Object* self, Object* data) { return feed(self, data) ? new_none() : nullptr; }
Owned digest_digest(Object* self, Object*) { return bytes_from_view(digest_of(self).finish()); }
Owned digest_hexdigest(Object* self, Object*) {
    std::string text;
    for (char c : digest_of(self).finish()) {
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        text += "0123456789abcdef"[c & 15];
    }
    return str_from_view(text);
}
Owned digest_copy(Object* self, Object*) {
    auto* copy = new_object<DigestObject>(self->type);
    if (copy) copy->digest = digest_of(self);
    return copy;
}
Owned get_block_size(Object* self, void*) { return int_from_size(digest_of(self).block_size()); }
Owned get_digest_size(Object* self, void*) { return int_from_size(digest_of(self).digest_size()); }
Owned get_name(Object* self, void*) { return str_from_string(digest_of(self).name()); }

const MethodDef digest_methods[] = {method_def("update", digest_update, kMethO), method_def("digest", digest_digest, kMethNoargs),
                                    method_def("hexdigest", digest_hexdigest, kMethNoargs),
                                    method_def("copy", digest_copy, kMethNoargs), {nullptr, nullptr, 0}};
const GetSetDef digest_getset[] = {{"block_size", get_block_size}, {"digest_size", get_digest_size}, {"name", get_name}, {nullptr, nullptr}};
Type make_type(const char* name) {
    Type type = static_type(name, sizeof(DigestObject), 0, kDisallowInstantiation);
    type.tp_dealloc = type_generic_free;
    type.tp_methods = digest_methods;
    type.tp_getset = digest_getset;
    return type;
}
Type digest_types[6] = {make_type("_md5.md5"),       make_type("_sha1.sha1"),     make_type("_sha256.sha224"),
                        make_type("_sha256.sha256"), make_type("_sha512.sha384"), make_type("_sha512.sha512")};

template <Kind kKind>
Owned make_digest(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"string", "usedforsecurity", nullptr};
    static const KeywordParser parser{"hash", names, 0, 1};
    Object* out[2] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    Type& type = digest_types[static_cast<int>(kKind)];
    if (!type.has(kReady) && type_ready(&type) < 0) return nullptr;
    Ref<> self = own<Object>(new_object<DigestObject>(&type));
    if (!self) return nullptr;
    digest_of(self.get()).start(kKind);
    return !out[0] || feed(self.get(), out[0]) ? self.release() : nullptr;
}
#define RS_DIGEST(name, kind) method_def(name, make_digest<Kind::kind>, kMethFastcall | kMethKeywords)
const MethodDef md5_functions[] = {RS_DIGEST("md5", kMd5), {nullptr, nullptr, 0}};
const MethodDef sha1_functions[] = {RS_DIGEST("sha1", kSha1), {nullptr, nullptr, 0}};
const MethodDef sha256_functions[] = {RS_DIGEST("sha256", kSha256), RS_DIGEST("sha224", kSha224), {nullptr, nullptr, 0}};
const MethodDef sha512_functions[] = {RS_DIGEST("sha512", kSha512), RS_DIGEST("sha384", kSha384), {nullptr, nullptr, 0}};
#undef RS_DIGEST

}  // namespace

Owned create_md5_module() { return module_create("_md5", "MD5.", md5_functions); }
Owned create_sha1_module() { return module_create("_sha1", "SHA-1.", sha1_functions); }
Owned create_sha256_module() { return module_create("_sha256", "SHA-256 and SHA-224.", sha256_functions); }
Owned create_sha512_module() { return module_create("_sha512", "SHA-512 and SHA-384.", sha512_functions); }

}  // namespace refscope::vm
