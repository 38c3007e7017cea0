// Compiled modules kept between runs, so that an import need not parse and compile again. Beside the source in `__pycache__` under
// Refscope's own tag, for the installed library in the person's cache folder ($XDG_CACHE_HOME/refscope), for all under
// sys.pycache_prefix (PYTHONPYCACHEPREFIX) if that is set. A file is believed when it was written by this very program for a source of the
// same path, size and time. Whatever goes wrong, the module is compiled: nothing here raises.
#pragma once

#include <string>

#include "vm/bytecode/code_unit.h"

namespace refscope::vm {

struct ModuleCache {
    std::string file;        // where it is kept; empty: nowhere
    std::string identity;    // what the file must begin with
    bool may_write = false;  // not sys.dont_write_bytecode

    explicit ModuleCache(const std::string& source_path);

    bytecode::CodeUnitRef load() const;  // null: none, or not to be believed
    void store(const bytecode::CodeUnit& code) const;
};

}  // namespace refscope::vm
