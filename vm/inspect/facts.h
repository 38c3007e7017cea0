// Facts about one object, and about the heap as a whole, as the `memory` rows and the Memory scope show them.
#pragma once

#include <string>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

// Whether this is still an object: a console command may have freed it.
bool is_alive(const Object* object);
// "2 (getrefcount prints 3: its argument counts)"
std::string refcount_text(const Object* object);
bool has_attributes(const Object* object);  // an instance of a class of the program

struct AllocationSite {
    std::string file;  // empty: the runtime itself
    int line = 0;
};

enum class Generation { kYoung = 0, kMiddle = 1, kOld = 2, kPermanent, kUntracked };
const char* generation_name(Generation generation);  // "0" "1" "2" "permanent" "untracked"

// What the runtime shares (None, True, small ints, one-character strings, '' and ()): no count is shown for it.
bool is_shared_by_runtime(const Object* object);
Generation generation_of(Object* object);
// While a collection is stopped at: the generation it collects, to which its objects still belong. −1: none.
extern int generation_being_collected;
size_t size_of(Object* object);                  // sys.getsizeof, never running __sizeof__ of the program
size_t size_with_attributes(Object* object);     // instances: with their dict's or values' share
size_t retained_size(Object* object);            // bytes freed if it were gone
AllocationSite allocation_site(const Object* object);
std::string type_name_of(const Object* object);  // qualified: "app.Node", "list"
std::string finalizer_state(Object* object);     // "none", "__del__, not called yet", …
struct WeakReferenceFact {
    Object* reference;
    Object* callback;  // nullptr: none
};
std::vector<WeakReferenceFact> weak_references(Object* object);

struct TypeTotal {
    Object* type;
    std::string name;
    size_t objects, bytes;
};
struct LineTotal {
    AllocationSite site;
    size_t objects, bytes;
};
struct HeapTotals {
    size_t objects = 0, bytes = 0;
    std::vector<TypeTotal> by_type;  // most bytes first
    std::vector<LineTotal> by_line;  // most bytes first; without the runtime's own
};
HeapTotals heap_totals();
std::vector<Object*> instances_of(Object* type, size_t offset, size_t limit);
struct GenerationFacts {
    long count, threshold;
    size_t objects;
    long collections, collected, uncollectable;
};
GenerationFacts generation_facts(int generation);
inline constexpr int kGenerationCount = 3;
bool collection_enabled();

}  // namespace refscope::vm
