// str.format: replacement fields, their names, conversions and nested specifiers; and the iterators behind
// string.Formatter.
#include <string>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/format.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

// A part of a text that somebody else holds.
struct Part {
    Object* text = nullptr;
    intptr_t begin = 0, end = 0;
    bool empty() const { return begin >= end; }
    char32_t at(intptr_t i) const { return str_read(text, i); }
    Owned object() const { return begin >= end ? newref(str_empty()) : str_substring(text, begin, end); }
};

// The number that the whole part is, or -1; -2 with ValueError for too many digits.
intptr_t part_as_index(const Part& part) {
    if (part.empty()) return -1;
    intptr_t value = 0;
    for (intptr_t i = part.begin; i < part.end; ++i) {
        char32_t c = part.at(i);
        int digit = c < 0x80 ? (c >= '0' && c <= '9' ? static_cast<int>(c - '0') : -1) : base::decimal_value(c);
        if (digit < 0) return -1;
        if (value > (INTPTR_MAX - digit) / 10) {
            err_set_string(exc::ValueError, "Too many decimal digits in format string");
            return -2;
        }
        value = value * 10 + digit;
    }
    return value;
}

// The accessors after a field's first name: ".name" and "[key]".
struct FieldName {
    Part rest;
    intptr_t at;

    // 1: *name is the next accessor; 0: none left; -1: error.
    int next(bool* is_attribute, Part* name, intptr_t* index) {
        if (at >= rest.end) return 0;
        char32_t opener = rest.at(at++);
        name->text = rest.text;
        name->begin = at;
        *index = -1;
        if (opener == '.') {
            *is_attribute = true;
            while (at < rest.end && rest.at(at) != '.' && rest.at(at) != '[') ++at;
            name->end = at;
        } else if (opener == '[') {
            *is_attribute = false;
            bool closed = false;
            while (at < rest.end) {
                if (rest.at(at++) == ']') {
                    closed = true;
                    break;
                }
            }
            if (!closed) return err_set_string(exc::ValueError, "Missing ']' in format string"), -1;
            name->end = at - 1;
            *index = part_as_index(*name);
            if (*index == -2) return -1;
        } else {
            return err_set_string(exc::ValueError, "Only '.' or '[' may follow ']' in format field specifier"), -1;
        }
        if (name->empty()) return err_set_string(exc::ValueError, "Empty attribute in format string"), -1;
        return 1;
    }
};

// Automatic and manual numbering must not mix.
struct Numbering {
    enum { kUnknown, kAutomatic, kManual } state = kUnknown;
    intptr_t next = 0;

    bool choose(bool automatic) {
        if (state == kUnknown) state = automatic ? kAutomatic : kManual;
        if (state == kManual && automatic) {
            return err_set_string(exc::ValueError, "cannot switch from manual field specification to automatic field numbering"), false;
        }
        if (state == kAutomatic && !automatic) {
            return err_set_string(exc::ValueError, "cannot switch from automatic field numbering to manual field specification"), false;
        }
        return true;
    }
};

// Splits "first.name[key]" after `first`. *index: the number that it is, -1 for a name.
bool split_field_name(const Part& whole, Numbering* numbering, Part* first, intptr_t* index, FieldName* rest) {
    intptr_t i = whole.begin;
    while (i < whole.end && whole.at(i) != '.' && whole.at(i) != '[') ++i;
    *first = {whole.text, whole.begin, i};
    rest->rest = {whole.text, i, whole.end};
    rest->at = i;
    *index = part_as_index(*first);
    if (*index == -2) return false;
    bool automatic = first->empty();
    if (numbering && (automatic || *index != -1)) {
        if (!numbering->choose(automatic)) return false;
        if (automatic) *index = numbering->next++;
    }
    return true;
}

// One piece of a format string: literal text, then maybe a field.
struct Piece {
    Part literal, field, spec;
    char32_t conversion = 0;
    bool has_field = false, nested = false;
};

class Parser {
  public:
    explicit Parser(const Part& text) : text_(text), at_(text.begin) {}

    // 2: a piece; 1: done; 0: error.
    int next(Piece* piece) {
        *piece = Piece{};
        if (at_ >= text_.end) return 1;
        intptr_t start = at_;
        bool markup = false;
        char32_t c = 0;
        while (at_ < text_.end) {
            c = text_.at(at_++);
            if (c == '{' || c == '}') {
                markup = true;
                break;
            }
        }
        bool at_end = at_ >= text_.end;
        intptr_t length = at_ - start;
        if (c == '}' && (at_end || text_.at(at_) != c)) {
            return err_set_string(exc::ValueError, "Single '}' encountered in format string"), 0;
        }
        if (at_end && c == '{') return err_set_string(exc::ValueError, "Single '{' encountered in format string"), 0;
        if (!at_end && markup) {
            if (text_.at(at_) == c) {
                // A doubled brace: one of them is text.
                ++at_;
                markup = false;
            } else {
                --length;
            }
        }
        piece->literal = {text_.text, start, start + length};
        if (!markup) return 2;
        piece->has_field = true;
        return parse_field(piece) ? 2 : 0;
    }

