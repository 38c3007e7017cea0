// The module marshal: plain data in CPython's format (version 4). Code objects are not among it.
#include <cstring>
#include <string>
#include <vector>

#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/complex.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

constexpr int kVersion = 4;
constexpr int kMaxDepth = 2000;

class Writer {
  public:
    std::string bytes;

    bool write(Object* object) {
        if (++depth_ > kMaxDepth) {
            err_set_string(exc::ValueError, "object too deeply nested to marshal");
            return false;
        }
        const bool written = write_one(object);
        --depth_;
        return written;
    }

  private:
    void put(char c) { bytes += c; }
    void put_long(int64_t value) {
        for (int i = 0; i < 4; ++i) put(static_cast<char>(value >> (8 * i)));
    }
    void put_double(double value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }
    bool put_items(char kind, Object* sequence) {
        Ref<> items = own(sequence_tuple(sequence));
        if (!items) return false;
        const intptr_t count = tuple_size(items.get());
        if (kind == '(' && count < 256) {
            put(')');
            put(static_cast<char>(count));
        } else {
            put(kind);
            put_long(count);
        }
        for (intptr_t i = 0; i < count; ++i) {
            if (!write(tuple_get_item(items.get(), i))) return false;
        }
        return true;
    }
    void put_int(Object* object) {
        int overflow = 0;
        const int64_t value = int_as_int64_overflow(object, &overflow);
        if (!overflow && value == static_cast<int32_t>(value)) {
            put('i');
            put_long(value);
            return;
        }
        // Digits of 15 bits, the sign in the count.
        put('l');
        const auto* integer = static_cast<const IntObject*>(object);
        const intptr_t digits = integer->size < 0 ? -integer->size : integer->size;
        std::vector<uint16_t> halves;
        for (intptr_t i = 0; i < digits; ++i) {
            halves.push_back(static_cast<uint16_t>(integer->digit[i] & 0x7fff));
            halves.push_back(static_cast<uint16_t>(integer->digit[i] >> 15));
        }
        while (!halves.empty() && halves.back() == 0) halves.pop_back();
        put_long(integer->size < 0 ? -static_cast<int64_t>(halves.size()) : static_cast<int64_t>(halves.size()));
        for (uint16_t half : halves) {
            put(static_cast<char>(half));
            put(static_cast<char>(half >> 8));
        }
    }
    void put_str(Object* object) {
        const std::string text = str_to_utf8(object);
        if (str_is_ascii(object)) {
            const bool interned = str_is_interned(object);
            if (text.size() < 256) {
                put(interned ? 'Z' : 'z');
                put(static_cast<char>(text.size()));
            } else {
                put(interned ? 'A' : 'a');
                put_long(static_cast<int64_t>(text.size()));
            }
        } else {
            put(str_is_interned(object) ? 't' : 'u');
            put_long(static_cast<int64_t>(text.size()));
        }
        bytes += text;
    }
    bool write_one(Object* object) {
        if (is_none(object)) put('N');
        else if (object == ellipsis()) put('.');
        else if (object == py_true()) put('T');
        else if (object == py_false()) put('F');
        else if (object == &exc::StopIteration) put('S');
        else if (int_check_exact(object)) put_int(object);
        else if (object->type == &float_type) {
            put('g');
            put_double(static_cast<FloatObject*>(object)->value);
        } else if (str_check_exact(object)) put_str(object);
        else if (tuple_check_exact(object)) return put_items('(', object);
        else if (list_check_exact(object)) return put_items('[', object);
        else if (set_check_exact(object)) return put_items('<', object);
        else if (frozenset_check_exact(object)) return put_items('>', object);
        else if (dict_check_exact(object)) {
            put('{');
            intptr_t position = 0;
            Object *key, *value;
            while (dict_next(object, &position, &key, &value)) {
                if (!write(key) || !write(value)) return false;
            }
            put('0');
        } else if (buffer_check(object)) {
            BufferHold view;
            if (!view.get(object)) return false;
            put('s');
            put_long(view.size());
            bytes.append(view.data(), static_cast<size_t>(view.size()));
        } else {
            err_set_string(exc::ValueError, "unmarshallable object");
            return false;
        }
        return true;
    }

    int depth_ = 0;
};

class Reader {
  public:
    explicit Reader(std::string_view data) : data_(data) {}

