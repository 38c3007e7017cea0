// _csv.reader: a state machine over the characters of the lines that an iterator gives.
#include <cstddef>
#include <string>
#include <utility>

#include "vm/heap/collector_state.h"
#include "vm/modules/csv_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr char32_t kEndOfLine = 0xfffffffe;
enum class State { kStartRecord, kStartField, kEscaped, kInField, kInQuoted, kEscapeInQuoted, kQuoteInQuoted, kEatNewline, kAfterEscapedNewline };

struct ReaderObject : Object {
    Object* input;    // iterator
    Object* dialect;
    Object* fields;   // list of the record in the making, or nullptr
    std::u32string* field;
    State state;
    bool numeric;     // the field is to be a float
    intptr_t line_number;
};
ReaderObject* as_reader(Object* object) { return static_cast<ReaderObject*>(object); }

bool fail(const char* message) {
    err_set_string(*as_type(csv_error), message);
    return false;
}

bool add(ReaderObject* self, char32_t c) {
    if (static_cast<intptr_t>(self->field->size()) >= csv_field_limit) {
        err_format(*as_type(csv_error), "field larger than field limit (%ld)", static_cast<long>(csv_field_limit));
        return false;
    }
    self->field->push_back(c);
    return true;
}
bool save(ReaderObject* self) {
    Ref<> field = own(str_from_kind_and_data(4, self->field->data(), static_cast<intptr_t>(self->field->size())));
    self->field->clear();
    if (field && self->numeric) {
        self->numeric = false;
        field = own(number_float(field.get()));
    }
    return field && list_append(self->fields, field.get()) == 0;
}
bool is_newline(char32_t c) { return c == '\n' || c == '\r'; }
// The field has ended with the line.
bool end_record(ReaderObject* self, char32_t c) {
    if (!save(self)) return false;
    self->state = c == kEndOfLine ? State::kStartRecord : State::kEatNewline;
    return true;
}
bool end_field(ReaderObject* self) {
    self->state = State::kStartField;
    return save(self);
}

bool process(ReaderObject* self, char32_t c) {
    const CsvDialect* dialect = as_csv_dialect(self->dialect);
    const bool quotes = dialect->quoting != kQuoteNone;
    switch (self->state) {
        case State::kStartRecord:
            if (c == kEndOfLine) return true;
            if (is_newline(c)) {
                self->state = State::kEatNewline;
                return true;
            }
            self->state = State::kStartField;
            [[fallthrough]];
        case State::kStartField:
            if (is_newline(c) || c == kEndOfLine) return end_record(self, c);
            if (c == dialect->quotechar && quotes) {
                self->state = State::kInQuoted;
            } else if (c == dialect->escapechar) {
                self->state = State::kEscaped;
            } else if (c == ' ' && dialect->skipinitialspace) {
                return true;
            } else if (c == dialect->delimiter) {
                return save(self);
            } else {
                if (dialect->quoting == kQuoteNonnumeric) self->numeric = true;
                self->state = State::kInField;
                return add(self, c);
            }
            return true;
        case State::kEscaped:
            if (is_newline(c)) {
                self->state = State::kAfterEscapedNewline;
                return add(self, c);
            }
            self->state = State::kInField;
            return add(self, c == kEndOfLine ? U'\n' : c);
        case State::kAfterEscapedNewline:
            if (c == kEndOfLine) return true;
            [[fallthrough]];
        case State::kInField:
            if (is_newline(c) || c == kEndOfLine) return end_record(self, c);
            if (c == dialect->escapechar) {
                self->state = State::kEscaped;
                return true;
            }
            if (c == dialect->delimiter) return end_field(self);
            // After an escaped newline the state stays as it is until the line's end.
            return add(self, c);
        case State::kInQuoted:
            if (c == kEndOfLine) return true;
            if (c == dialect->escapechar) {
                self->state = State::kEscapeInQuoted;
                return true;
            }
            if (c == dialect->quotechar && quotes) {
                self->state = dialect->doublequote ? State::kQuoteInQuoted : State::kInField;
                return true;
            }
            return add(self, c);
        case State::kEscapeInQuoted:
            self->state = State::kInQuoted;
            return add(self, c == kEndOfLine ? U'\n' : c);
        case State::kQuoteInQuoted:
            if (quotes && c == dialect->quotechar) {
                self->state = State::kInQuoted;
                return add(self, c);
            }
            if (c == dialect->delimiter) return end_field(self);
            if (is_newline(c) || c == kEndOfLine) return end_record(self, c);
            if (dialect->strict) {
                err_format(*as_type(csv_error), "'%c' expected after '%c'", static_cast<int>(dialect->delimiter), static_cast<int>(dialect->quotechar));
                return false;
            }
            self->state = State::kInField;
            return add(self, c);
        case State::kEatNewline:
            if (is_newline(c)) return true;
            if (c == kEndOfLine) {
                self->state = State::kStartRecord;
                return true;
            }
            return fail("new-line character seen in unquoted field - do you need to open the file in universal-newline mode?");
    }
    return true;
}

