// The modules _sha3 (FIPS 202) and _blake2 (RFC 7693).
#include <algorithm>
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
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

uint64_t rotate_left(uint64_t x, unsigned n) { return n ? x << n | x >> (64 - n) : x; }

struct Keccak {
    uint64_t lanes[25];
    size_t rate, size, used;
    unsigned char suffix;
    const char* name;

    void permute() {
        unsigned lfsr = 1;
        for (int round = 0; round < 24; ++round) {
            uint64_t c[5];
            for (int x = 0; x < 5; ++x) c[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
            for (int i = 0; i < 25; ++i) lanes[i] ^= c[(i % 5 + 4) % 5] ^ rotate_left(c[(i % 5 + 1) % 5], 1);
            // rho and pi along the one cycle of lanes
            uint64_t moved = lanes[1];
            int x = 1, y = 0;
            for (unsigned t = 0; t < 24; ++t) {
                const int next_y = (2 * x + 3 * y) % 5;
                x = y;
                y = next_y;
                std::swap(moved, lanes[x + 5 * y]);
                lanes[x + 5 * y] = rotate_left(lanes[x + 5 * y], (t + 1) * (t + 2) / 2 % 64);
            }
            for (int row = 0; row < 25; row += 5) {
                uint64_t a[5];
                std::copy(lanes + row, lanes + row + 5, a);
                for (int i = 0; i < 5; ++i) lanes[row + i] = a[i] ^ (~a[(i + 1) % 5] & a[(i + 2) % 5]);
            }
            for (int j = 0; j < 7; ++j) {
                if (lfsr & 1) lanes[0] ^= uint64_t{1} << ((1 << j) - 1);
                lfsr = lfsr & 0x80 ? (lfsr << 1 ^ 0x171) : lfsr << 1;
            }
        }
    }
    void add(size_t at, unsigned char byte) { lanes[at / 8] ^= static_cast<uint64_t>(byte) << (8 * (at % 8)); }
    void update(const unsigned char* data, size_t count) {
        for (size_t i = 0; i < count; ++i) {
            add(used++, data[i]);
            if (used == rate) {
                permute();
                used = 0;
            }
        }
    }
    std::string finish(size_t length) const {
        Keccak last = *this;
        last.add(last.used, suffix);
        last.add(rate - 1, 0x80);
        std::string result;
        for (size_t at = 0; result.size() < length; ++at) {
            if (at % rate == 0) last.permute();
            const size_t i = at % rate;
            result += static_cast<char>(last.lanes[i / 8] >> (8 * (i % 8)));
        }
        return result;
    }
};

template <class Word>
struct Blake {
    static constexpr size_t kBlock = sizeof(Word) * 16;
    Word state[8];
    uint64_t length;  // bytes compressed
    unsigned char block[kBlock];
    size_t used, size;