    // nullptr without an exception: the end of a dict.
    Owned read() {
        if (++depth_ > kMaxDepth) return err_set_string(exc::ValueError, "recursion limit exceeded");
        Owned result = read_one();
        --depth_;
        return result;
    }
    Owned read_value() {
        Owned result = read();
        if (!result && !err_occurred()) err_set_string(exc::TypeError, "NULL object in marshal data for object");
        return result;
    }
    size_t position() const { return at_; }

  private:
    bool take(size_t size, const char** bytes) {
        if (data_.size() - at_ < size) {
            err_set_string(exc::EOFError, "marshal data too short");
            return false;
        }
        *bytes = data_.data() + at_;
        at_ += size;
        return true;
    }
    bool take_byte(unsigned* value) {
        const char* byte;
        if (!take(1, &byte)) return false;
        *value = static_cast<unsigned char>(*byte);
        return true;
    }
    bool take_long(int32_t* value) {
        const char* bytes;
        if (!take(4, &bytes)) return false;
        memcpy(value, bytes, 4);
        return true;
    }
    bool take_size(intptr_t* size) {
        int32_t value;
        if (!take_long(&value)) return false;
        if (value < 0) {
            err_set_string(exc::ValueError, "bad marshal data (size out of range)");
            return false;
        }
        *size = value;
        return true;
    }
    Owned read_int() {
        int32_t count;
        if (!take_long(&count)) return nullptr;
        const bool negative = count < 0;
        const auto digits = static_cast<size_t>(negative ? -static_cast<int64_t>(count) : count);
        const char* bytes;
        if (!take(digits * 2, &bytes)) return nullptr;
        std::vector<unsigned char> packed(digits * 15 / 8 + 2);
        for (size_t i = 0; i < digits; ++i) {
            const unsigned value = static_cast<unsigned char>(bytes[2 * i]) | static_cast<unsigned>(static_cast<unsigned char>(bytes[2 * i + 1])) << 8;
            if (value > 0x7fff) return err_set_string(exc::ValueError, "bad marshal data (digit out of range in long)");
            for (int bit = 0; bit < 15; ++bit) {
                if (value >> bit & 1) packed[(i * 15 + static_cast<size_t>(bit)) / 8] |= static_cast<unsigned char>(1u << ((i * 15 + static_cast<size_t>(bit)) % 8));
            }
        }
        Ref<> magnitude = own(int_from_bytes(packed.data(), packed.size(), true, false));
        return magnitude && negative ? int_negative(magnitude.get()) : magnitude.release();
    }
    Owned read_str(size_t size, bool intern) {
        const char* bytes;
        if (!take(size, &bytes)) return nullptr;
        Owned text = str_from_utf8(bytes, static_cast<intptr_t>(size));
        if (text && intern) str_intern_in_place(&text);
        return text;
    }
    Owned read_items(char kind, intptr_t count, intptr_t reference) {
        Ref<> list = own(list_new(0));
        if (!list) return nullptr;
        if (kind == '[' && reference >= 0) references_[static_cast<size_t>(reference)] = list;
        for (intptr_t i = 0; i < count; ++i) {
            Ref<> item = own(read_value());
            if (!item || list_append(list.get(), item.get()) < 0) return nullptr;
        }
        if (kind == '[') return list.release();
        return kind == '<' ? set_new(list.get()) : kind == '>' ? frozenset_new(list.get()) : list_as_tuple(list.get());
    }
    Owned read_one() {
        unsigned code;
        if (!take_byte(&code)) {
            err_clear();
            return err_set_string(exc::EOFError, "EOF read where object expected");
        }
        const bool referred = code & 0x80;
        const char kind = static_cast<char>(code & 0x7f);
        intptr_t reference = -1;
        if (referred) {
            reference = static_cast<intptr_t>(references_.size());
            references_.emplace_back();
        }
        Owned result = read_kind(kind, reference);
        if (result && reference >= 0) references_[static_cast<size_t>(reference)] = share(result);
        return result;
    }
    Owned read_kind(char kind, intptr_t reference) {
        intptr_t size;
        unsigned small;
        const char* bytes;
        switch (kind) {
            case '0': return nullptr;
            case 'N': return new_none();
            case 'S': return newref<Object>(&exc::StopIteration);
            case '.': return newref(ellipsis());
            case 'F': return bool_from(false);
            case 'T': return bool_from(true);
            case 'i': {
                int32_t value;
                return take_long(&value) ? int_from_int(value) : nullptr;
            }
            case 'l': return read_int();
            case 'g':
            case 'y': {
                double values[2];
                if (!take(kind == 'g' ? 8 : 16, &bytes)) return nullptr;
                memcpy(values, bytes, kind == 'g' ? 8 : 16);
                return kind == 'g' ? float_new(values[0]) : complex_from_doubles(values[0], values[1]);
            }
            case 's':
                if (!take_size(&size) || !take(static_cast<size_t>(size), &bytes)) return nullptr;
                return bytes_from_data(bytes, size);
            case 'z':
            case 'Z': return take_byte(&small) ? read_str(small, kind == 'Z') : nullptr;
            case 'a':
            case 'A':
            case 'u':
            case 't': return take_size(&size) ? read_str(static_cast<size_t>(size), kind == 'A' || kind == 't') : nullptr;
            case ')': return take_byte(&small) ? read_items('(', static_cast<intptr_t>(small), reference) : nullptr;
            case '(':
            case '[':
            case '<':
            case '>': return take_size(&size) ? read_items(kind, size, reference) : nullptr;
            case '{': {
                Ref<> dict = own(dict_new());
                if (!dict) return nullptr;
                if (reference >= 0) references_[static_cast<size_t>(reference)] = dict;
                for (;;) {
                    Ref<> key = own(read());
                    if (!key) return err_occurred() ? nullptr : dict.release();
                    Ref<> value = own(read_value());
                    if (!value || dict_set_item(dict.get(), key.get(), value.get()) < 0) return nullptr;
                }
            }
            case 'r': {
                int32_t index;
                if (!take_long(&index)) return nullptr;
                if (index < 0 || static_cast<size_t>(index) >= references_.size() || !references_[static_cast<size_t>(index)]) {
                    return err_set_string(exc::ValueError, "bad marshal data (invalid reference)");
                }
                return newref(references_[static_cast<size_t>(index)].get());
            }
            case 'c': return err_set_string(exc::ValueError, "bad marshal data (code objects of CPython do not run here)");
            default: return err_set_string(exc::ValueError, "bad marshal data (unknown type code)");
        }
    }