  private:
    bool parse_field(Piece* piece) {
        Part field{text_.text, at_, at_};
        char32_t c = 0;
        while (at_ < text_.end) {
            c = text_.at(at_++);
            if (c == '{') return err_set_string(exc::ValueError, "unexpected '{' in field name"), false;
            if (c == '[') {  // up to the closing one everything is the key
                while (at_ < text_.end && text_.at(at_) != ']') ++at_;
                continue;
            }
            if (c == '}' || c == ':' || c == '!') break;
        }
        field.end = at_ - 1;
        if (c == '!' || c == ':') {
            if (c == '!') {
                if (at_ >= text_.end) {
                    return err_set_string(exc::ValueError, "end of string while looking for conversion specifier"), false;
                }
                piece->conversion = text_.at(at_++);
                if (at_ < text_.end) {
                    c = text_.at(at_++);
                    if (c == '}') {
                        piece->field = field;
                        return true;
                    }
                    if (c != ':') return err_set_string(exc::ValueError, "expected ':' after conversion specifier"), false;
                }
            }
            piece->field = field;
            intptr_t start = at_;
            int depth = 1;
            while (at_ < text_.end) {
                c = text_.at(at_);
                if (c == '{') {
                    piece->nested = true;
                    ++depth;
                } else if (c == '}' && --depth == 0) {
                    piece->spec = {text_.text, start, at_};
                    ++at_;
                    return true;
                }
                ++at_;
            }
            return err_set_string(exc::ValueError, "unmatched '{' in format spec"), false;
        }
        if (c != '}') return err_set_string(exc::ValueError, "expected '}' before end of string"), false;
        piece->field = field;
        return true;
    }

    Part text_;
    intptr_t at_;
};

struct Arguments {
    Object* const* items;
    intptr_t count;     // -1: format_map
    Object* mapping;    // or nullptr
};

Owned get_field(const Part& name, const Arguments& arguments, Numbering* numbering) {
    Part first;
    intptr_t index;
    FieldName rest;
    if (!split_field_name(name, numbering, &first, &index, &rest)) return nullptr;
    Ref<> object;
    if (index == -1) {
        auto key = own(first.object());
        if (!key) return nullptr;
        if (!arguments.mapping) return err_set_key_error(key.get());
        if (dict_check_exact(arguments.mapping)) {
            Object* found = dict_get_item_with_error(arguments.mapping, key.get());
            if (!found) return err_occurred() ? nullptr : err_set_key_error(key.get());
            object = share(found);
        } else {
            object = own(object_get_item(arguments.mapping, key.get()));
        }
    } else {
        if (arguments.count < 0) return err_set_string(exc::ValueError, "Format string contains positional fields");
        if (index >= arguments.count) {
            return err_format(exc::IndexError, "Replacement index %zd out of range for positional args tuple", index);
        }
        object = share(arguments.items[index]);
    }
    if (!object) return nullptr;
    bool is_attribute;
    Part part;
    int status;
    while ((status = rest.next(&is_attribute, &part, &index)) == 1) {
        Owned value;
        if (is_attribute) {
            auto attribute = own(part.object());
            value = attribute ? object_get_attr(object.get(), attribute.get()) : nullptr;
        } else if (index == -1) {
            auto key = own(part.object());
            value = key ? object_get_item(object.get(), key.get()) : nullptr;
        } else if (sequence_check(object.get())) {
            value = sequence_get_item(object.get(), index);
        } else {
            auto key = own(int_from_ssize(index));
            value = key ? object_get_item(object.get(), key.get()) : nullptr;
        }
        if (!value) return nullptr;
        object = own(value);
    }
    return status < 0 ? nullptr : object.release();
}

Owned convert(Object* object, char32_t conversion) {
    switch (conversion) {
        case 'r': return object_repr(object);
        case 's': return object_str(object);
        case 'a': return object_ascii(object);
        default:
            if (conversion > 32 && conversion < 127) {
                return err_format(exc::ValueError, "Unknown conversion specifier %c", static_cast<int>(conversion));
            }
            return err_format(exc::ValueError, "Unknown conversion specifier \\x%x", static_cast<unsigned>(conversion));
    }
}

Owned build(const Part& text, const Arguments& arguments, int depth, Numbering* numbering);

