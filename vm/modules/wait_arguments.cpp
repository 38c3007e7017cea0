#include "vm/modules/wait_arguments.h"

#include <cmath>

#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"

namespace refscope::vm {

int descriptor_argument(Object* argument) {
    int descriptor;
    if (int_check(argument)) {
        descriptor = int_as_int(argument);
    } else {
        Object* found = nullptr;
        if (object_lookup_attr(argument, ID(fileno), &found) < 0) return -1;
        Ref<> method = own(found);
        if (!method) {
            err_set_string(exc::TypeError, "argument must be an int, or have a fileno() method.");
            return -1;
        }
        Ref<> number = own(object_call_noargs(method.get()));
        if (!number) return -1;
        if (!int_check(number.get())) {
            err_set_string(exc::TypeError, "fileno() returned a non-integer");
            return -1;
        }
        descriptor = int_as_int(number.get());
    }
    if (descriptor == -1 && err_occurred()) return -1;
    if (descriptor < 0) {
        err_format(exc::ValueError, "file descriptor cannot be a negative integer (%i)", descriptor);
        return -1;
    }
    return descriptor;
}

bool seconds_argument(Object* argument, int64_t* nanoseconds) {
    constexpr int64_t kNanoseconds = 1000000000;
    if (float_check(argument)) {
        const double value = float_value(argument);
        if (std::isnan(value)) {
            err_set_string(exc::ValueError, "Invalid value NaN (not a number)");
            return false;
        }
        const double scaled = value < 0 ? std::floor(value * 1e9) : std::ceil(value * 1e9);
        if (!(scaled >= -9223372036854775808.0 && scaled < 9223372036854775808.0)) {
            err_set_string(exc::OverflowError, "timestamp too large to convert to C _PyTime_t");
            return false;
        }
        *nanoseconds = static_cast<int64_t>(scaled);
        return true;
    }
    if (!int_check(argument) && !index_check(argument)) {
        err_format(exc::TypeError, "'%.200s' object cannot be interpreted as an integer", argument->type->tp_name);
        return false;
    }
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    int overflow = 0;
    const int64_t value = int_as_int64_overflow(index.get(), &overflow);
    if (overflow || __builtin_mul_overflow(value, kNanoseconds, nanoseconds)) {
        err_set_string(exc::OverflowError, "timestamp too large to convert to C _PyTime_t");
        return false;
    }
    return true;
}

}  // namespace refscope::vm
