// The module _random: the Mersenne twister MT19937, seeded and drawn from as CPython's random.Random does.
#include <cstdint>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/host/host.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Owned create_random_module();

namespace {

extern Type random_type;

constexpr int kSize = 624, kMiddle = 397;

struct RandomObject : Object {
    int index;
    uint32_t state[kSize];
};
RandomObject* as_random(Object* object) { return static_cast<RandomObject*>(object); }

uint32_t next_word(RandomObject* self) {
    uint32_t* mt = self->state;
    if (self->index >= kSize) {
        auto twist = [&](int i, int next, int far) {
            uint32_t y = (mt[i] & 0x80000000u) | (mt[next] & 0x7fffffffu);
            mt[i] = mt[far] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0u);
        };
        int i = 0;
        for (; i < kSize - kMiddle; ++i) twist(i, i + 1, i + kMiddle);
        for (; i < kSize - 1; ++i) twist(i, i + 1, i + kMiddle - kSize);
        twist(kSize - 1, 0, kMiddle - 1);
        self->index = 0;
    }
    uint32_t y = mt[self->index++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

void seed_word(RandomObject* self, uint32_t seed) {
    self->state[0] = seed;
    for (uint32_t i = 1; i < kSize; ++i) self->state[i] = 1812433253u * (self->state[i - 1] ^ (self->state[i - 1] >> 30)) + i;
    self->index = kSize;
}

void seed_words(RandomObject* self, const std::vector<uint32_t>& key) {
    uint32_t* mt = self->state;
    seed_word(self, 19650218u);
    auto length = static_cast<uint32_t>(key.size());
    uint32_t i = 1, j = 0;
    for (uint32_t k = length > kSize ? length : kSize; k; --k) {
        mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1664525u)) + key[j] + j;
        if (++i >= kSize) {
            mt[0] = mt[kSize - 1];
            i = 1;
        }
        if (++j >= length) j = 0;
    }
    for (uint32_t k = kSize - 1; k; --k) {
        mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1566083941u)) - i;
        if (++i >= kSize) {
            mt[0] = mt[kSize - 1];
            i = 1;
        }
    }
    mt[0] = 0x80000000u;
}

// None: from the system's entropy. An int: its magnitude. Anything else: its hash.
bool seed_from(RandomObject* self, Object* argument_or_null) {
    if (!argument_or_null || is_none(argument_or_null)) {
        std::vector<uint32_t> key(kSize);
        if (host().entropy(key.data(), key.size() * sizeof(uint32_t)) < 0) return err_set_from_errno(exc::OSError), false;
        seed_words(self, key);
        return true;
    }
    Ref<> number;
    if (int_check_exact(argument_or_null)) {
        number = own(int_absolute(argument_or_null));
    } else if (int_check(argument_or_null)) {
        number = own(number_absolute(argument_or_null));
    } else {
        Hash hash = object_hash(argument_or_null);
        if (hash == -1) return false;
        number = own(int_from_uint64(static_cast<uint64_t>(hash)));
    }
    if (!number) return false;
    size_t words = (int_bit_length(number.get()) + 31) / 32;
    std::vector<uint32_t> key(words ? words : 1);
    if (!int_to_bytes(number.get(), reinterpret_cast<unsigned char*>(key.data()), key.size() * 4, true, false)) return false;
    seed_words(self, key);
    return true;
}

Owned random_new(Type* type, Object* args, Object* kwargs) {
    if (type == &random_type && !no_keyword_arguments("Random", kwargs)) return nullptr;
    if (type == &random_type && tuple_size(args) > 1) return err_set_string(exc::TypeError, "Random() requires 0 or 1 argument");
    auto* self = static_cast<RandomObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    auto held = own(static_cast<Object*>(self));
    return seed_from(self, tuple_size(args) ? tuple_get_item(args, 0) : nullptr) ? held.release() : nullptr;
}

