// The module time: clocks through the host, calendar functions of the C library.
#include <time.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/simple_namespace.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

constexpr int64_t kNanoseconds = 1000000000;

const StructField struct_time_fields[] = {{"tm_year", "year, for example, 1993"},
                                          {"tm_mon", "1 to 12"},
                                          {"tm_mday", "1 to 31"},
                                          {"tm_hour", "0 to 23"},
                                          {"tm_min", "0 to 59"},
                                          {"tm_sec", "0 to 61"},
                                          {"tm_wday", "0 is Monday"},
                                          {"tm_yday", "1 to 366"},
                                          {"tm_isdst", "1, 0 or -1"},
                                          {"tm_zone", "the zone's short name"},
                                          {"tm_gmtoff", "seconds east of UTC"},
                                          {nullptr, nullptr}};
const StructDescription struct_time_description{"time.struct_time", "A moment by the calendar.", struct_time_fields, 9};
Type struct_time_type = static_type("time.struct_time", 0, 0, 0);

Owned seconds(int64_t nanoseconds) {
    if (nanoseconds % kNanoseconds == 0) return float_new(static_cast<double>(nanoseconds / kNanoseconds));
    return float_new(static_cast<double>(nanoseconds) / 1e9);
}

// A clock's reading, as seconds or nanoseconds.
template <clockid_t kClock>
Owned clock_seconds(Object*, Object*) {
    return seconds(host().clock(kClock));
}
template <clockid_t kClock>
Owned clock_nanoseconds(Object*, Object*) {
    return int_from_int64(host().clock(kClock));
}

Owned clock_value(Object* argument, int64_t (Host::*read)(clockid_t), bool as_seconds) {
    int clock;
    if (!argument_int(argument, &clock)) return nullptr;
    const int64_t value = (host().*read)(clock);
    if (value < 0) return err_set_from_errno(exc::OSError);
    return as_seconds ? seconds(value) : int_from_int64(value);
}
Owned time_clock_gettime(Object*, Object* clock) { return clock_value(clock, &Host::clock, true); }
Owned time_clock_gettime_ns(Object*, Object* clock) { return clock_value(clock, &Host::clock, false); }
Owned time_clock_getres(Object*, Object* clock) { return clock_value(clock, &Host::clock_resolution, true); }

// Seconds (int or float) as nanoseconds, rounded up.
bool duration(Object* argument, int64_t* result) {
    if (is_instance_of(argument, &float_type)) {
        const double value = static_cast<FloatObject*>(argument)->value;
        if (std::isnan(value)) {
            err_set_string(exc::ValueError, "Invalid value NaN (not a number)");
            return false;
        }
        const double scaled = std::ceil(value * 1e9);
        if (!(scaled > -9.2e18 && scaled < 9.2e18)) {
            err_set_string(exc::OverflowError, "timestamp out of range for platform time_t");
            return false;
        }
        *result = static_cast<int64_t>(scaled);
        return true;
    }
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    int overflow = 0;
    const int64_t value = int_as_int64_overflow(index.get(), &overflow);
    if (overflow || __builtin_mul_overflow(value, kNanoseconds, result)) {
        err_set_string(exc::OverflowError, "timestamp too large to convert to C _PyTime_t");
        return false;
    }
    return true;
}

Owned time_sleep(Object*, Object* argument) {
    int64_t wanted;
    if (!duration(argument, &wanted)) return nullptr;
    if (wanted < 0) return err_set_string(exc::ValueError, "sleep length must be non-negative");
    const int64_t deadline = host().clock(CLOCK_MONOTONIC) + wanted;
    while (host().wait_until(deadline) < 0) {
        if (errno != EINTR) return err_set_from_errno(exc::OSError);
        if (call_seam.check_signals && call_seam.check_signals() < 0) return nullptr;
    }
    return new_none();
}

// ---- Calendar

Owned to_struct_time(const struct tm& time) {
    if (!struct_time_type.has(kReady) && struct_sequence_init_type(&struct_time_type, struct_time_description) < 0) return nullptr;
    Owned result = struct_sequence_new(&struct_time_type);
    if (!result) return nullptr;
    const int values[] = {time.tm_year + 1900, time.tm_mon + 1, time.tm_mday,     time.tm_hour, time.tm_min,
                          time.tm_sec,         (time.tm_wday + 6) % 7, time.tm_yday + 1, time.tm_isdst};
    for (int i = 0; i < 9; ++i) struct_sequence_set_item(result, i, int_from_int(values[i]));
    struct_sequence_set_item(result, 9, str_from_string(time.tm_zone ? time.tm_zone : ""));
    struct_sequence_set_item(result, 10, int_from_int64(time.tm_gmtoff));
    return result;
}

