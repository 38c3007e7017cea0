// Compiling source text to code objects. nullptr: SyntaxError (or ValueError, MemoryError) pending.
#pragma once

#include <string>
#include <string_view>

#include "vm/base/source_text.h"
#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/syntax/parse.h"

namespace refscope::vm {

// `literal_holder`: see code_new.
Owned compile_text(const base::SourceText& source, const std::string& filename, syntax::ParseMode mode, unsigned inherited_flags,
                   int optimize, Object* literal_holder);
// A file's bytes, decoded as PEP 263 says.
Owned compile_bytes(std::string_view bytes, const std::string& filename, Object* literal_holder);
// A module's file, from the cache of compiled ones if that has it.
Owned compile_file(const std::string& path);
// A warning at a place of the source. -1: it was raised as an exception.
int warn_explicit(Type& category, const std::string& message, const std::string& filename, int line);

}  // namespace refscope::vm
