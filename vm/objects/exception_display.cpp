// A whole exception as text: what it was caused by, its traceback, its message with suggestion, notes, and for groups the tree
// of exceptions in it.
#include <algorithm>
#include <cstring>
#include <set>
#include <string>

#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/error_seam.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/traceback_print.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr const char* kCauseMessage = "The above exception was the direct cause of the following exception:\n";
constexpr const char* kContextMessage = "During handling of the above exception, another exception occurred:\n";
constexpr int kMaxGroupWidth = 15;
constexpr int kMaxGroupDepth = 10;

const ExceptionObject* as_exception(Object* object) { return static_cast<const ExceptionObject*>(object); }

// What print_file_and_line needs of a SyntaxError.
struct SyntaxDetails {
    Ref<> message, filename, text;
    intptr_t line = 0, offset = 0, end_line = 0, end_offset = 0;
};

bool integer_attribute(Object* exception, Object* name, intptr_t if_none, intptr_t* result) {
    Ref<> value = own(object_get_attr(exception, name));
    if (!value) return false;
    if (is_none(value.get())) {
        *result = if_none;
        return true;
    }
    *result = number_as_ssize(value.get(), &exc::OverflowError);
    return !(*result == -1 && err_occurred());
}

bool read_syntax_details(Object* exception, SyntaxDetails* details) {
    details->message.reset_steal(object_get_attr(exception, ID(msg)));
    if (!details->message) return false;
    details->filename.reset_steal(object_get_attr(exception, ID(filename)));
    if (!details->filename) return false;
    if (is_none(details->filename.get())) details->filename.reset_steal(str_from_string("<string>"));
    Ref<> line = own(object_get_attr(exception, ID(lineno)));
    if (!line) return false;
    details->line = number_as_ssize(line.get(), &exc::OverflowError);
    if (details->line == -1 && err_occurred()) return false;
    if (!integer_attribute(exception, ID(offset), -1, &details->offset)) return false;
    if (!integer_attribute(exception, ID(end_lineno), details->line, &details->end_line)) return false;
    if (!integer_attribute(exception, ID(end_offset), -1, &details->end_offset)) return false;
    details->text.reset_steal(object_get_attr(exception, ID(text)));
    if (!details->text) return false;
    if (is_none(details->text.get())) details->text.reset();
    return true;
}

class ExceptionPrinter {
  public:
    explicit ExceptionPrinter(Object* file) : file_(file) {}

    int print_recursive(Object* value) {
        if (!enter_recursive_call(" in print_exception_recursive")) return -1;
        int result = print_cause_and_context(value);
        if (result == 0) result = exception_group_check(value) ? print_group(value) : print_exception(value);
        leave_recursive_call();
        return result;
    }

  private:
    int indent() const { return 2 * group_depth_; }
    const char* margin() const { return group_depth_ ? "| " : ""; }
    int write(std::string_view text) { return file_write_string(text, file_); }
    int write_indent() { return indent() ? write(std::string(static_cast<size_t>(indent()), ' ')) : 0; }
    int write_margin() {
        if (write_indent() < 0) return -1;
        return *margin() ? write(margin()) : 0;
    }

    int print_chained(Object* value, const char* message) {
        const bool need_close = std::exchange(need_close_, false);
        if (print_recursive(value) < 0) return -1;
        if (write_margin() < 0 || write("\n") < 0 || write_margin() < 0 || write(message) < 0 || write_margin() < 0 ||
            write("\n") < 0) {
            return -1;
        }
        need_close_ = need_close;
        return 0;
    }

    int print_cause_and_context(Object* value) {
        seen_.insert(value);
        if (!exception_instance_check(value)) return 0;
        if (Object* cause = as_exception(value)->cause) {
            Ref<> held = share(cause);
            return seen_.count(cause) ? 0 : print_chained(cause, kCauseMessage);
        }
        if (as_exception(value)->suppress_context) return 0;
        if (Object* context = as_exception(value)->context) {
            Ref<> held = share(context);
            return seen_.count(context) ? 0 : print_chained(context, kContextMessage);
        }
        return 0;
    }

