// What the files of module _csv share: the dialect and the module's error.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

inline constexpr char32_t kCsvNotSet = 0xffffffff;
enum CsvQuoting : int { kQuoteMinimal, kQuoteAll, kQuoteNonnumeric, kQuoteNone };

struct CsvDialect : Object {
    bool doublequote, skipinitialspace, strict;
    int quoting;
    char32_t delimiter, quotechar, escapechar;
    Object* lineterminator;  // str
};
inline CsvDialect* as_csv_dialect(Object* object) { return static_cast<CsvDialect*>(object); }

extern Type csv_dialect_type;                            // csv_dialect.cpp
extern Type csv_reader_type;                             // csv_reader.cpp
extern Type csv_writer_type;                             // csv_writer.cpp
extern Object *csv_error, *csv_dialects;                 // roots; the dialects by name
extern intptr_t csv_field_limit;

// The dialect for a reader or writer: (name, instance or nullptr) with the formatting parameters of `kwargs`.
Owned csv_make_dialect(Object* dialect_or_null, Object* kwargs_or_null);
Owned csv_registered_dialect(Object* name);
Owned csv_reader_new(Object* module, Object* args, Object* kwargs);
Owned csv_writer_new(Object* module, Object* args, Object* kwargs);

}  // namespace refscope::vm
