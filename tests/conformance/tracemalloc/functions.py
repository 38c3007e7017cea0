# The functions of tracemalloc, and the totals they show.
import gc, tracemalloc
gc.disable()
spare = [([], (i,), (i, i), i / 7, {'a': i}) for i in range(200)]

print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit())
for bad in (0, -1, 70000):
    try:
        tracemalloc.start(bad)
    except ValueError as e:
        print(e)
try:
    tracemalloc.take_snapshot()
except RuntimeError as e:
    print(e)


def place(obj):
    traceback = tracemalloc.get_object_traceback(obj)
    return traceback and [f.lineno for f in traceback]


before = [1]
tracemalloc.start()
print(tracemalloc.is_tracing(), place(before))
first = tracemalloc.get_traced_memory()
block = bytearray(100_000)
second = tracemalloc.get_traced_memory()
print(100_000 < second[0] - first[0] < 100_200, second[1] >= second[0])
del block
third = tracemalloc.get_traced_memory()
print(abs(third[0] - first[0]) < 300, third[1] >= second[1])
tracemalloc.reset_peak()
print(tracemalloc.get_traced_memory()[1] < second[0])
print(tracemalloc.get_tracemalloc_memory() > 0)

values = [place(o) for o in ([], {}, (1, [2]), 'a%d' % 12, 1.5 * len(spare), 10 ** 6 * len(spare), b'ab' * len(spare), object(), lambda: 0)]
print(values)


class Slots:
    __slots__ = ('a',)


class Plain:
    pass


made = [Slots(), Plain(), range(1000, len(spare)), {1, 2}, slice(1, len(spare))]
print([place(o) for o in made])
print(place(None), place(1), place(int), place(''))
a = []
a_line = place(a)
a.extend(range(100))
print(a_line == place(a))
tracemalloc.clear_traces()
print(tracemalloc.is_tracing(), place(a), tracemalloc.get_traced_memory()[0] < 2000)
tracemalloc.start(5)
print(tracemalloc.get_traceback_limit())
tracemalloc.stop()
print(tracemalloc.is_tracing(), place(a), tracemalloc.get_traced_memory())


def outer():
    return inner()


def inner():
    return 'text %d' % len(spare)


tracemalloc.start(3)
print(place(outer()), tracemalloc.get_traceback_limit(), tracemalloc.get_object_traceback(outer()).total_nframe)
tracemalloc.start(7)
print(tracemalloc.get_traceback_limit())
for line in tracemalloc.get_object_traceback(outer()).format():
    print(line.replace(__file__, 'FILE'))
tracemalloc.stop()
