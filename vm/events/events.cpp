#include "vm/events/events.h"

namespace refscope::vm {

HeapEvents events;
bool deaths_wanted = false;

}  // namespace refscope::vm
