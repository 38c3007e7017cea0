// The entries of a traceback: `File …, line …, in …`, the source line, and the carets below the part of it that failed.
#include "vm/objects/traceback_print.h"

#include <climits>
#include <string>
#include <string_view>

#include "vm/heap/calls.h"
#include "vm/objects/error_seam.h"
#include "vm/objects/errors.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/traceback_object.h"

namespace refscope::vm {

namespace {

constexpr long kDefaultLimit = 1000;
constexpr long kRepeatsShown = 3;
constexpr int kSourceIndent = 4;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

int character_count(std::string_view utf8) {
    int count = 0;
    for (char c : utf8) count += (c & 0xc0) != 0x80;
    return count;
}
// Byte offset to character offset.
int character_offset(std::string_view line, int bytes) {
    if (bytes < 0) return -1;
    return character_count(line.substr(0, static_cast<size_t>(bytes)));
}

struct Carets {
    int start, end;                 // characters of the line
    int left = -1, right = -1;      // the operator within; -1: none
};

std::string caret_line(const Carets& carets, int skipped) {
    const bool has_operator = carets.left != -1 || carets.right != -1;
    std::string result;
    for (int offset = skipped + 1; offset <= carets.end; ++offset) {
        if (offset <= carets.start) result += ' ';
        else if (!has_operator) result += '^';
        else result += carets.left < offset && offset <= carets.right ? '^' : '~';
    }
    return result + "\n";
}

// The characters of the line that the instruction covers; false: nothing to mark.
bool find_carets(const bytecode::Position& position, const std::string& line, size_t blanks, Carets* result) {
    if (position.line < 0 || position.end_line < 0 || position.column < 0 || position.end_column < 0) return false;
    Carets& carets = *result;
    carets.start = character_offset(line, position.column);
    carets.end = character_offset(line, position.end_column);
    const int length = character_count(line);
    if (position.line == position.end_line) {
        const auto first = static_cast<size_t>(position.column), last = static_cast<size_t>(position.end_column);
        if (error_seam.find_anchors && first < last && last <= line.size()) {
            const std::string_view segment = std::string_view(line).substr(first, last - first);
            int left, right;
            if (error_seam.find_anchors(segment, &left, &right)) {
                carets.left = carets.start + character_offset(segment, left);
                carets.right = carets.start + character_offset(segment, right);
            }
        }
    } else {
        // An expression of several lines is marked to the end of its first one.
        int i = length;
        while (--i >= 0 && is_blank(line[static_cast<size_t>(i)])) {
        }
        carets.end = i + 1;
    }
    // Marking the whole line says nothing.
    const bool whole = carets.end - carets.start == length - static_cast<int>(blanks);
    return !whole || carets.left != -1 || carets.right != -1;
}

class EntryPrinter {
  public:
    EntryPrinter(Object* file, int indent, const char* margin) : file_(file), prefix_(static_cast<size_t>(indent), ' ') {
        prefix_ += margin;
    }

    int print(TracebackObject* traceback) {
        Object* code = frame_code(traceback->frame);
        Ref<> line = own(str_from_format("  File \"%U\", line %d, in %U\n", code_filename(code), traceback->lineno,
                                         code_name(code)));
        if (!line || write_prefix() < 0 || file_write_object(line.get(), file_, true) < 0) return -1;
        return print_source(traceback, code);
    }

    int print_repeated(long count) {
        count -= kRepeatsShown;
        const std::string text = "  [Previous line repeated " + std::to_string(count) +
                                 (count > 1 ? " more times]\n" : " more time]\n");
        return write_prefix() < 0 ? -1 : file_write_string(text, file_);
    }

  private:
    int write_prefix() { return prefix_.empty() ? 0 : file_write_string(prefix_, file_); }

    int print_source(TracebackObject* traceback, Object* code) {
        std::string line;
        if (!error_seam.source_line || !error_seam.source_line(str_to_filesystem(code_filename(code)), traceback->lineno, &line)) {
            return 0;
        }
        size_t blanks = 0;
        while (blanks < line.size() && is_blank(line[blanks])) ++blanks;
        const std::string shown = std::string(kSourceIndent, ' ') + line.substr(blanks) + "\n";
        if (write_prefix() < 0 || file_write_string(shown, file_) < 0) return -1;

        Carets carets;
        if (!find_carets(code_position_at(code, traceback->lasti), line, blanks, &carets)) return 0;
        if (write_prefix() < 0) return -1;
        return file_write_string(caret_line(carets, static_cast<int>(blanks) - kSourceIndent), file_);
    }

    Object* file_;
    std::string prefix_;
};

// sys.tracebacklimit; 0: show nothing.
long traceback_limit() {
    Object* setting = sys_get_object("tracebacklimit");
    if (!setting || !int_check(setting)) return kDefaultLimit;
    int overflow = 0;
    const int64_t limit = int_as_int64_overflow(setting, &overflow);
    if (overflow > 0) return LONG_MAX;
    return overflow < 0 || limit <= 0 ? 0 : static_cast<long>(limit);
}

}  // namespace

int traceback_print_indented(Object* traceback_object, int indent, const char* margin, const char* header_margin,
                             const char* header, Object* file) {
    if (!traceback_object) return 0;
    if (!traceback_check(traceback_object)) {
        err_bad_internal_call("traceback_print");
        return -1;
    }
    const long limit = traceback_limit();
    if (limit <= 0) return 0;
    if (indent > 0 && file_write_string(std::string(static_cast<size_t>(indent), ' '), file) < 0) return -1;
    if (*header_margin && file_write_string(header_margin, file) < 0) return -1;
    if (file_write_string(header, file) < 0) return -1;

    Ref<TracebackObject> traceback = share(static_cast<TracebackObject*>(traceback_object));
    long depth = 0;
    for (TracebackObject* link = traceback.get(); link; link = link->next) ++depth;
    for (; depth > limit; --depth) traceback = share(traceback->next);

    EntryPrinter printer(file, indent, margin);
    Object *last_file = nullptr, *last_name = nullptr;
    int last_line = -1;
    long repeats = 0;
    for (; traceback; traceback = share(traceback->next)) {
        Object* code = frame_code(traceback->frame);
        if (code_filename(code) != last_file || last_line == -1 || traceback->lineno != last_line ||
            code_name(code) != last_name) {
            if (repeats > kRepeatsShown && printer.print_repeated(repeats) < 0) return -1;
            last_file = code_filename(code);
            last_line = traceback->lineno;
            last_name = code_name(code);
            repeats = 0;
        }
        if (++repeats <= kRepeatsShown) {
            if (printer.print(traceback.get()) < 0) return -1;
            if (call_seam.check_signals && call_seam.check_signals() < 0) return -1;
        }
    }
    return repeats > kRepeatsShown ? printer.print_repeated(repeats) : 0;
}

int traceback_print(Object* traceback, Object* file) {
    return traceback_print_indented(traceback, 0, "", "", "Traceback (most recent call last):\n", file);
}

}  // namespace refscope::vm
