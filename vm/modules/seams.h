// Fills in what the collector and the objects leave open for the layers above them: gc.callbacks and gc.garbage, unraisable
// exceptions, source files for tracebacks, free lists.
#pragma once

namespace refscope::vm {

// Empties the generations and fills in the seams. Once, before the first object is tracked.
void install_seams();

}  // namespace refscope::vm