// The optional argument of gmtime and its like: seconds since the epoch, else now.
bool time_argument(const char* function, Object* const* args, intptr_t nargs, time_t* result) {
    if (!check_positional(function, nargs, 0, 1)) return false;
    if (nargs == 0 || is_none(args[0])) {
        *result = host().clock(CLOCK_REALTIME) / kNanoseconds;
        return true;
    }
    if (is_instance_of(args[0], &float_type)) {
        const double value = std::floor(static_cast<FloatObject*>(args[0])->value);
        if (std::isnan(value)) {
            err_set_string(exc::ValueError, "Invalid value NaN (not a number)");
            return false;
        }
        if (!(value > -9.2e18 && value < 9.2e18)) {
            err_set_string(exc::OverflowError, "timestamp out of range for platform time_t");
            return false;
        }
        *result = static_cast<time_t>(value);
        return true;
    }
    Ref<> index = own(number_index(args[0]));
    if (!index) return false;
    int overflow = 0;
    *result = int_as_int64_overflow(index.get(), &overflow);
    if (!overflow) return true;
    err_set_string(exc::OverflowError, "timestamp out of range for platform time_t");
    return false;
}

Owned time_gmtime(Object*, Object* const* args, intptr_t nargs) {
    time_t when;
    struct tm broken;
    if (!time_argument("gmtime", args, nargs, &when)) return nullptr;
    if (!gmtime_r(&when, &broken)) return err_set_from_errno(exc::OverflowError);
    broken.tm_zone = "UTC";
    return to_struct_time(broken);
}
Owned time_localtime(Object*, Object* const* args, intptr_t nargs) {
    time_t when;
    struct tm broken;
    if (!time_argument("localtime", args, nargs, &when)) return nullptr;
    if (!localtime_r(&when, &broken)) return err_set_from_errno(exc::OverflowError);
    return to_struct_time(broken);
}

// The nine items of a time tuple. False: an exception is pending.
bool time_tuple(const char* function, Object* argument, struct tm* result, std::string* zone) {
    if (!tuple_check(argument)) {
        err_set_string(exc::TypeError, "Tuple or struct_time argument required");
        return false;
    }
    int values[9];
    if (tuple_size(argument) != 9) {
        err_format(exc::TypeError, "%s(): illegal time tuple argument", function);
        return false;
    }
    for (int i = 0; i < 9; ++i) {
        if (!argument_int(tuple_get_item(argument, i), &values[i])) return false;
    }
    *result = {};
    result->tm_year = values[0] - 1900;
    result->tm_mon = values[1] - 1;
    result->tm_mday = values[2];
    result->tm_hour = values[3];
    result->tm_min = values[4];
    result->tm_sec = values[5];
    result->tm_wday = (values[6] + 1) % 7;
    result->tm_yday = values[7] - 1;
    result->tm_isdst = values[8];
    if (argument->type == &struct_time_type) {
        Object* name = tuple_get_item(argument, 9);
        Object* offset = tuple_get_item(argument, 10);
        if (str_check(name)) {
            *zone = str_to_utf8(name);
            result->tm_zone = zone->c_str();
        }
        if (int_check(offset)) result->tm_gmtoff = static_cast<long>(int_as_int64(offset));
    }
    return true;
}

// strftime and asctime refuse what is out of range; 0 stands for "the first" in some fields.
bool check_ranges(struct tm* time) {
    const char* wrong = nullptr;
    if (time->tm_mon == -1) time->tm_mon = 0;
    else if (time->tm_mon < 0 || time->tm_mon > 11) wrong = "month out of range";
    if (time->tm_mday == 0) time->tm_mday = 1;
    else if (!wrong && (time->tm_mday < 0 || time->tm_mday > 31)) wrong = "day of month out of range";
    if (!wrong && (time->tm_hour < 0 || time->tm_hour > 23)) wrong = "hour out of range";
    if (!wrong && (time->tm_min < 0 || time->tm_min > 59)) wrong = "minute out of range";
    if (!wrong && (time->tm_sec < 0 || time->tm_sec > 61)) wrong = "seconds out of range";
    if (!wrong && time->tm_wday < 0) wrong = "day of week out of range";
    if (time->tm_yday == -1) time->tm_yday = 0;
    else if (!wrong && (time->tm_yday < 0 || time->tm_yday > 365)) wrong = "day of year out of range";
    if (!wrong) return true;
    err_set_string(exc::ValueError, wrong);
    return false;
}

