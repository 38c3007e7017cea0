// zip: tuples of one item from each iterator; its result tuple is used again while nobody else holds it.
#pragma once

#include "vm/heap/type.h"

namespace refscope::vm {

extern Type zip_type;
int init_zip_types();

}  // namespace refscope::vm
