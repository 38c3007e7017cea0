// _csv.writer: rows as lines of text, quoted and escaped as the dialect says.
#include <cstddef>
#include <string>

#include "vm/heap/collector_state.h"
#include "vm/modules/csv_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct WriterObject : Object {
    Object* write;  // the file's method
    Object* dialect;
};
WriterObject* as_writer(Object* object) { return static_cast<WriterObject*>(object); }

// One line in the making.
class Line {
  public:
    explicit Line(const CsvDialect* dialect) : dialect_(dialect) {}

    // `text`: nullptr for an empty field. False: an exception is pending.
    bool append(Object* text_or_null, bool quoted) {
        std::u32string field;
        const intptr_t length = text_or_null ? str_length(text_or_null) : 0;
        for (intptr_t i = 0; i < length; ++i) {
            const char32_t c = str_read(text_or_null, i);
            if (is_special(c)) {
                bool escape = dialect_->quoting == kQuoteNone || c == dialect_->escapechar;
                if (dialect_->quoting != kQuoteNone && c == dialect_->quotechar) {
                    escape = !dialect_->doublequote;
                    if (!escape) field += c;
                }
                if (!escape) quoted = true;
                if (escape) {
                    if (dialect_->escapechar == kCsvNotSet) {
                        err_set_string(*as_type(csv_error), "need to escape, but no escapechar set");
                        return false;
                    }
                    field += dialect_->escapechar;
                }
            }
            field += c;
        }
        if (fields_++ > 0) text_ += dialect_->delimiter;
        if (quoted) text_ += dialect_->quotechar;
        text_ += field;
        if (quoted) text_ += dialect_->quotechar;
        return true;
    }
    // A single empty field would read back as none.
    bool finish() {
        if (fields_ == 0 || !text_.empty()) return true;
        if (dialect_->quoting == kQuoteNone) {
            err_set_string(*as_type(csv_error), "single empty field record must be quoted");
            return false;
        }
        fields_ = 0;
        return append(nullptr, true);
    }
    Owned object() {
        Ref<> text = own(str_from_kind_and_data(4, text_.data(), static_cast<intptr_t>(text_.size())));
        return text ? str_concat(text.get(), dialect_->lineterminator) : nullptr;
    }

  private:
    bool is_special(char32_t c) const {
        return c == dialect_->delimiter || c == dialect_->escapechar || c == dialect_->quotechar ||
               str_find_char(dialect_->lineterminator, c, 0, str_length(dialect_->lineterminator), 1) >= 0;
    }

    const CsvDialect* dialect_;
    std::u32string text_;
    int fields_ = 0;
};

Owned writer_writerow(Object* object, Object* row) {
    WriterObject* self = as_writer(object);
    const CsvDialect* dialect = as_csv_dialect(self->dialect);
    Ref<> iterator = own(object_get_iter(row));
    if (!iterator) {
        if (!err_matches(exc::TypeError)) return nullptr;
        err_clear();
        return err_format(*as_type(csv_error), "iterable expected, not %.200s", row->type->tp_name);
    }
    Line line(dialect);
    for (;;) {
        Ref<> field = own(iter_next(iterator.get()));
        if (!field) break;
        const bool quoted = dialect->quoting == kQuoteAll || (dialect->quoting == kQuoteNonnumeric && !number_check(field.get()));
        if (is_none(field.get())) {
            if (!line.append(nullptr, quoted)) return nullptr;
            continue;
        }
        if (!str_check(field.get())) field = own(object_str(field.get()));
        if (!field || !line.append(field.get(), quoted)) return nullptr;
    }
    iterator.reset();
    if (err_occurred() || !line.finish()) return nullptr;
    Ref<> text = own(line.object());
    return text ? object_call_onearg(self->write, text.get()) : nullptr;
}
Owned writer_writerows(Object* self, Object* rows) {
    Ref<> iterator = own(object_get_iter(rows));
    if (!iterator) return nullptr;
    for (;;) {
        Ref<> row = own(iter_next(iterator.get()));
        if (!row) break;
        Ref<> result = own(writer_writerow(self, row.get()));
        if (!result) return nullptr;
    }
    return err_occurred() ? nullptr : new_none();
}

int writer_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_writer(self)->dialect, Edge::field("dialect"));
    RS_VISIT(as_writer(self)->write, Edge::field("write"));
    return 0;
}
int writer_clear(Object* self) {
    clear_ref(as_writer(self)->dialect);
    clear_ref(as_writer(self)->write);
    return 0;
}
void writer_dealloc(Object* self) {
    gc_untrack(self);
    writer_clear(self);
    self->type->tp_free(self);
}
const MethodDef writer_methods[] = {
    method_def("writerow", writer_writerow, kMethO, "writerow(iterable)\n\nWrite the fields of one row."),
    method_def("writerows", writer_writerows, kMethO, "writerows(iterable of iterables)\n\nWrite several rows."),
    {nullptr, nullptr, 0}};
const MemberDef writer_members[] = {{"dialect", MemberKind::kObject, offsetof(WriterObject, dialect)}, {nullptr, MemberKind::kNone, 0}};

}  // namespace

Type csv_writer_type = [] {
    Type type = static_type("_csv.writer", sizeof(WriterObject), 0, kHaveGc | kDisallowInstantiation);
    type.tp_dealloc = writer_dealloc;
    type.tp_doc = "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n";
    type.tp_traverse = writer_traverse;
    type.tp_clear = writer_clear;
    type.tp_methods = writer_methods;
    type.tp_members = writer_members;
    return type;
}();

Owned csv_writer_new(Object*, Object* args, Object* kwargs) {
    if (!check_positional("", tuple_size(args), 1, 2)) return nullptr;
    Ref<> made = own(csv_writer_type.tp_alloc(&csv_writer_type, 0));
    if (!made) return nullptr;
    WriterObject* self = as_writer(made.get());
    self->dialect = csv_make_dialect(tuple_size(args) > 1 ? tuple_get_item(args, 1) : nullptr, kwargs);
    if (!self->dialect) return nullptr;
    Object* write = nullptr;
    if (object_lookup_attr(tuple_get_item(args, 0), ID(write), &write) < 0) return nullptr;
    self->write = write;
    if (!write || !callable_check(write)) return err_set_string(exc::TypeError, "argument 1 must have a \"write\" method");
    return made.release();
}

}  // namespace refscope::vm
