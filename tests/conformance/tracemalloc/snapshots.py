# Snapshots: statistics by line, file and traceback; differences; filters.
import gc, tracemalloc
gc.disable()
spare = [([], (i,), (i, i), i / 7, {'a': i}) for i in range(200)]


def grow(n):
    return ['item %d' % i for i in range(n)]


def shrink(items, n):
    del items[n:]


def call(n):
    return grow(n)


def show(statistics):
    for s in statistics:
        if s.traceback[-1].filename == __file__:
            where = ','.join(str(f.lineno) for f in s.traceback)
            print(where, s.count, s.size, *((s.count_diff, s.size_diff) if hasattr(s, 'size_diff') else ()))


tracemalloc.start(2)
kept = grow(1000)
one = tracemalloc.take_snapshot()
shrink(kept, 400)
more = call(50)
two = tracemalloc.take_snapshot()
mine = [tracemalloc.Filter(True, __file__)]
one, two = one.filter_traces(mine), two.filter_traces(mine)
for key in ('lineno', 'traceback', 'filename'):
    print(key)
    if key != 'filename':
        show(s for s in two.compare_to(one, key) if s.traceback[-1].lineno != 30 and s.traceback[-1].lineno != 33)
    else:
        print(len(two.statistics(key)), len(two.compare_to(one, key)))
print('cumulative')
show(s for s in two.statistics('lineno', True) if s.traceback[0].lineno < 22)
print('filters')
only = two.filter_traces([tracemalloc.Filter(True, __file__, 8)])
show(only.statistics('lineno'))
without = two.filter_traces([tracemalloc.Filter(False, __file__, 8)])
print(any(s.traceback[0].lineno == 8 for s in without.statistics('lineno')))
none = two.filter_traces([tracemalloc.DomainFilter(False, 0)])
print(len(none.traces), len(two.filter_traces([tracemalloc.DomainFilter(True, 0)]).traces) == len(two.traces))
print(two.traceback_limit)
tracemalloc.stop()