    std::string_view data_;
    size_t at_ = 0;
    std::vector<Ref<>> references_;
    int depth_ = 0;
};

Owned marshal_dumps(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("dumps", nargs, 1, 2)) return nullptr;
    Writer writer;
    return writer.write(args[0]) ? bytes_from_view(writer.bytes) : nullptr;
}
Owned marshal_dump(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("dump", nargs, 2, 3)) return nullptr;
    Ref<> bytes = own(marshal_dumps(nullptr, args, 1));
    return bytes ? object_call_method(args[1], ID(write), {bytes.get()}) : nullptr;
}
Owned marshal_loads(Object*, Object* data) {
    BufferHold view;
    if (!view.get(data)) return nullptr;
    return Reader({view.data(), static_cast<size_t>(view.size())}).read_value();
}
Owned marshal_load(Object*, Object* file) {
    Ref<> data = own(object_call_method(file, ID(read)));
    if (!data) return nullptr;
    BufferHold view;
    if (!view.get(data.get())) return nullptr;
    Reader reader({view.data(), static_cast<size_t>(view.size())});
    Ref<> result = own(reader.read_value());
    if (!result) return nullptr;
    // What follows stays in the file.
    const auto rest = static_cast<int64_t>(view.size()) - static_cast<int64_t>(reader.position());
    if (rest > 0) {
        Ref<> back = own(int_from_int64(-rest)), whence = own(int_from_int(1));
        Ref<> moved = own(object_call_method(file, ID(seek), {back.get(), whence.get()}));
        if (!moved) return nullptr;
    }
    return result.release();
}

const MethodDef marshal_functions[] = {method_def("dump", marshal_dump, kMethFastcall), method_def("load", marshal_load, kMethO),
                                       method_def("dumps", marshal_dumps, kMethFastcall), method_def("loads", marshal_loads, kMethO),
                                       {nullptr, nullptr, 0}};

}  // namespace

Owned create_marshal_module() {
    Ref<> module = own(module_create("marshal", "Plain data as bytes.", marshal_functions));
    return module && module_add_int(module.get(), "version", kVersion) == 0 ? module.release() : nullptr;
}

}  // namespace refscope::vm
