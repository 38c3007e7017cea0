// The module memory_profiler: its table, and the bytes of each line.
#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/modules/compile_source.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/module_object.h"
#include "vm/objects/str.h"

using namespace refscope::vm;

namespace {

// Runs a program and gives its variable `shown`.
std::string shown_by(const char* source) {
    start_runtime();
    Ref<> names = own(dict_new());
    dict_set_item_string(names.get(), "__builtins__", builtins_namespace);
    Ref<> code = own(compile_bytes(source, "program.py", nullptr));
    REQUIRE(code);
    Ref<> done = own(exec_code(code.get(), names.get(), names.get(), nullptr));
    if (!done) err_print();
    REQUIRE(done);
    Object* shown = dict_get_item_string(names.get(), "shown");
    REQUIRE(shown);
    return str_to_utf8(shown);
}

}  // namespace

TEST_CASE("each line of a function has the bytes that it made and gave back", "[memory_profiler]") {
    CHECK(shown_by(R"(
import memory_profiler
def work(n):
    a = bytearray(n)
    b = [None] * 1000
    del a
    for i in range(3):
        c = bytearray(10)
    return b
lines = []
memory_profiler._measure_lines(work, (100_000,), {}, lines)
shown = str([(line, increment, occurrences) for line, increment, most, occurrences in lines[1:]])
)") == "[(4, 100057, 1), (5, 8056, 1), (6, -100057, 1), (7, 0, 4), (8, 67, 3), (9, 0, 1)]");
}

TEST_CASE("the lines of a call that raises are measured too", "[memory_profiler]") {
    CHECK(shown_by(R"(
import memory_profiler
def fail():
    a = bytearray(5000)
    return a.nothing
lines = []
try:
    memory_profiler._measure_lines(fail, (), {}, lines)
except AttributeError:
    pass
shown = str([(line, occurrences) for line, increment, most, occurrences in lines])
)") == "[(3, 1), (4, 1), (5, 1)]");
}

TEST_CASE("tracemalloc begins and ends while lines are measured", "[memory_profiler]") {
    CHECK(shown_by(R"(
import memory_profiler, _tracemalloc
def work():
    a = bytearray(5000)
    _tracemalloc.start()
    b = bytearray(7000)
    found = _tracemalloc._get_object_traceback(b) is not None, _tracemalloc._get_object_traceback(a) is None
    _tracemalloc.stop()
    return found, _tracemalloc.is_tracing()
lines = []
result = memory_profiler._measure_lines(work, (), {}, lines)
increments = {line: increment for line, increment, most, occurrences in lines}
shown = str((result, increments[4], increments[6], _tracemalloc.get_traced_memory()))
)") == "(((True, True), False), 5057, 7057, (0, 0))");
}

TEST_CASE("the table has the public package's columns and one more", "[memory_profiler]") {
    std::string table = shown_by(R"(
import memory_profiler
class Stream:
    text = ''
    def write(self, text):
        Stream.text += text
@memory_profiler.profile(stream=Stream(), precision=3)
def work():
    return bytearray(1 << 20)
work()
shown = Stream.text
)");
    CHECK(table.find("Filename: program.py\n\nLine #    Mem usage    Increment  Occurrences         Bytes   Line Contents\n====") == 0);
    CHECK(table.find("\n     9 ") != std::string::npos);
    CHECK(table.find("   1.000 MiB           1       1048633") != std::string::npos);
}
