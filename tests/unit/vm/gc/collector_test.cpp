// The collector over lists, dicts and tuples built by hand. The numbers are those that /usr/bin/python3.11 gives for the same
// objects.
#include <catch2/catch.hpp>

#include "vm/gc/gc.h"
#include "vm/gc/gc_list.h"
#include "tests/unit/vm/runtime.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

using namespace refscope::vm;

namespace {

// A settled heap: nothing is garbage, automatic collection is off.
struct Heap {
    Heap() {
        start_runtime();
        collector.enabled = false;
        gc_collect(2);
    }
    ~Heap() { REQUIRE(!err_occurred()); }
};

void two_lists_in_a_cycle() {
    Object *a = list_new(0), *b = list_new(0);
    list_append(a, b);
    list_append(b, a);
    decref(a);
    decref(b);
}

}  // namespace

TEST_CASE("two lists in a cycle are two unreachable objects") {
    Heap heap;
    two_lists_in_a_cycle();
    CHECK(gc_collect(2) == 2);
    CHECK(gc_collect(2) == 0);
}

TEST_CASE("a cycle that is referred to from outside survives") {
    Heap heap;
    Ref<> a = own(list_new(0));
    Ref<> b = own(list_new(0));
    list_append(a.get(), b.get());
    list_append(b.get(), a.get());
    b.reset();
    CHECK(gc_collect(2) == 0);
    CHECK(list_size(a.get()) == 1);
    CHECK(gc_generation_of(a.get()) == 2);
    list_clear(a.get());
}

TEST_CASE("a list that contains itself, and a tuple in a cycle with a list") {
    Heap heap;
    Object* self = list_new(0);
    list_append(self, self);
    decref(self);
    CHECK(gc_collect(2) == 1);

    Object* list = list_new(0);
    Object* tuple = tuple_pack({list});
    list_append(list, tuple);
    decref(tuple);
    decref(list);
    CHECK(gc_collect(2) == 2);
}

TEST_CASE("what hangs on a cycle is counted with it when it is tracked") {
    Heap heap;
    Object* list = list_new(0);
    list_append(list, list);
    Object* dict = dict_new();
    list_append(list, dict);
    Object* inner = list_new(0);
    dict_set_item(dict, ID(inner), inner);
    decref(inner);
    decref(dict);
    decref(list);
    CHECK(gc_collect(2) == 3);
}

TEST_CASE("survivors move one generation up with each collection") {
    Heap heap;
    Ref<> list = own(list_new(0));
    CHECK(gc_generation_of(list.get()) == 0);
    gc_collect(0);
    CHECK(gc_generation_of(list.get()) == 1);
    gc_collect(1);
    CHECK(gc_generation_of(list.get()) == 2);
}

TEST_CASE("garbage of an older generation waits for its collection") {
    Heap heap;
    Ref<> list = own(list_new(0));
    list_append(list.get(), list.get());
    gc_collect(0);
    list.reset();
    CHECK(gc_collect(0) == 0);
    CHECK(gc_collect(1) == 1);
}

TEST_CASE("collections count up the next generation and reset the younger ones") {
    Heap heap;
    Ref<> list = own(list_new(0));
    gc_collect(0);
    CHECK(collector.counts[0] == 0);
    CHECK(collector.counts[1] == 1);
    gc_collect(0);
    CHECK(collector.counts[1] == 2);
    gc_collect(1);
    CHECK(collector.counts[1] == 0);
    CHECK(collector.counts[2] == 1);
    gc_collect(2);
    CHECK(collector.counts[2] == 0);
}

TEST_CASE("statistics add up what was collected") {
    Heap heap;
    const GenerationStatistics before = collector.statistics[2];
    two_lists_in_a_cycle();
    gc_collect(2);
    CHECK(collector.statistics[2].collections == before.collections + 1);
    CHECK(collector.statistics[2].collected == before.collected + 2);
    CHECK(collector.statistics[2].uncollectable == before.uncollectable);
}

TEST_CASE("a nested tuple is untracked one level for each collection") {
    Heap heap;
    Ref<> number = own(int_from_int(1000));
    Ref<> inner = own(tuple_pack({number.get()}));
    Ref<> outer = own(tuple_pack({inner.get()}));
    CHECK(gc_is_tracked(inner.get()));
    gc_collect(2);
    CHECK_FALSE(gc_is_tracked(inner.get()));
    gc_collect(2);
    CHECK_FALSE(gc_is_tracked(outer.get()));
}

TEST_CASE("a dict with plain values is untracked by a full collection only") {
    Heap heap;
    Ref<> dict = own(dict_new());
    Ref<> list = own(list_new(0));
    dict_set_item(dict.get(), ID(key), list.get());
    CHECK(gc_is_tracked(dict.get()));
    dict_set_item(dict.get(), ID(key), none());
    gc_collect(1);
    CHECK(gc_is_tracked(dict.get()));
    gc_collect(2);
    CHECK_FALSE(gc_is_tracked(dict.get()));
}

TEST_CASE("an allocation beyond the threshold collects the youngest generation") {
    Heap heap;
    collector.enabled = true;
    gc_collect(2);
    const intptr_t before = collector.statistics[0].collections;
    Ref<> keep = own(list_new(0));
    for (int i = 0; i < 705; ++i) {
        Ref<> list = own(list_new(0));
        list_append(keep.get(), list.get());
    }
    CHECK(collector.statistics[0].collections == before + 1);
    collector.enabled = false;
}

TEST_CASE("frozen objects are passed over until they are unfrozen") {
    Heap heap;
    Ref<> list = own(list_new(0));
    list_append(list.get(), list.get());
    gc_freeze();
    CHECK(gc_generation_of(list.get()) == 3);
    CHECK(gc_freeze_count() > 0);
    list.reset();
    CHECK(gc_collect(2) == 0);
    gc_unfreeze();
    CHECK(gc_freeze_count() == 0);
    CHECK(gc_collect(2) == 1);
}

TEST_CASE("with DEBUG_SAVEALL garbage is kept in gc.garbage") {
    Heap heap;
    collector.debug = kGcDebugSaveAll;
    two_lists_in_a_cycle();
    CHECK(gc_collect(2) == 2);
    collector.debug = 0;
    REQUIRE(collector.garbage);
    CHECK(list_size(collector.garbage) == 2);
    list_clear(collector.garbage);
    CHECK(gc_collect(2) == 2);
}

TEST_CASE("a long ring of objects is collected") {
    Heap heap;
    Object* first = list_new(0);
    Object* last = first;
    for (int i = 0; i < 100000; ++i) {
        Object* next = list_new(0);
        list_append_steal(last, next);
        last = next;
    }
    list_append(last, first);
    decref(first);
    CHECK(gc_collect(2) == 100001);
}