    int print_exception(Object* value) {
        if (!exception_instance_check(value)) {
            if (write_margin() < 0) return -1;
            return write(std::string("TypeError: print_exception(): Exception expected for value, ") +
                         value->type->tp_name + " found\n");
        }
        Ref<> shown = share(value);
        if (print_traceback(value) < 0) return -1;
        // The value may become its message below.
        Ref<> type = share<Object>(value->type);
        Object* found = nullptr;
        if (object_lookup_attr(value, ID(__notes__), &found) < 0) return -1;
        Ref<> notes = own(found);
        if (print_file_and_line(&shown) < 0) return -1;
        if (print_message(type.get(), shown.get()) < 0 || print_suggestion(shown.get()) < 0) return -1;
        if (write("\n") < 0) return -1;
        return notes ? print_notes(notes.get()) : 0;
    }

    int print_traceback(Object* value) {
        Object* traceback = as_exception(value)->traceback;
        if (!traceback) return 0;
        const bool group = exception_group_check(value);
        const char* header =
            group ? "Exception Group Traceback (most recent call last):\n" : "Traceback (most recent call last):\n";
        const char* header_margin = group && group_depth_ == 1 ? "+ " : margin();
        Ref<> held = share(traceback);
        return traceback_print_indented(traceback, indent(), margin(), header_margin, header, file_);
    }

    int print_file_and_line(Ref<>* value) {
        Object* marker = nullptr;
        if (object_lookup_attr(value->get(), ID(print_file_and_line), &marker) < 0) return -1;
        if (!marker) return 0;
        decref(marker);
        SyntaxDetails details;
        if (!read_syntax_details(value->get(), &details)) {
            err_clear();
            return 0;
        }
        const bool indentation = is_instance_of(value->get(), &exc::IndentationError);
        *value = details.message;
        Ref<> line = own(str_from_format("  File \"%S\", line %zd\n", details.filename.get(), details.line));
        if (!line || write_margin() < 0 || file_write_object(line.get(), file_, true) < 0) return -1;
        if (!details.text) return 0;
        intptr_t size = 0;
        const char* text = str_check(details.text.get()) ? str_as_utf8(details.text.get(), &size) : nullptr;
        if (!text) {
            err_clear();
            return 0;
        }
        // Only the first line is shown, and marked to its end at most.
        if (details.end_line > details.line) details.end_offset = size;
        details.end_offset = std::min(details.end_offset, size + 1);
        if (indentation) details.end_offset = -1;  // it is about a place
        return print_error_text(text, details.offset, details.end_offset);
    }

    int print_error_text(const char* text, intptr_t offset, intptr_t end_offset) {
        const intptr_t carets = end_offset > 0 && end_offset > offset ? end_offset - offset : 1;
        --offset;
        for (; *text == ' ' || *text == '\t' || *text == '\f'; ++text) --offset;
        auto length = static_cast<intptr_t>(strlen(text));
        if (length > 0 && text[length - 1] == '\n') --length;
        offset = std::min(offset, length);
        // Of several lines the one with the error.
        while (const char* newline = strchr(text, '\n')) {
            intptr_t line_length = newline - text;
            if (line_length >= offset) break;
            ++line_length;
            text += line_length;
            length -= line_length;
            offset -= line_length;
        }
        if (write_margin() < 0 || write("    ") < 0 || write(text) < 0) return -1;
        if (text[length] != '\n' && write("\n") < 0) return -1;
        if (offset < 0) return 0;
        if (write_margin() < 0) return -1;
        return write("    " + std::string(static_cast<size_t>(offset), ' ') +
                     std::string(static_cast<size_t>(carets), '^') + "\n");
    }

    int print_message(Object* type, Object* value) {
        if (write_margin() < 0) return -1;
        Ref<> module = own(object_get_attr(type, ID(__module__)));
        if (!module || !str_check(module.get())) {
            err_clear();
            if (write("<unknown>.") < 0) return -1;
        } else if (!str_equal_ascii(module.get(), "builtins") && !str_equal_ascii(module.get(), "__main__")) {
            if (file_write_object(module.get(), file_, true) < 0 || write(".") < 0) return -1;
        }
        Ref<> name = own(type_qualname(as_type(type)));
        if (!name || !str_check(name.get())) {
            err_clear();
            if (write("<unknown>") < 0) return -1;
        } else if (file_write_object(name.get(), file_, true) < 0) {
            return -1;
        }
        if (is_none(value)) return 0;
        Ref<> text = own(object_str(value));
        if (!text) {
            err_clear();
            return write(": <exception str() failed>");
        }
        if (str_length(text.get()) == 0) return 0;
        return write(": ") < 0 ? -1 : file_write_object(text.get(), file_, true);
    }

