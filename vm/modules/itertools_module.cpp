// The module itertools. The iterators are in itertools_*.cpp by kind.
#include "vm/modules/itertools_types.h"
#include "vm/objects/module_object.h"

namespace refscope::vm {

namespace {
const MethodDef functions[] = {
    method_def("tee", itertools_tee, kMethFastcall,
               "tee($module, iterable, n=2, /)\n--\n\nReturns a tuple of n independent iterators."),
    kNoMethod};
}  // namespace

Owned create_itertools_module() {
    Ref<Object> module = own(module_create(
        "itertools", "Functional tools for creating and using iterators.", functions));
    if (!module) return nullptr;
    for (Type* type : {&itertools_accumulate_type, &itertools_combinations_type, &itertools_combinations_with_replacement_type,
                       &itertools_cycle_type, &itertools_dropwhile_type, &itertools_takewhile_type, &itertools_islice_type,
                       &itertools_starmap_type, &itertools_chain_type, &itertools_compress_type, &itertools_filterfalse_type,
                       &itertools_count_type, &itertools_zip_longest_type, &itertools_pairwise_type,
                       &itertools_permutations_type, &itertools_product_type, &itertools_repeat_type,
                       &itertools_groupby_type, &itertools_grouper_type, &itertools_tee_type, &itertools_tee_data_type}) {
        if (!type->has(kReady) && type_ready(type) < 0) return nullptr;
        if (module_add_type(module.get(), type) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
