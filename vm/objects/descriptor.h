// Descriptors of static types: method_descriptor, classmethod_descriptor, member_descriptor, getset_descriptor,
// wrapper_descriptor and the method-wrapper that the last one makes.
//
// They are made by type_ready from a type's tables and by type_new for __slots__, __dict__ and __weakref__.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct DescriptorObject : Object {
    Type* d_type;
    Object* d_name;      // interned str
    Object* d_qualname;  // made when first asked for
};
struct MethodDescriptorObject : DescriptorObject {
    const MethodDef* d_method;
    VectorcallFn vectorcall;
};
struct MemberDescriptorObject : DescriptorObject {
    const MemberDef* d_member;
};
struct GetSetDescriptorObject : DescriptorObject {
    const GetSetDef* d_getset;
};

using WrapperFn = Owned (*)(Object* self, Object* args, void* wrapped);
using WrapperKeywordsFn = Owned (*)(Object* self, Object* args, void* wrapped, Object* kwargs);
// One special method of a slot.
struct SlotWrapper {
    const char* name;
    size_t offset;      // of the slot in Type
    void* function;     // the generic slot function that calls the Python method
    void* wrapper;      // calls the slot with arguments from Python: WrapperFn, or WrapperKeywordsFn
    const char* doc;
    bool keywords;
    Object* name_object;  // interned
};
struct WrapperDescriptorObject : DescriptorObject {
    const SlotWrapper* d_base;
    void* d_wrapped;
};

extern Type method_descriptor_type;
extern Type class_method_descriptor_type;
extern Type member_descriptor_type;
extern Type getset_descriptor_type;
extern Type wrapper_descriptor_type;
extern Type method_wrapper_type;

Owned method_descriptor_new(Type* type, const MethodDef* method);
Owned class_method_descriptor_new(Type* type, const MethodDef* method);
Owned member_descriptor_new(Type* type, const MemberDef* member);
Owned getset_descriptor_new(Type* type, const GetSetDef* getset);
Owned wrapper_descriptor_new(Type* type, const SlotWrapper* base, void* wrapped);
Owned method_wrapper_new(Object* descriptor, Object* self);  // PyWrapper_New
Owned wrapper_descriptor_raw_call(Object* descriptor, Object* self, Object* args, void* wrapped, Object* kwargs);

// PyDescr_IsData
inline bool descriptor_is_data(const Object* descriptor) { return descriptor->type->tp_descr_set != nullptr; }
// PyMember_GetOne, PyMember_SetOne
Owned member_get(const void* base, const MemberDef* member);
int member_set(void* base, const MemberDef* member, Object* value);
// The signature and the rest of a doc text that begins "name(…)\n--\n\n".
Owned doc_without_signature(const char* name, const char* doc);
Owned text_signature(const char* name, const char* doc);

int init_descriptor_types();

}  // namespace refscope::vm
