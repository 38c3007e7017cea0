// _csv.Dialect: the parameters of a CSV format, checked.
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/modules/csv_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

bool set_bool(Object* given, bool fallback, bool* result) {
    if (!given) {
        *result = fallback;
        return true;
    }
    const int truth = object_is_true(given);
    *result = truth > 0;
    return truth >= 0;
}
bool set_character(const char* name, Object* given, char32_t fallback, bool may_be_none, char32_t* result) {
    if (!given) {
        *result = fallback;
        return true;
    }
    if (may_be_none && is_none(given)) {
        *result = kCsvNotSet;
        return true;
    }
    if (!str_check(given)) {
        err_format(exc::TypeError, may_be_none ? "\"%s\" must be string or None, not %.200s" : "\"%s\" must be string, not %.200s", name,
                   given->type->tp_name);
        return false;
    }
    if (str_length(given) != 1) {
        err_format(exc::TypeError, "\"%s\" must be a 1-character string", name);
        return false;
    }
    *result = str_read(given, 0);
    return true;
}

enum Parameter { kDelimiter, kDoublequote, kEscapechar, kLineterminator, kQuotechar, kQuoting, kSkipinitialspace, kStrict, kParameters };
constexpr const char* kNames[] = {"delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"};

bool fill(CsvDialect* self, Ref<> (&given)[kParameters]) {
    auto at = [&](Parameter parameter) { return given[parameter].get(); };
    if (!set_character("delimiter", at(kDelimiter), ',', false, &self->delimiter) ||
        !set_bool(at(kDoublequote), true, &self->doublequote) ||
        !set_character("escapechar", at(kEscapechar), kCsvNotSet, true, &self->escapechar)) {
        return false;
    }
    if (Object* end = at(kLineterminator)) {
        if (!is_none(end) && !str_check(end)) {
            err_set_string(exc::TypeError, "\"lineterminator\" must be a string");
            return false;
        }
        self->lineterminator = is_none(end) ? nullptr : newref(end);
    } else {
        self->lineterminator = str_from_string("\r\n");
    }
    if (!set_character("quotechar", at(kQuotechar), '"', true, &self->quotechar)) return false;
    self->quoting = kQuoteMinimal;
    if (Object* quoting = at(kQuoting)) {
        if (!int_check_exact(quoting)) {
            err_set_string(exc::TypeError, "\"quoting\" must be an integer");
            return false;
        }
        self->quoting = int_as_int(quoting);
        if (self->quoting == -1 && err_occurred()) return false;
    }
    if (!set_bool(at(kSkipinitialspace), false, &self->skipinitialspace) || !set_bool(at(kStrict), false, &self->strict)) return false;
    if (self->quoting < kQuoteMinimal || self->quoting > kQuoteNone) {
        err_set_string(exc::TypeError, "bad \"quoting\" value");
        return false;
    }
    if (at(kQuotechar) && is_none(at(kQuotechar)) && !at(kQuoting)) self->quoting = kQuoteNone;
    if (self->quoting != kQuoteNone && self->quotechar == kCsvNotSet) {
        err_set_string(exc::TypeError, "quotechar must be set if quoting enabled");
        return false;
    }
    if (!self->lineterminator && !err_occurred()) err_set_string(exc::TypeError, "lineterminator must be set");
    return self->lineterminator != nullptr;
}

Owned dialect_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"dialect", "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict", nullptr};
    static const KeywordParser parser{nullptr, names, 0, 9};
    Object* out[1 + kParameters] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<> dialect = share(out[0]);
    Ref<> given[kParameters];
    bool any = false;
    for (int i = 0; i < kParameters; ++i) {
        given[i] = share(out[1 + i]);
        any |= given[i].get() != nullptr;
    }
    if (dialect) {
        if (str_check(dialect.get())) dialect = own(csv_registered_dialect(dialect.get()));
        if (!dialect) return nullptr;
        if (is_instance_of(dialect.get(), &csv_dialect_type) && !any) return dialect.release();
        for (int i = 0; i < kParameters; ++i) {
            if (given[i]) continue;
            given[i] = own(object_get_attr_string(dialect.get(), kNames[i]));
            if (!given[i]) err_clear();
        }
    }
    Ref<> made = own(type->tp_alloc(type, 0));
    return made && fill(as_csv_dialect(made.get()), given) ? made.release() : nullptr;
}

template <char32_t CsvDialect::*kField>
Owned character_getter(Object* self, void*) {
    const char32_t c = as_csv_dialect(self)->*kField;
    return c == kCsvNotSet ? new_none() : str_from_ordinal(c);
}
Owned lineterminator_getter(Object* self, void*) { return newref(as_csv_dialect(self)->lineterminator); }
Owned quoting_getter(Object* self, void*) { return int_from_int(as_csv_dialect(self)->quoting); }
Owned dialect_reduce(Object* self, Object*) { return err_format(exc::TypeError, "cannot pickle '%.100s' instances", type_short_name(self->type)); }

int dialect_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_csv_dialect(self)->lineterminator, Edge::field("lineterminator"));
    return 0;
}
int dialect_clear(Object* self) {
    clear_ref(as_csv_dialect(self)->lineterminator);
    return 0;
}
void dialect_dealloc(Object* self) {
    gc_untrack(self);
    dialect_clear(self);
    self->type->tp_free(self);
}

const MethodDef dialect_methods[] = {method_def("__reduce__", dialect_reduce, kMethVarargs), method_def("__reduce_ex__", dialect_reduce, kMethVarargs), {nullptr, nullptr, 0}};
const MemberDef dialect_members[] = {{"skipinitialspace", MemberKind::kBool, offsetof(CsvDialect, skipinitialspace)},
                                     {"doublequote", MemberKind::kBool, offsetof(CsvDialect, doublequote)},
                                     {"strict", MemberKind::kBool, offsetof(CsvDialect, strict)},
                                     {nullptr, MemberKind::kNone, 0}};
const GetSetDef dialect_getset[] = {{"delimiter", character_getter<&CsvDialect::delimiter>},
                                    {"escapechar", character_getter<&CsvDialect::escapechar>},
                                    {"lineterminator", lineterminator_getter},
                                    {"quotechar", character_getter<&CsvDialect::quotechar>},
                                    {"quoting", quoting_getter},
                                    {nullptr, nullptr}};

}  // namespace

Type csv_dialect_type = [] {
    Type type = static_type("_csv.Dialect", sizeof(CsvDialect), 0, kHaveGc | kBaseType);
    type.tp_dealloc = dialect_dealloc;
    type.tp_doc = "CSV dialect\n\nThe Dialect type records CSV dialect options.\n";
    type.tp_traverse = dialect_traverse;
    type.tp_clear = dialect_clear;
    type.tp_methods = dialect_methods;
    type.tp_members = dialect_members;
    type.tp_getset = dialect_getset;
    type.tp_new = dialect_new;
    return type;
}();

Owned csv_registered_dialect(Object* name) {
    Object* found = dict_get_item_with_error(csv_dialects, name);
    if (!found && !err_occurred()) err_set_string(*as_type(csv_error), "unknown dialect");
    return xnewref(found);
}

Owned csv_make_dialect(Object* dialect, Object* kwargs) {
    Ref<> args = own(dialect ? tuple_pack({dialect}) : tuple_new(0));
    return args ? object_call(&csv_dialect_type, args.get(), kwargs) : nullptr;
}

}  // namespace refscope::vm