Owned reader_next(Object* object) {
    ReaderObject* self = as_reader(object);
    Object* fields = list_new(0);
    if (!fields) return nullptr;
    set_ref(self->fields, fields);
    self->field->clear();
    self->state = State::kStartRecord;
    self->numeric = false;
    do {
        Ref<> line = own(iter_next(self->input));
        if (!line) {
            if (err_occurred() || (self->field->empty() && self->state != State::kInQuoted)) return nullptr;
            // The last line has no end.
            if (as_csv_dialect(self->dialect)->strict) return err_set_string(*as_type(csv_error), "unexpected end of data");
            if (!save(self)) return nullptr;
            break;
        }
        if (!str_check(line.get())) {
            return err_format(*as_type(csv_error), "iterator should return strings, not %.200s (the file should be opened in text mode)",
                              line->type->tp_name);
        }
        ++self->line_number;
        for (intptr_t i = 0; i < str_length(line.get()); ++i) {
            if (!process(self, str_read(line.get(), i))) return nullptr;
        }
        if (!process(self, kEndOfLine)) return nullptr;
    } while (self->state != State::kStartRecord);
    return std::exchange(self->fields, nullptr);
}

int reader_traverse(Object* object, Visit visit, void* context) {
    RS_VISIT(as_reader(object)->dialect, Edge::field("dialect"));
    RS_VISIT(as_reader(object)->input, Edge::field("input"));
    RS_VISIT(as_reader(object)->fields, Edge::field("fields"));
    return 0;
}
int reader_clear(Object* object) {
    clear_ref(as_reader(object)->dialect);
    clear_ref(as_reader(object)->input);
    clear_ref(as_reader(object)->fields);
    return 0;
}
void reader_dealloc(Object* object) {
    gc_untrack(object);
    reader_clear(object);
    delete as_reader(object)->field;
    object->type->tp_free(object);
}
const MemberDef reader_members[] = {{"dialect", MemberKind::kObject, offsetof(ReaderObject, dialect)},
                                    {"line_num", MemberKind::kSsize, offsetof(ReaderObject, line_number)},
                                    {nullptr, MemberKind::kNone, 0}};

}  // namespace

Type csv_reader_type = [] {
    Type type = static_type("_csv.reader", sizeof(ReaderObject), 0, kHaveGc | kDisallowInstantiation);
    type.tp_dealloc = reader_dealloc;
    type.tp_doc = "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n";
    type.tp_traverse = reader_traverse;
    type.tp_clear = reader_clear;
    type.tp_iter = object_self_iter;
    type.tp_iternext = reader_next;
    type.tp_members = reader_members;
    return type;
}();

Owned csv_reader_new(Object*, Object* args, Object* kwargs) {
    if (!check_positional("", tuple_size(args), 1, 2)) return nullptr;
    Ref<> made = own(csv_reader_type.tp_alloc(&csv_reader_type, 0));
    if (!made) return nullptr;
    ReaderObject* self = as_reader(made.get());
    self->field = new std::u32string;
    self->input = object_get_iter(tuple_get_item(args, 0));
    if (!self->input) return nullptr;
    self->dialect = csv_make_dialect(tuple_size(args) > 1 ? tuple_get_item(args, 1) : nullptr, kwargs);
    return self->dialect ? made.release() : nullptr;
}

}  // namespace refscope::vm