bool now(struct tm* result) {
    const time_t when = host().clock(CLOCK_REALTIME) / kNanoseconds;
    return localtime_r(&when, result) != nullptr;
}

Owned asctime_of(const struct tm& time) {
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    snprintf(text, sizeof text, "%s %s%3d %.2d:%.2d:%.2d %d", days[time.tm_wday], months[time.tm_mon], time.tm_mday,
             time.tm_hour, time.tm_min, time.tm_sec, 1900 + time.tm_year);
    return str_from_string(text);
}
Owned time_asctime(Object*, Object* const* args, intptr_t nargs) {
    struct tm broken;
    std::string zone;
    if (!check_positional("asctime", nargs, 0, 1)) return nullptr;
    if (nargs == 0) {
        if (!now(&broken)) return err_set_from_errno(exc::OSError);
    } else if (!time_tuple("asctime", args[0], &broken, &zone) || !check_ranges(&broken)) {
        return nullptr;
    }
    return asctime_of(broken);
}
Owned time_ctime(Object*, Object* const* args, intptr_t nargs) {
    time_t when;
    struct tm broken;
    if (!time_argument("ctime", args, nargs, &when)) return nullptr;
    if (!localtime_r(&when, &broken)) return err_set_from_errno(exc::OverflowError);
    return asctime_of(broken);
}
Owned time_mktime(Object*, Object* argument) {
    struct tm broken;
    std::string zone;
    if (!time_tuple("mktime", argument, &broken, &zone)) return nullptr;
    broken.tm_wday = -1;  // stays -1 when the date cannot be represented
    const time_t result = mktime(&broken);
    if (result == -1 && broken.tm_wday == -1) return err_set_string(exc::OverflowError, "mktime argument out of range");
    return float_new(static_cast<double>(result));
}

Owned time_strftime(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("strftime", nargs, 1, 2)) return nullptr;
    if (!str_check(args[0])) {
        argument_bad("strftime", "argument 1", "str", args[0]);
        return nullptr;
    }
    struct tm broken;
    std::string zone;
    if (nargs == 1) {
        if (!now(&broken)) return err_set_from_errno(exc::OSError);
    } else if (!time_tuple("strftime", args[1], &broken, &zone) || !check_ranges(&broken)) {
        return nullptr;
    }
    broken.tm_isdst = broken.tm_isdst < 0 ? -1 : broken.tm_isdst > 0;
    const std::string format = str_to_filesystem(args[0]);
    if (format.empty()) return str_from_string("");
    // An empty result may be right ("%p" in some places): the buffer grows only so far.
    for (size_t size = 1024; ; size *= 2) {
        std::string buffer(size, '\0');
        const size_t length = strftime(buffer.data(), size, format.c_str(), &broken);
        if (length > 0 || size >= 256 * format.size()) return str_from_filesystem(buffer.substr(0, length));
    }
}
Owned time_strptime(Object*, Object* args) {
    Ref<> module = own(import_module("_strptime"));
    if (!module) return nullptr;
    Ref<> function = own(object_get_attr_string(module.get(), "_strptime_time"));
    return function ? object_call(function.get(), args, nullptr) : nullptr;
}

int add_zone_facts(Object* module) {
    tzset();
    // The standard offset is that of the season without summer time: January or July of this year.
    struct tm broken;
    const time_t year = 365 * 24 * 3600 + 6 * 3600;
    const time_t start = host().clock(CLOCK_REALTIME) / kNanoseconds / year * year;
    localtime_r(&start, &broken);
    const std::string january_name = broken.tm_zone ? broken.tm_zone : "";
    const long january = -broken.tm_gmtoff;
    const time_t middle = start + year / 2;
    localtime_r(&middle, &broken);
    const std::string july_name = broken.tm_zone ? broken.tm_zone : "";
    const long july = -broken.tm_gmtoff;
    const bool southern = january < july;
    const long standard = southern ? july : january, summer = southern ? january : july;
    Ref<> first = own(str_from_filesystem(southern ? july_name : january_name));
    Ref<> second = own(str_from_filesystem(southern ? january_name : july_name));
    if (!first || !second) return -1;
    if (module_add_int(module, "timezone", standard) < 0 || module_add_int(module, "altzone", summer) < 0 ||
        module_add_int(module, "daylight", january != july) < 0) {
        return -1;
    }
    return module_add_object_steal(module, "tzname", tuple_pack({first.get(), second.get()}));
}
Owned time_tzset(Object* module, Object*) { return add_zone_facts(module) < 0 ? nullptr : new_none(); }

