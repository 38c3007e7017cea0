// What the files that define exception types share: BaseException's slots. For vm/objects/exceptions*.cpp, os_error.cpp,
// syntax_error.cpp and exception_group.cpp only.
#pragma once

#include "vm/objects/exceptions.h"

namespace refscope::vm {

inline ExceptionObject* as_exception(Object* object) { return static_cast<ExceptionObject*>(object); }

Owned base_exception_new(Type* type, Object* args, Object* kwargs);
int base_exception_init(Object* self, Object* args, Object* kwargs);
void base_exception_dealloc(Object* self);
int base_exception_traverse(Object* self, Visit visit, void* context);
int base_exception_clear(Object* self);
Owned base_exception_str(Object* self);
Owned base_exception_reduce(Object* self, Object* unused);
// args[index] as a borrowed reference, nullptr when there are not so many.
Object* exception_argument(Object* self, intptr_t index);
// A tuple of the callable, its arguments and, when there are any, the instance's attributes. Steals args.
Owned exception_reduce_with(Object* self, Object* stolen_args, Object* state_or_null);
bool exception_no_keywords(Object* self, Object* kwargs);

// A static exception type with the slots of BaseException; the caller overrides what differs.
Type exception_static_type(const char* name, Type* base, intptr_t basicsize, const char* doc);

inline void exception_set_field(Object*& slot, Object* borrowed_or_null) { set_ref(slot, xnewref(borrowed_or_null)); }

}  // namespace refscope::vm
