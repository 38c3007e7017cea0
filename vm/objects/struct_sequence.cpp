// Tuples with named fields.
//
// ob_size is the number of items that the sequence shows; the hidden fields follow them. How many there are is noted
// for each type when it is readied.
#include "vm/objects/struct_sequence.h"

#include <memory>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

const char* const kUnnamedField = "unnamed field";

namespace {

struct Layout {
    Type* type;
    const char* name;
    intptr_t fields, visible, unnamed;
    std::vector<MemberDef> members;  // named fields, in order, and an end
};

std::vector<std::unique_ptr<Layout>>& layouts() {
    static auto* all = new std::vector<std::unique_ptr<Layout>>;
    return *all;
}
const Layout& layout_of(const Type* type) {
    for (const auto& layout : layouts()) {
        if (layout->type == type) return *layout;
    }
    RS_CHECK(false, "a struct sequence of a type that was never readied");
    __builtin_unreachable();
}

void dealloc(Object* self) {
    gc_untrack(self);
    Type* type = self->type;
    intptr_t fields = layout_of(type).fields;
    for (intptr_t i = 0; i < fields; ++i) clear_ref(as_tuple(self)->items[i]);
    free_object(self);
}

int traverse(Object* self, Visit visit, void* context) {
    const Layout& layout = layout_of(self->type);
    for (intptr_t i = 0; i < layout.fields; ++i) {
        RS_VISIT(tuple_get_item(self, i), Edge::at(EdgeKind::kItem, static_cast<uint32_t>(i)));
    }
    return 0;
}

Owned repr(Object* self) {
    const Layout& layout = layout_of(self->type);
    StrWriter writer;
    if (!writer.put_ascii(layout.name) || !writer.put('(')) return nullptr;
    for (intptr_t i = 0; i < layout.visible - layout.unnamed; ++i) {
        if (i > 0 && !writer.put_ascii(", ")) return nullptr;
        if (!writer.put_ascii(layout.members[static_cast<size_t>(i)].name) || !writer.put('=')) return nullptr;
        Ref<Object> text = own(object_repr(tuple_get_item(self, i)));
        if (!text || !writer.put_str(text.get())) return nullptr;
    }
    if (!writer.put(')')) return nullptr;
    return writer.finish();
}

Owned make(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"sequence", "dict", nullptr};
    const Layout& layout = layout_of(type);
    KeywordParser parser{nullptr, names, 1, 2, 0};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<Object> items = own(sequence_fast(out[0], "constructor requires a sequence"));
    if (!items) return nullptr;
    Object* dict = out[1];
    if (dict && !dict_check(dict)) {
        return err_format(exc::TypeError, "%.500s() takes a dict as second arg, if any", layout.name);
    }
    intptr_t given = static_cast<VarObject*>(items.get())->size;
    if (given < layout.visible || given > layout.fields) {
        const char* bound = layout.visible == layout.fields ? "" : given < layout.visible ? "n at least" : "n at most";
        return err_format(exc::TypeError, "%.500s() takes a%s %zd-sequence (%zd-sequence given)", layout.name, bound,
                          given < layout.visible ? layout.visible : layout.fields, given);
    }
    Ref<Object> self = own(struct_sequence_new(type));
    if (!self) return nullptr;
    for (intptr_t i = 0; i < layout.fields; ++i) {
        Object* item;
        if (i < given) {
            item = list_check(items.get()) ? list_get_item(items.get(), i) : tuple_get_item(items.get(), i);
        } else {
            item = dict ? dict_get_item_string_with_error(dict, layout.members[static_cast<size_t>(i - layout.unnamed)].name)
                        : nullptr;
            if (!item && err_occurred()) return nullptr;
            if (!item) item = none();
        }
        struct_sequence_set_item(self.get(), i, newref(item));
    }
    gc_track(self.get());
    return self.release();
}

Owned reduce(Object* self, Object*) {
    const Layout& layout = layout_of(self->type);
    Ref<Object> items = own(tuple_from_array(tuple_items(self), layout.visible));
    Ref<Object> hidden = own(dict_new());
    if (!items || !hidden) return nullptr;
    for (intptr_t i = layout.visible; i < layout.fields; ++i) {
        const char* name = layout.members[static_cast<size_t>(i - layout.unnamed)].name;
        if (dict_set_item_string(hidden.get(), name, tuple_get_item(self, i)) < 0) return nullptr;
    }
    Ref<Object> arguments = own(tuple_pack({items.get(), hidden.get()}));
    return arguments ? tuple_pack({self->type, arguments.get()}) : nullptr;
}

const MethodDef methods[] = {
    method_def("__reduce__", reduce, kMethNoargs),
    {nullptr, nullptr, 0, nullptr},
};

int add_number(Type* type, const char* name, intptr_t value) {
    Ref<Object> number = own(int_from_ssize(value));
    return number ? dict_set_item_string(type->tp_dict, name, number.get()) : -1;
}

}  // namespace

int struct_sequence_init_type(Type* type, const StructDescription& description, bool disallow_instantiation) {
    auto layout = std::make_unique<Layout>();
    layout->type = type;
    layout->name = description.name;
    layout->visible = description.in_sequence;
    layout->fields = layout->unnamed = 0;
    for (const StructField* field = description.fields; field->name; ++field, ++layout->fields) {
        if (field->name == kUnnamedField) {
            ++layout->unnamed;
            continue;
        }
        auto offset = static_cast<ptrdiff_t>(sizeof(TupleObject)) + layout->fields * static_cast<ptrdiff_t>(sizeof(Object*));
        layout->members.push_back({field->name, MemberKind::kObject, offset, true, field->doc});
    }
    intptr_t named_visible = layout->visible - layout->unnamed;
    layout->members.push_back({nullptr, MemberKind::kNone, 0, true, nullptr});

    *type = static_type(description.name, sizeof(TupleObject), sizeof(Object*),
                        kHaveGc | kItemsInline | kSequencePattern);
    if (disallow_instantiation) type->tp_flags |= kDisallowInstantiation;
    type->tp_base = &tuple_type;
    type->tp_doc = description.doc;
    type->tp_dealloc = dealloc;
    type->tp_traverse = traverse;
    type->tp_repr = repr;
    type->tp_members = layout->members.data();
    type->tp_methods = methods;
    if (!disallow_instantiation) type->tp_new = make;
    const Layout& kept = *layouts().emplace_back(std::move(layout));
    if (type_ready(type) < 0) return -1;
    if (add_number(type, "n_sequence_fields", kept.visible) < 0 || add_number(type, "n_fields", kept.fields) < 0 ||
        add_number(type, "n_unnamed_fields", kept.unnamed) < 0) {
        return -1;
    }
    Ref<Object> match = own(tuple_new(named_visible));
    if (!match) return -1;
    for (intptr_t i = 0; i < named_visible; ++i) {
        Object* name = str_intern_from_string(kept.members[static_cast<size_t>(i)].name);
        if (!name) return -1;
        tuple_init_item(match.get(), i, name);
    }
    if (dict_set_item_string(type->tp_dict, "__match_args__", match.get()) < 0) return -1;
    type_modified(type);
    return 0;
}

Owned struct_sequence_new(Type* type) {
    const Layout& layout = layout_of(type);
    auto* self = static_cast<TupleObject*>(
        allocate_object(type, sizeof(TupleObject) + static_cast<size_t>(layout.fields) * sizeof(Object*)));
    if (self) self->size = layout.visible;
    return self;
}

void struct_sequence_set_item(Object* sequence, intptr_t index, Object* stolen) {
    tuple_init_item(sequence, index, stolen);
}

}  // namespace refscope::vm
