// mappingproxy: a read-only view of any mapping; a class's `__dict__` is one.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct MappingProxyObject : Object {
    Object* mapping;
};

extern Type mapping_proxy_type;
Owned mapping_proxy_new(Object* mapping);  // TypeError unless it is a mapping and not a list or tuple
int init_mapping_proxy_types();

}  // namespace refscope::vm
