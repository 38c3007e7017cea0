// dict_keys, dict_values, dict_items and the dict iterators.
//
// A view owns its dict; an iterator owns it until it is exhausted.
#pragma once

#include "vm/objects/dict.h"

namespace refscope::vm {

struct DictViewObject : Object {
    DictObject* dict;
};
struct DictIteratorObject : Object {
    DictObject* dict;  // null: exhausted
    intptr_t used;     // size at the start; -1 after a change was reported
    intptr_t position;
    Object* result;  // items only: the tuple that is used again while nobody else holds it
    intptr_t remaining;
};

extern Type dict_keys_type, dict_values_type, dict_items_type;
extern Type dict_key_iterator_type, dict_value_iterator_type, dict_item_iterator_type;
extern Type dict_reverse_key_iterator_type, dict_reverse_value_iterator_type, dict_reverse_item_iterator_type;

Owned dict_view_new(Object* dict, Type* view_type);
Owned dict_iterator_new(DictObject* dict, Type* iterator_type);

}  // namespace refscope::vm
