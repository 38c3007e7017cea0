// The module _csv, on which the library's csv.py builds: readers, writers and the registry of dialects.
#include "vm/modules/csv_module.h"

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Object *csv_error = nullptr, *csv_dialects = nullptr;
intptr_t csv_field_limit = 128 * 1024;

namespace {

Owned register_dialect(Object*, Object* args, Object* kwargs) {
    if (!check_positional("", tuple_size(args), 1, 2)) return nullptr;
    Object* name = tuple_get_item(args, 0);
    if (!str_check(name)) return err_set_string(exc::TypeError, "dialect name must be a string");
    Ref<> dialect = own(csv_make_dialect(tuple_size(args) > 1 ? tuple_get_item(args, 1) : nullptr, kwargs));
    return dialect && dict_set_item(csv_dialects, name, dialect.get()) == 0 ? new_none() : nullptr;
}
Owned unregister_dialect(Object*, Object* name) {
    Ref<> dialect = own(csv_registered_dialect(name));
    return dialect && dict_del_item(csv_dialects, name) == 0 ? new_none() : nullptr;
}
Owned get_dialect(Object*, Object* name) { return csv_registered_dialect(name); }
Owned list_dialects(Object*, Object*) { return sequence_list(csv_dialects); }
Owned field_size_limit(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("field_size_limit", nargs, 0, 1)) return nullptr;
    const intptr_t before = csv_field_limit;
    if (nargs) {
        if (!int_check_exact(args[0])) return err_format(exc::TypeError, "limit must be an integer");
        const int64_t limit = int_as_int64(args[0]);
        if (limit == -1 && err_occurred()) return nullptr;
        csv_field_limit = limit;
    }
    return int_from_ssize(before);
}

const MethodDef functions[] = {
    method_def("reader", csv_reader_new, kMethVarargs | kMethKeywords, "csv_reader = reader(iterable [, dialect='excel'] [optional keyword args])"),
    method_def("writer", csv_writer_new, kMethVarargs | kMethKeywords, "csv_writer = csv.writer(fileobj [, dialect='excel'] [optional keyword args])"),
    method_def("list_dialects", list_dialects, kMethNoargs, "Return a list of all known dialect names."),
    method_def("register_dialect", register_dialect, kMethVarargs | kMethKeywords, "Create a mapping from a string name to a dialect class."),
    method_def("unregister_dialect", unregister_dialect, kMethO, "Delete the name/dialect mapping associated with a string name."),
    method_def("get_dialect", get_dialect, kMethO, "Return the dialect instance associated with name."),
    method_def("field_size_limit", field_size_limit, kMethFastcall, "Sets an upper limit on parsed fields."),
    {nullptr, nullptr, 0}};

int initialize() {
    if (csv_error) return 0;
    for (Type* type : {&csv_dialect_type, &csv_reader_type, &csv_writer_type}) {
        if (type_ready(type) < 0) return -1;
    }
    Ref<> text = own(str_from_string("Error")), bases = own(tuple_pack({&exc::Exception})), names = own(dict_new()), module = own(str_from_string("_csv"));
    if (!text || !bases || !names || !module || dict_set_item_string(names.get(), "__module__", module.get()) < 0) return -1;
    csv_dialects = dict_new();
    if (!csv_dialects) return -1;
    register_root(&csv_dialects, "csv dialects");
    csv_error = type_new_from(&type_type, text.get(), bases.get(), names.get(), nullptr);
    if (!csv_error) return -1;
    register_root(&csv_error, "csv.Error");
    return 0;
}

}  // namespace

Owned create_csv_module() {
    if (initialize() < 0) return nullptr;
    Ref<> module = own(module_create("_csv", "CSV parsing and writing.\n", functions));
    if (!module || module_add_string(module.get(), "__version__", "1.0") < 0 || module_add_object(module.get(), "_dialects", csv_dialects) < 0 ||
        module_add_int(module.get(), "QUOTE_MINIMAL", kQuoteMinimal) < 0 || module_add_int(module.get(), "QUOTE_ALL", kQuoteAll) < 0 ||
        module_add_int(module.get(), "QUOTE_NONNUMERIC", kQuoteNonnumeric) < 0 || module_add_int(module.get(), "QUOTE_NONE", kQuoteNone) < 0 ||
        module_add_object(module.get(), "Dialect", &csv_dialect_type) < 0 || module_add_object(module.get(), "Error", csv_error) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