    static constexpr uint64_t kStart[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                           0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    static Word start(int i) { return static_cast<Word>(sizeof(Word) == 8 ? kStart[i] : kStart[i] >> 32); }
    static Word turn(Word x, int n) { return x >> n | x << (static_cast<int>(sizeof(Word)) * 8 - n); }

    void compress(bool last) {
        static const unsigned char sigma[10][16] = {
            {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
            {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
            {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
            {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
            {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
        constexpr bool kWide = sizeof(Word) == 8;
        constexpr int kTurns[] = {kWide ? 32 : 16, kWide ? 24 : 12, kWide ? 16 : 8, kWide ? 63 : 7};
        Word m[16], v[16];
        memcpy(m, block, sizeof m);
        for (int i = 0; i < 8; ++i) {
            v[i] = state[i];
            v[i + 8] = start(i);
        }
        v[12] ^= static_cast<Word>(length);
        if (!kWide) v[13] ^= static_cast<Word>(length >> 32);
        if (last) v[14] = ~v[14];
        for (int round = 0; round < (kWide ? 12 : 10); ++round) {
            const unsigned char* s = sigma[round % 10];
            for (int i = 0; i < 8; ++i) {
                const int column = i % 4, shift = i / 4;
                Word &a = v[column], &b = v[4 + (column + shift) % 4], &c = v[8 + (column + 2 * shift) % 4],
                     &d = v[12 + (column + 3 * shift) % 4];
                a = a + b + m[s[2 * i]];
                d = turn(d ^ a, kTurns[0]);
                c += d;
                b = turn(b ^ c, kTurns[1]);
                a = a + b + m[s[2 * i + 1]];
                d = turn(d ^ a, kTurns[2]);
                c += d;
                b = turn(b ^ c, kTurns[3]);
            }
        }
        for (int i = 0; i < 8; ++i) state[i] ^= v[i] ^ v[i + 8];
    }
    void update(const unsigned char* data, size_t count) {
        while (count > 0) {
            if (used == kBlock) {  // only when more follows: the last block is marked
                length += kBlock;
                compress(false);
                used = 0;
            }
            const size_t part = std::min(count, kBlock - used);
            memcpy(block + used, data, part);
            used += part;
            data += part;
            count -= part;
        }
    }
    std::string finish(size_t) const {
        Blake last = *this;
        last.length += used;
        memset(last.block + used, 0, kBlock - used);
        last.compress(true);
        return std::string(reinterpret_cast<const char*>(last.state), size);
    }
};

// One Python type for each algorithm, over its state.
template <class Algorithm>
struct HashObject : Object {
    Algorithm state;
};
bool feed_view(Object* data, BufferHold* view) {
    if (str_check(data)) {
        err_set_string(exc::TypeError, "Strings must be encoded before hashing");
        return false;
    }
    return view->get(data);
}
template <class Algorithm>
Algorithm& state_of(Object* self) {
    return static_cast<HashObject<Algorithm>*>(self)->state;
}
template <class Algorithm>
Owned update(Object* self, Object* data) {
    BufferHold view;
    if (!feed_view(data, &view)) return nullptr;
    state_of<Algorithm>(self).update(reinterpret_cast<const unsigned char*>(view.data()), static_cast<size_t>(view.size()));
    return new_none();
}
Owned hexadecimal(const std::string& digest) {
    std::string text;
    for (char c : digest) {
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        text += "0123456789abcdef"[c & 15];
    }
    return str_from_view(text);
}
template <class Algorithm>
Owned digest(Object* self, Object*) {
    return bytes_from_view(state_of<Algorithm>(self).finish(state_of<Algorithm>(self).size));
}
template <class Algorithm>
Owned hexdigest(Object* self, Object*) {
    return hexadecimal(state_of<Algorithm>(self).finish(state_of<Algorithm>(self).size));
}
bool digest_length(Object* argument, intptr_t* length) {
    if (!argument_ssize(argument, length)) return false;
    if (*length >= 0 && *length < 1 << 29) return true;
    err_set_string(exc::ValueError, "value must be positive");
    return false;
}
Owned shake_digest(Object* self, Object* argument) {
    intptr_t length;
    return digest_length(argument, &length) ? bytes_from_view(state_of<Keccak>(self).finish(static_cast<size_t>(length))) : nullptr;
}
Owned shake_hexdigest(Object* self, Object* argument) {
    intptr_t length;
    return digest_length(argument, &length) ? hexadecimal(state_of<Keccak>(self).finish(static_cast<size_t>(length))) : nullptr;
}
template <class Algorithm>
Owned copy(Object* self, Object*) {
    auto* result = new_object<HashObject<Algorithm>>(self->type);
    if (result) result->state = state_of<Algorithm>(self);
    return result;
}
template <class Algorithm>
Owned get_digest_size(Object* self, void*) {
    return int_from_size(state_of<Algorithm>(self).size);
}
Owned get_name(Object* self, void*) {
    const char* dot = strrchr(self->type->tp_name, '.');
    return str_from_string(dot ? dot + 1 : self->type->tp_name);
}
Owned keccak_block_size(Object* self, void*) { return int_from_size(state_of<Keccak>(self).rate); }
template <class Word>
Owned blake_block_size(Object*, void*) {
    return int_from_size(Blake<Word>::kBlock);
}

template <class Algorithm>
const MethodDef* methods() {
    static const MethodDef table[] = {method_def("update", update<Algorithm>, kMethO), method_def("digest", digest<Algorithm>, kMethNoargs),
                                      method_def("hexdigest", hexdigest<Algorithm>, kMethNoargs), method_def("copy", copy<Algorithm>, kMethNoargs),
                                      {nullptr, nullptr, 0}};
    return table;
}
const MethodDef shake_methods[] = {method_def("update", update<Keccak>, kMethO), method_def("digest", shake_digest, kMethO),
                                   method_def("hexdigest", shake_hexdigest, kMethO), method_def("copy", copy<Keccak>, kMethNoargs),
                                   {nullptr, nullptr, 0}};
template <class Algorithm>
const GetSetDef* attributes(GetterFn block_size) {
    static const GetSetDef table[] = {{"block_size", block_size}, {"digest_size", get_digest_size<Algorithm>}, {"name", get_name}, {nullptr, nullptr}};
    return table;
}

// ---- SHA-3

struct KeccakKind {
    const char* name;
    size_t rate, size;
    unsigned char suffix;
};
const KeccakKind keccak_kinds[6] = {{"_sha3.sha3_224", 144, 28, 6}, {"_sha3.sha3_256", 136, 32, 6}, {"_sha3.sha3_384", 104, 48, 6},
                                    {"_sha3.sha3_512", 72, 64, 6},  {"_sha3.shake_128", 168, 0, 0x1f}, {"_sha3.shake_256", 136, 0, 0x1f}};
extern Type keccak_types[6];
Owned keccak_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"", "usedforsecurity", nullptr};
    static const KeywordParser parser{"sha3", names, 0, 1};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<> self = own<Object>(new_object<HashObject<Keccak>>(type));
    if (!self) return nullptr;
    const KeccakKind& kind = keccak_kinds[type - keccak_types];
    Keccak& state = state_of<Keccak>(self.get());
    state.rate = kind.rate;
    state.size = kind.size;
    state.suffix = kind.suffix;
    if (out[0] && !Ref<>(own(update<Keccak>(self.get(), out[0])))) return nullptr;
    return self.release();
}
Type keccak_type(int index) {
    Type type = static_type(keccak_kinds[index].name, sizeof(HashObject<Keccak>), 0, 0);
    type.tp_dealloc = type_generic_free;
    type.tp_methods = index < 4 ? methods<Keccak>() : shake_methods;
    type.tp_getset = attributes<Keccak>(keccak_block_size);
    type.tp_new = keccak_new;
    return type;
}
Type keccak_types[6] = {keccak_type(0), keccak_type(1), keccak_type(2), keccak_type(3), keccak_type(4), keccak_type(5)};

// ---- BLAKE2

bool bytes_argument(Object* argument, size_t limit, const char* what, std::string* result) {
    if (!argument) return true;
    BufferHold view;
    if (!view.get(argument)) return false;
    if (static_cast<size_t>(view.size()) > limit) {
        err_format(exc::ValueError, "maximum %s length is %zu bytes", what, limit);
        return false;
    }
    result->assign(view.data(), static_cast<size_t>(view.size()));
    return true;
}
bool number_in(Object* argument, int64_t lowest, int64_t highest, const char* message, int64_t* result) {
    if (!argument) return true;
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    int overflow = 0;
    *result = int_as_int64_overflow(index.get(), &overflow);
    if (!overflow && *result >= lowest && *result <= highest) return true;
    err_set_string(exc::ValueError, message);
    return false;
}
template <class Word>
Owned blake_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"", "digest_size", "key", "salt", "person", "fanout", "depth", "leaf_size", "node_offset",
                                        "node_depth", "inner_size", "last_node", "usedforsecurity", nullptr};
    static const KeywordParser parser{sizeof(Word) == 8 ? "blake2b" : "blake2s", names, 0, 1};
    constexpr size_t kMax = sizeof(Word) * 8, kSalt = sizeof(Word) * 2;
    Object* out[13] = {};
    std::string key, salt, person;
    int64_t size = kMax, fanout = 1, depth = 1, leaf_size = 0, node_offset = 0, node_depth = 0, inner_size = 0;
    if (!unpack_keywords_tuple(parser, args, kwargs, out) ||
        !number_in(out[1], 1, kMax, sizeof(Word) == 8 ? "digest_size must be between 1 and 64 bytes" : "digest_size must be between 1 and 32 bytes", &size) ||
        !bytes_argument(out[2], kMax, "key", &key) || !bytes_argument(out[3], kSalt, "salt", &salt) ||
        !bytes_argument(out[4], kSalt, "person", &person) || !number_in(out[5], 0, 255, "fanout must be between 0 and 255", &fanout) ||
        !number_in(out[6], 1, 255, "depth must be between 1 and 255", &depth) ||
        !number_in(out[7], 0, UINT32_MAX, "leaf_size is too large", &leaf_size) ||
        !number_in(out[8], 0, sizeof(Word) == 8 ? INT64_MAX : (int64_t{1} << 48) - 1, "node_offset is too large", &node_offset) ||
        !number_in(out[9], 0, 255, "node_depth must be between 0 and 255", &node_depth) ||
        !number_in(out[10], 0, kMax, "inner_size must be between 0 and is digest size", &inner_size)) {
        return nullptr;
    }
    Ref<> self = own<Object>(new_object<HashObject<Blake<Word>>>(type));
    if (!self) return nullptr;
    Blake<Word>& state = state_of<Blake<Word>>(self.get());
    unsigned char block[sizeof state.state] = {};
    block[0] = static_cast<unsigned char>(size);
    block[1] = static_cast<unsigned char>(key.size());
    block[2] = static_cast<unsigned char>(fanout);
    block[3] = static_cast<unsigned char>(depth);
    memcpy(block + 4, &leaf_size, 4);
    memcpy(block + 8, &node_offset, sizeof(Word) == 8 ? 8 : 6);
    block[sizeof(Word) == 8 ? 16 : 14] = static_cast<unsigned char>(node_depth);
    block[sizeof(Word) == 8 ? 17 : 15] = static_cast<unsigned char>(inner_size);
    memcpy(block + sizeof block / 2, salt.data(), salt.size());
    memcpy(block + sizeof block / 4 * 3, person.data(), person.size());
    Word parameters[8];
    memcpy(parameters, block, sizeof parameters);
    for (int i = 0; i < 8; ++i) state.state[i] = Blake<Word>::start(i) ^ parameters[i];
    state.size = static_cast<size_t>(size);
    if (!key.empty()) {
        key.resize(Blake<Word>::kBlock);
        state.update(reinterpret_cast<const unsigned char*>(key.data()), key.size());
    }
    if (out[0] && !Ref<>(own(update<Blake<Word>>(self.get(), out[0])))) return nullptr;
    return self.release();
}
template <class Word>
Type blake_type(const char* name) {
    Type type = static_type(name, sizeof(HashObject<Blake<Word>>), 0, 0);
    type.tp_dealloc = type_generic_free;
    type.tp_methods = methods<Blake<Word>>();
    type.tp_getset = attributes<Blake<Word>>(blake_block_size<Word>);
    type.tp_new = blake_new<Word>;
    return type;
}
Type blake2b_type = blake_type<uint64_t>("_blake2.blake2b");
Type blake2s_type = blake_type<uint32_t>("_blake2.blake2s");

int add_limits(Type& type, int word) {
    const struct {
        const char* name;
        int value;
    } limits[] = {{"SALT_SIZE", 2 * word}, {"PERSON_SIZE", 2 * word}, {"MAX_KEY_SIZE", 8 * word}, {"MAX_DIGEST_SIZE", 8 * word}};
    for (const auto& limit : limits) {
        Ref<> value = own(int_from_int(limit.value));
        if (!value || dict_set_item_string(type.tp_dict, limit.name, value.get()) < 0) return -1;
    }
    type_modified(&type);
    return 0;
}

}  // namespace

Owned create_sha3_module() {
    Ref<> module = own(module_create("_sha3", "SHA-3 and SHAKE.", nullptr));
    for (Type& type : keccak_types) {
        if (!module || (!type.has(kReady) && type_ready(&type) < 0) || module_add_type(module.get(), &type) < 0) return nullptr;
    }
    return module.release();
}
Owned create_blake2_module() {
    Ref<> module = own(module_create("_blake2", "BLAKE2.", nullptr));
    for (Type* type : {&blake2b_type, &blake2s_type}) {
        if (!module) return nullptr;
        if (!type->has(kReady) && (type_ready(type) < 0 || add_limits(*type, type == &blake2b_type ? 8 : 4) < 0)) return nullptr;
        if (module_add_type(module.get(), type) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
