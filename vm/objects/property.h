// property: computed attributes.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct PropertyObject : Object {
    Object* prop_get;
    Object* prop_set;
    Object* prop_del;
    Object* prop_doc;
    Object* prop_name;
    int getter_doc;
};
extern Type property_type;

int init_property_type();

}  // namespace refscope::vm