Owned time_get_clock_info(Object*, Object* argument) {
    static const struct {
        const char *name, *implementation;
        clockid_t clock;
        bool monotonic, adjustable;
    } clocks[] = {{"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
                  {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
                  {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
                  {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
                  {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false}};
    const char* name;
    if (!argument_text("get_clock_info", 1, argument, &name)) return nullptr;
    for (const auto& clock : clocks) {
        if (strcmp(clock.name, name) != 0) continue;
        Ref<> fields = own(dict_new());
        Ref<> implementation = own(str_from_string(clock.implementation));
        Ref<> resolution = own(seconds(host().clock_resolution(clock.clock)));
        if (!fields || !implementation || !resolution ||
            dict_set_item_string(fields.get(), "implementation", implementation.get()) < 0 ||
            dict_set_item_string(fields.get(), "monotonic", bool_of(clock.monotonic)) < 0 ||
            dict_set_item_string(fields.get(), "adjustable", bool_of(clock.adjustable)) < 0 ||
            dict_set_item_string(fields.get(), "resolution", resolution.get()) < 0) {
            return nullptr;
        }
        return simple_namespace_new(fields.get());
    }
    return err_set_string(exc::ValueError, "unknown clock");
}

const MethodDef time_functions[] = {
    method_def("time", clock_seconds<CLOCK_REALTIME>, kMethNoargs, "time() -> floating point number\n\nSeconds since the epoch."),
    method_def("time_ns", clock_nanoseconds<CLOCK_REALTIME>, kMethNoargs),
    method_def("monotonic", clock_seconds<CLOCK_MONOTONIC>, kMethNoargs),
    method_def("monotonic_ns", clock_nanoseconds<CLOCK_MONOTONIC>, kMethNoargs),
    method_def("perf_counter", clock_seconds<CLOCK_MONOTONIC>, kMethNoargs),
    method_def("perf_counter_ns", clock_nanoseconds<CLOCK_MONOTONIC>, kMethNoargs),
    method_def("process_time", clock_seconds<CLOCK_PROCESS_CPUTIME_ID>, kMethNoargs),
    method_def("process_time_ns", clock_nanoseconds<CLOCK_PROCESS_CPUTIME_ID>, kMethNoargs),
    method_def("thread_time", clock_seconds<CLOCK_THREAD_CPUTIME_ID>, kMethNoargs),
    method_def("thread_time_ns", clock_nanoseconds<CLOCK_THREAD_CPUTIME_ID>, kMethNoargs),
    method_def("clock_gettime", time_clock_gettime, kMethO),
    method_def("clock_gettime_ns", time_clock_gettime_ns, kMethO),
    method_def("clock_getres", time_clock_getres, kMethO),
    method_def("sleep", time_sleep, kMethO, "sleep(seconds)\n\nWait for so many seconds."),
    method_def("gmtime", time_gmtime, kMethFastcall),
    method_def("localtime", time_localtime, kMethFastcall),
    method_def("asctime", time_asctime, kMethFastcall),
    method_def("ctime", time_ctime, kMethFastcall),
    method_def("mktime", time_mktime, kMethO),
    method_def("strftime", time_strftime, kMethFastcall),
    method_def("strptime", time_strptime, kMethVarargs),
    method_def("tzset", time_tzset, kMethNoargs),
    method_def("get_clock_info", time_get_clock_info, kMethO),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_time_module() {
    Ref<> module = own(module_create("time", "Clocks and the calendar.", time_functions));
    if (!module || add_zone_facts(module.get()) < 0) return nullptr;
    if (!struct_time_type.has(kReady) && struct_sequence_init_type(&struct_time_type, struct_time_description) < 0) return nullptr;
    if (module_add_object(module.get(), "struct_time", &struct_time_type) < 0 ||
        module_add_int(module.get(), "_STRUCT_TM_ITEMS", 11) < 0) {
        return nullptr;
    }
    const struct {
        const char* name;
        int value;
    } clocks[] = {{"CLOCK_REALTIME", CLOCK_REALTIME},
                  {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
                  {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
                  {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
                  {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
                  {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
                  {"CLOCK_TAI", CLOCK_TAI}};
    for (const auto& clock : clocks) {
        if (module_add_int(module.get(), clock.name, clock.value) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
