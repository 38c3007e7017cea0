// SyntaxError, IndentationError, TabError: where in the source, and the line itself.
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/exception_types.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

SyntaxErrorObject* as_syntax_error(Object* object) { return static_cast<SyntaxErrorObject*>(object); }

int syntax_error_init(Object* object, Object* args, Object* kwargs) {
    SyntaxErrorObject* self = as_syntax_error(object);
    if (base_exception_init(object, args, kwargs) < 0) return -1;
    const intptr_t count = tuple_size(args);
    if (count >= 1) exception_set_field(self->message, tuple_get_item(args, 0));
    if (count != 2) return 0;

    Ref<> details = own(sequence_tuple(tuple_get_item(args, 1)));
    if (!details) return -1;
    const intptr_t given = tuple_size(details.get());
    if (given < 4 || given > 6) {
        err_format(exc::TypeError, "function takes at %s %d arguments (%zd given)", given < 4 ? "least" : "most",
                   given < 4 ? 4 : 6, given);
        return -1;
    }
    auto item = [&](intptr_t index) { return index < given ? tuple_get_item(details.get(), index) : nullptr; };
    exception_set_field(self->filename, item(0));
    exception_set_field(self->lineno, item(1));
    exception_set_field(self->offset, item(2));
    exception_set_field(self->text, item(3));
    exception_set_field(self->end_lineno, item(4));
    exception_set_field(self->end_offset, item(5));
    if (self->end_lineno && !self->end_offset) {
        err_set_string(exc::TypeError, "end_offset must be provided when end_lineno is provided");
        return -1;
    }
    return 0;
}

int syntax_error_clear(Object* object) {
    SyntaxErrorObject* self = as_syntax_error(object);
    clear_ref(self->message);
    clear_ref(self->filename);
    clear_ref(self->lineno);
    clear_ref(self->offset);
    clear_ref(self->end_lineno);
    clear_ref(self->end_offset);
    clear_ref(self->text);
    clear_ref(self->print_file_and_line);
    return base_exception_clear(self);
}
void syntax_error_dealloc(Object* self) {
    gc_untrack(self);
    syntax_error_clear(self);
    self->type->tp_free(self);
}
int syntax_error_traverse(Object* object, Visit visit, void* context) {
    SyntaxErrorObject* self = as_syntax_error(object);
    RS_VISIT(self->message, Edge::field("msg"));
    RS_VISIT(self->filename, Edge::field("filename"));
    RS_VISIT(self->lineno, Edge::field("lineno"));
    RS_VISIT(self->offset, Edge::field("offset"));
    RS_VISIT(self->end_lineno, Edge::field("end_lineno"));
    RS_VISIT(self->end_offset, Edge::field("end_offset"));
    RS_VISIT(self->text, Edge::field("text"));
    RS_VISIT(self->print_file_and_line, Edge::field("print_file_and_line"));
    return base_exception_traverse(self, visit, context);
}

Owned base_name(Object* path) {
    const intptr_t length = str_length(path);
    const intptr_t slash = str_find_char(path, '/', 0, length, -1);
    return slash < 0 ? newref(path) : str_substring(path, slash + 1, length);
}

Owned syntax_error_str(Object* object) {
    SyntaxErrorObject* self = as_syntax_error(object);
    Ref<> filename;
    if (self->filename && str_check(self->filename)) {
        filename.reset_steal(base_name(self->filename));
        if (!filename) return nullptr;
    }
    const bool has_line = self->lineno && int_check_exact(self->lineno);
    Object* message = self->message ? self->message : none();
    if (!filename && !has_line) return object_str(message);
    int overflow = 0;
    const long line = has_line ? static_cast<long>(int_as_int64_overflow(self->lineno, &overflow)) : 0;
    if (filename && has_line) return str_from_format("%S (%U, line %ld)", message, filename.get(), line);
    if (filename) return str_from_format("%S (%U)", message, filename.get());
    return str_from_format("%S (line %ld)", message, line);
}

const MemberDef syntax_error_members[] = {
    {"msg", MemberKind::kObject, offsetof(SyntaxErrorObject, message), false},
    {"filename", MemberKind::kObject, offsetof(SyntaxErrorObject, filename), false},
    {"lineno", MemberKind::kObject, offsetof(SyntaxErrorObject, lineno), false},
    {"offset", MemberKind::kObject, offsetof(SyntaxErrorObject, offset), false},
    {"text", MemberKind::kObject, offsetof(SyntaxErrorObject, text), false},
    {"end_lineno", MemberKind::kObject, offsetof(SyntaxErrorObject, end_lineno), false},
    {"end_offset", MemberKind::kObject, offsetof(SyntaxErrorObject, end_offset), false},
    {"print_file_and_line", MemberKind::kObject, offsetof(SyntaxErrorObject, print_file_and_line), false},
    {nullptr, MemberKind::kNone, 0}};

Type make(const char* name, Type* base, const char* doc) {
    Type type = exception_static_type(name, base, sizeof(SyntaxErrorObject), doc);
    type.tp_dealloc = syntax_error_dealloc;
    type.tp_traverse = syntax_error_traverse;
    type.tp_clear = syntax_error_clear;
    type.tp_init = syntax_error_init;
    if (base == &exc::Exception) {
        type.tp_str = syntax_error_str;
        type.tp_members = syntax_error_members;
    }
    return type;
}

}  // namespace

namespace exc {
Type SyntaxError = make("SyntaxError", &Exception, "The source is not Python.");
Type IndentationError = make("IndentationError", &SyntaxError, "The indentation is wrong.");
Type TabError = make("TabError", &IndentationError, "Tabs and spaces are mixed in a way that has no clear meaning.");
}  // namespace exc

Owned err_set_syntax_error(Type& type, const char* message, Object* filename, int line, int column, int end_line,
                           int end_column, Object* text) {
    Ref<> message_text = own(str_from_string(message));
    Ref<> line_number = own(int_from_int(line));
    Ref<> offset = own(int_from_int(column));
    Ref<> end_number = own(int_from_int(end_line));
    Ref<> end_offset = own(int_from_int(end_column));
    if (!message_text || !line_number || !offset || !end_number || !end_offset) return nullptr;
    Ref<> details = own(tuple_pack({filename, line_number.get(), offset.get(), text ? text : none(), end_number.get(),
                                    end_offset.get()}));
    if (!details) return nullptr;
    Ref<> args = own(tuple_pack({message_text.get(), details.get()}));
    if (!args) return nullptr;
    return err_set_object(&type, args.get());
}

}  // namespace refscope::vm
