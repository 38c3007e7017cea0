#include "vm/objects/cell.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

CellObject* as_cell(Object* object) { return static_cast<CellObject*>(object); }

Owned cell_type_new(Type*, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("cell", kwargs) || !check_positional("cell", tuple_size(args), 0, 1)) return nullptr;
    return cell_new(tuple_size(args) ? tuple_get_item(args, 0) : nullptr);
}

void cell_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_cell(self)->ob_ref);
    free_object(self);
}
int cell_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_cell(self)->ob_ref, Edge::at(EdgeKind::kCell, 0));
    return 0;
}
int cell_clear(Object* self) {
    clear_ref(as_cell(self)->ob_ref);
    return 0;
}

Owned cell_repr(Object* self) {
    Object* value = as_cell(self)->ob_ref;
    if (!value) return str_from_format("<cell at %p: empty>", static_cast<void*>(self));
    return str_from_format("<cell at %p: %.80s object at %p>", static_cast<void*>(self), value->type->tp_name,
                           static_cast<void*>(value));
}

Owned cell_compare(Object* left, Object* right, int op) {
    if (!cell_check(left) || !cell_check(right)) return new_not_implemented();
    Object *a = as_cell(left)->ob_ref, *b = as_cell(right)->ob_ref;
    if (a && b) return object_rich_compare(a, b, op);
    // An empty cell is less than a full one.
    int order = (a != nullptr) - (b != nullptr);
    bool result = op == kLT   ? order < 0
                  : op == kLE ? order <= 0
                  : op == kEQ ? order == 0
                  : op == kNE ? order != 0
                  : op == kGT ? order > 0
                              : order >= 0;
    return bool_from(result);
}

Owned get_contents(Object* self, void*) {
    Object* value = as_cell(self)->ob_ref;
    return value ? newref(value) : err_set_string(exc::ValueError, "Cell is empty");
}
int set_contents(Object* self, Object* value, void*) {
    cell_set(self, value);
    return 0;
}

const GetSetDef cell_getset[] = {{"cell_contents", get_contents, set_contents}, {}};

}  // namespace

Type cell_type = [] {
    Type type = static_type("cell", sizeof(CellObject), 0, kHaveGc);
    type.tp_dealloc = cell_dealloc;
    type.tp_repr = cell_repr;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = cell_traverse;
    type.tp_clear = cell_clear;
    type.tp_richcompare = cell_compare;
    type.tp_getset = cell_getset;
    type.tp_new = cell_type_new;
    return type;
}();

Owned cell_new(Object* value) {
    auto* cell = new_object<CellObject>(&cell_type);
    if (!cell) return nullptr;
    cell->ob_ref = xnewref(value);
    gc_track(cell);
    return cell;
}

Owned cell_get(Object* cell) { return xnewref(as_cell(cell)->ob_ref); }

void cell_set(Object* cell, Object* value) { set_ref(as_cell(cell)->ob_ref, xnewref(value)); }

int init_cell_type() { return type_ready(&cell_type); }

}  // namespace refscope::vm