bool put_field(StrWriter& writer, const Piece& piece, const Arguments& arguments, int depth, Numbering* numbering) {
    auto object = own(get_field(piece.field, arguments, numbering));
    if (!object) return false;
    if (piece.conversion) {
        object = own(convert(object.get(), piece.conversion));
        if (!object) return false;
    }
    Ref<> spec;
    if (piece.nested) spec = own(build(piece.spec, arguments, depth - 1, numbering));
    else spec = own(piece.spec.object());
    if (!spec) return false;
    Object* value = object.get();
    Ref<> text;
    if (str_check_exact(value)) text = own(str_format_spec(value, spec.get()));
    else if (int_check_exact(value)) text = own(int_format_spec(value, spec.get()));
    else text = own(object_format(value, str_length(spec.get()) ? spec.get() : nullptr));
    return text && writer.put_str(text.get());
}

Owned build(const Part& text, const Arguments& arguments, int depth, Numbering* numbering) {
    if (depth <= 0) return err_set_string(exc::ValueError, "Max string recursion exceeded");
    StrWriter writer(text.end - text.begin + 100);
    Parser parser(text);
    Piece piece;
    int status;
    while ((status = parser.next(&piece)) == 2) {
        if (!writer.put_substring(piece.literal.text, piece.literal.begin, piece.literal.end)) return nullptr;
        if (piece.has_field && !put_field(writer, piece, arguments, depth, numbering)) return nullptr;
    }
    return status == 1 ? writer.finish() : nullptr;
}

// The iterators of the module _string.
struct FormatterIterator : Object {
    Object* text;
    Parser parser;
};
struct FieldNameIterator : Object {
    Object* text;
    FieldName rest;
};
template <class T>
void iterator_dealloc(Object* self) {
    decref(static_cast<T*>(self)->text);
    free_object(self);
}
template <class T>
int iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<T*>(self)->text, Edge::field("string", true));
    return 0;
}

Owned formatter_next(Object* self) {
    Piece piece;
    if (static_cast<FormatterIterator*>(self)->parser.next(&piece) != 2) return nullptr;
    auto literal = own(piece.literal.object());
    auto field = own(piece.has_field ? piece.field.object() : new_none());
    auto spec = own(piece.has_field ? piece.spec.object() : new_none());
    auto conversion = own(piece.conversion ? str_from_ordinal(piece.conversion) : new_none());
    if (!literal || !field || !spec || !conversion) return nullptr;
    return tuple_pack({literal.get(), field.get(), spec.get(), conversion.get()});
}
Owned field_name_next(Object* self) {
    bool is_attribute;
    Part name;
    intptr_t index;
    if (static_cast<FieldNameIterator*>(self)->rest.next(&is_attribute, &name, &index) != 1) return nullptr;
    auto value = own(index != -1 ? int_from_ssize(index) : name.object());
    return value ? tuple_pack({bool_of(is_attribute), value.get()}) : nullptr;
}

template <class T>
Type iterator_type(const char* name, UnaryFn next) {
    Type t = static_type(name, sizeof(T), 0, 0);
    t.tp_dealloc = iterator_dealloc<T>;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = iterator_traverse<T>;
    t.tp_iter = object_self_iter;
    t.tp_iternext = next;
    return t;
}
Type formatter_iterator_type = iterator_type<FormatterIterator>("formatteriterator", formatter_next);
Type field_name_iterator_type = iterator_type<FieldNameIterator>("fieldnameiterator", field_name_next);

}  // namespace

Owned str_format_fields(Object* format, Object* const* args, intptr_t nargs, Object* mapping) {
    Numbering numbering;
    return build({format, 0, str_length(format)}, {args, nargs, mapping}, 2, &numbering);
}

Owned str_formatter_parser(Object* format, Object*) {
    if (!str_check(format)) return err_format(exc::TypeError, "expected str, got %s", format->type->tp_name);
    auto* iterator = new_object<FormatterIterator>(&formatter_iterator_type);
    if (!iterator) return nullptr;
    iterator->text = newref(format);
    iterator->parser = Parser({format, 0, str_length(format)});
    return iterator;
}

Owned str_formatter_field_name_split(Object* name) {
    if (!str_check(name)) return err_format(exc::TypeError, "expected str, got %s", name->type->tp_name);
    Part first;
    intptr_t index;
    FieldName rest;
    if (!split_field_name({name, 0, str_length(name)}, nullptr, &first, &index, &rest)) return nullptr;
    auto* object = new_object<FieldNameIterator>(&field_name_iterator_type);
    if (!object) return nullptr;
    object->text = newref(name);
    object->rest = rest;
    auto iterator = own(static_cast<Object*>(object));
    auto head = own(index != -1 ? int_from_ssize(index) : first.object());
    return head ? tuple_pack({head.get(), iterator.get()}) : nullptr;
}

int init_format_types() {
    return type_ready(&formatter_iterator_type) < 0 ? -1 : type_ready(&field_name_iterator_type);
}

}  // namespace refscope::vm