Owned random(Object* object, Object*) {
    uint32_t a = next_word(as_random(object)) >> 5, b = next_word(as_random(object)) >> 6;
    return float_new((a * 67108864.0 + b) * (1.0 / 9007199254740992.0));
}

Owned seed(Object* object, Object* const* args, intptr_t nargs) {
    if (!check_positional("seed", nargs, 0, 1)) return nullptr;
    return seed_from(as_random(object), nargs ? args[0] : nullptr) ? new_none() : nullptr;
}

Owned get_random_bits(Object* object, Object* argument) {
    int k;
    if (!argument_int(argument, &k)) return nullptr;
    if (k < 0) return err_set_string(exc::ValueError, "number of bits must be non-negative");
    if (k == 0) return int_from_int64(0);
    if (k <= 32) return int_from_int64(static_cast<int64_t>(next_word(as_random(object)) >> (32 - k)));
    size_t words = (static_cast<size_t>(k) - 1) / 32 + 1;
    std::vector<uint32_t> out(words);
    for (size_t i = 0; i < words; ++i, k -= 32) {
        uint32_t word = next_word(as_random(object));
        out[i] = k < 32 ? word >> (32 - k) : word;
    }
    return int_from_bytes(reinterpret_cast<unsigned char*>(out.data()), words * 4, true, false);
}

Owned get_state(Object* object, Object*) {
    auto* self = as_random(object);
    auto state = own(tuple_new(kSize + 1));
    for (int i = 0; state && i <= kSize; ++i) {
        Owned word = i < kSize ? int_from_int64(self->state[i]) : int_from_int64(self->index);
        if (!word) return nullptr;
        tuple_init_item(state.get(), i, word);
    }
    return state.release();
}

Owned set_state(Object* object, Object* state) {
    auto* self = as_random(object);
    if (!tuple_check(state)) return err_set_string(exc::TypeError, "state vector must be a tuple");
    if (tuple_size(state) != kSize + 1) return err_set_string(exc::ValueError, "state vector is the wrong size");
    std::vector<uint32_t> words(kSize);
    for (int i = 0; i < kSize; ++i) {
        uint64_t word = int_as_uint64(tuple_get_item(state, i));
        if (word == UINT64_MAX && err_occurred()) return nullptr;
        words[static_cast<size_t>(i)] = static_cast<uint32_t>(word);
    }
    int64_t index = int_as_int64(tuple_get_item(state, kSize));
    if (index == -1 && err_occurred()) return nullptr;
    if (index < 0 || index > kSize) return err_set_string(exc::ValueError, "invalid state");
    for (int i = 0; i < kSize; ++i) self->state[i] = words[static_cast<size_t>(i)];
    self->index = static_cast<int>(index);
    return new_none();
}

const MethodDef methods[] = {
    method_def("random", random, kMethNoargs, "random($self, /)\n--\n\n"),
    method_def("seed", seed, kMethFastcall, "seed($self, n=None, /)\n--\n\n"),
    method_def("getstate", get_state, kMethNoargs, "getstate($self, /)\n--\n\n"),
    method_def("setstate", set_state, kMethO, "setstate($self, state, /)\n--\n\n"),
    method_def("getrandbits", get_random_bits, kMethO, "getrandbits($self, k, /)\n--\n\n"),
    {nullptr, nullptr, 0},
};

Type random_type = [] {
    Type t = static_type("_random.Random", sizeof(RandomObject), 0, kBaseType);
    t.tp_dealloc = [](Object* self) { self->type->tp_free(self); };
    t.tp_getattro = object_generic_get_attr;
    t.tp_methods = methods;
    t.tp_new = random_new;
    t.tp_doc = "Random() -> create a random number generator with its own internal state.";
    return t;
}();

}  // namespace

Owned create_random_module() {
    static bool ready = type_ready(&random_type) == 0;
    if (!ready) return nullptr;
    auto module = own(module_create("_random", nullptr, nullptr));
    if (!module || module_add_type(module.get(), &random_type) < 0) return nullptr;
    return module.release();
}

}  // namespace refscope::vm
