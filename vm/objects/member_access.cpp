// Fields that types show to Python through MemberDef tables (PyMember_GetOne, PyMember_SetOne), and doc texts.
#include <climits>
#include <cstring>
#include <string_view>

#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

template <class T>
T load(const char* address) {
    T value;
    std::memcpy(&value, address, sizeof(T));
    return value;
}
template <class T>
void store(char* address, T value) {
    std::memcpy(address, &value, sizeof(T));
}

// Where the text after "name(signature)\n--\n\n" begins; nullptr when there is no signature.
const char* signature_end(const char* name, const char* doc) {
    if (!doc) return nullptr;
    const char* dot = std::strrchr(name, '.');
    if (dot) name = dot + 1;
    size_t length = std::strlen(name);
    if (std::strncmp(doc, name, length) != 0 || doc[length] != '(') return nullptr;
    const char* end = std::strstr(doc, ")\n--\n\n");
    const char* paragraph = std::strstr(doc, "\n\n");
    if (!end || (paragraph && paragraph < end)) return nullptr;
    return end + 6;
}

}  // namespace

Owned member_get(const void* base, const MemberDef* member) {
    const char* address = static_cast<const char*>(base) + member->offset;
    switch (member->kind) {
        case MemberKind::kObject: {
            auto* value = load<Object*>(address);
            return newref(value ? value : none());
        }
        case MemberKind::kObjectEx: {
            auto* value = load<Object*>(address);
            if (value) return newref(value);
            const auto* object = static_cast<const Object*>(base);
            err_format(exc::AttributeError, "'%.200s' object has no attribute '%s'", object->type->tp_name, member->name);
            return nullptr;
        }
        case MemberKind::kInt: return int_from_int(load<int>(address));
        case MemberKind::kUint: return int_from_int64(load<unsigned>(address));
        case MemberKind::kSsize: return int_from_ssize(load<intptr_t>(address));
        case MemberKind::kUbyte: return int_from_int(load<uint8_t>(address));
        case MemberKind::kBool: return bool_from(load<uint8_t>(address) != 0);
        case MemberKind::kDouble: return float_new(load<double>(address));
        case MemberKind::kNone: return new_none();
    }
    return new_none();
}

int member_set(void* base, const MemberDef* member, Object* value) {
    char* address = static_cast<char*>(base) + member->offset;
    if (member->readonly) {
        err_set_string(exc::AttributeError, "readonly attribute");
        return -1;
    }
    if (!value) {
        if (member->kind == MemberKind::kObjectEx) {
            if (!load<Object*>(address)) {
                err_set_string(exc::AttributeError, member->name);
                return -1;
            }
        } else if (member->kind != MemberKind::kObject) {
            err_set_string(exc::TypeError, "can't delete numeric/char attribute");
            return -1;
        }
    }
    switch (member->kind) {
        case MemberKind::kObject:
        case MemberKind::kObjectEx: {
            auto* old = load<Object*>(address);
            xincref(value);
            store<Object*>(address, value);
            xdecref(old);
            return 0;
        }
        case MemberKind::kInt: {
            int64_t number = int_as_int64(value);
            if (number == -1 && err_occurred()) return -1;
            store<int>(address, static_cast<int>(number));
            return 0;
        }
        case MemberKind::kUint: {
            uint64_t number = int_as_uint64_mask(value);
            if (err_occurred()) return -1;
            store<unsigned>(address, static_cast<unsigned>(number));
            return 0;
        }
        case MemberKind::kSsize: {
            intptr_t number = int_as_ssize(value);
            if (number == -1 && err_occurred()) return -1;
            store<intptr_t>(address, number);
            return 0;
        }
        case MemberKind::kUbyte: {
            int64_t number = int_as_int64(value);
            if (number == -1 && err_occurred()) return -1;
            store<uint8_t>(address, static_cast<uint8_t>(number));
            return 0;
        }
        case MemberKind::kBool:
            if (!bool_check(value)) {
                err_set_string(exc::TypeError, "attribute value type must be bool");
                return -1;
            }
            store<uint8_t>(address, value == py_true());
            return 0;
        case MemberKind::kDouble: {
            double number = float_as_double(value);
            if (number == -1.0 && err_occurred()) return -1;
            store<double>(address, number);
            return 0;
        }
        case MemberKind::kNone: break;
    }
    err_format(exc::SystemError, "bad memberdescr type for %s", member->name);
    return -1;
}

Owned doc_without_signature(const char* name, const char* doc) {
    if (const char* end = signature_end(name, doc)) doc = end;
    if (!doc || !*doc) return new_none();
    return str_from_string(doc);
}

Owned text_signature(const char* name, const char* doc) {
    const char* end = signature_end(name, doc);
    if (!end) return new_none();
    const char* start = std::strchr(doc, '(');
    return str_from_view(std::string_view(start, static_cast<size_t>(end - 5 - start)));
}

}  // namespace refscope::vm