    int print_suggestion(Object* value) {
        Ref<> suggestion = own(exception_suggestion(value));
        if (!suggestion) return 0;
        if (write(". Did you mean: '") < 0) return -1;
        if (file_write_object(suggestion.get(), file_, true) < 0) return -1;
        return write("'?");
    }

    int print_notes(Object* notes) {
        if (!sequence_check(notes)) {
            Ref<> text = own(object_repr(notes));
            if (write_margin() < 0) return -1;
            if (!text) {
                err_clear();
                return write("<__notes__ repr() failed>");
            }
            return file_write_object(text.get(), file_, true);
        }
        const intptr_t count = object_size(notes);
        for (intptr_t i = 0; i < count; ++i) {
            Ref<> note = own(sequence_get_item(notes, i));
            if (!note) return -1;
            Ref<> text = own(object_str(note.get()));
            if (!text) {
                err_clear();
                if (write_margin() < 0 || write("<note str() failed>") < 0) return -1;
            } else {
                Ref<> lines = own(str_split_lines(text.get(), true));
                if (!lines) return -1;
                for (intptr_t j = 0; j < list_size(lines.get()); ++j) {
                    if (write_margin() < 0 || file_write_object(list_get_item(lines.get(), j), file_, true) < 0) return -1;
                }
            }
            if (write("\n") < 0) return -1;
        }
        return count < 0 ? -1 : 0;
    }

    int print_group(Object* value) {
        if (group_depth_ > kMaxGroupDepth) {
            if (write_margin() < 0) return -1;
            return write("... (max_group_depth is " + std::to_string(kMaxGroupDepth) + ")\n");
        }
        if (group_depth_ == 0) ++group_depth_;
        if (print_exception(value) < 0) return -1;
        Ref<> exceptions = share(static_cast<ExceptionGroupObject*>(value)->exceptions);
        const intptr_t total = tuple_size(exceptions.get());
        const intptr_t shown = total <= kMaxGroupWidth ? total : kMaxGroupWidth + 1;
        need_close_ = false;
        for (intptr_t i = 0; i < shown; ++i) {
            const bool last = i == shown - 1;
            // Groups within may close the frame already.
            if (last) need_close_ = true;
            const bool cut = i >= kMaxGroupWidth;
            const std::string line = std::string(i == 0 ? "+-" : "  ") + "+---------------- " +
                                     (cut ? std::string("...") : std::to_string(i + 1)) + " ----------------\n";
            if (write_indent() < 0 || write(line) < 0) return -1;
            ++group_depth_;
            if (!cut) {
                if (print_recursive(tuple_get_item(exceptions.get(), i)) < 0) return -1;
            } else {
                const intptr_t rest = total - kMaxGroupWidth;
                if (write_margin() < 0) return -1;
                if (write("and " + std::to_string(rest) + " more exception" + (rest > 1 ? "s" : "") + "\n") < 0) return -1;
            }
            if (last && need_close_) {
                if (write_indent() < 0 || write("+------------------------------------\n") < 0) return -1;
                need_close_ = false;
            }
            --group_depth_;
        }
        if (group_depth_ == 1) --group_depth_;
        return 0;
    }

    Object* file_;
    std::set<Object*> seen_;  // addresses: everything shown is held by the exception
    int group_depth_ = 0;
    bool need_close_ = false;
};

}  // namespace

void exception_display_parts(Object*, Object* value, Object* traceback) {
    if (exception_instance_check(value) && traceback && traceback_check(traceback) && !as_exception(value)->traceback) {
        exception_set_traceback(value, traceback);
    }
    exception_display(value);
}

void exception_display(Object* value) {
    Ref<> held = share(value);
    Ref<> file = share(sys_get_object("stderr"));
    if (!file) {
        if (error_seam.write_stderr) error_seam.write_stderr("lost sys.stderr\n");
        return;
    }
    if (is_none(file.get())) return;
    ExceptionPrinter printer(file.get());
    if (printer.print_recursive(value) < 0) err_clear();
    if (file_flush(file.get()) < 0) err_clear();
}

}  // namespace refscope::vm
