# Blocks for each line: how many, and how many bytes were asked for.
import tracemalloc, gc
gc.disable()
class P:
    def __init__(self, a, b):
        self.a = a
        self.b = b
class S:
    __slots__ = ('a', 'b')
    def __init__(self, a, b):
        self.a = a; self.b = b
def gen(n):
    for i in range(n):
        yield i * 1000
def closure(n):
    x = [n]
    def inner():
        return x
    return inner
def boom(n):
    raise ValueError('bad %d' % n)
def work(keep):
    l = []
    for i in range(1000):
        l.append(i)
    keep.append(l)
    d = {}
    for i in range(500):
        d[i] = str(i)
    keep.append(d)
    keep.append([P(i, i + 1000) for i in range(300)])
    keep.append([S(i, i) for i in range(300)])
    keep.append(['s%d' % i for i in range(200)])
    keep.append([f'{i}-{i}' for i in range(200)])
    keep.append([closure(i) for i in range(100)])
    keep.append([gen(i) for i in range(50)])
    g = gen(1000)
    keep.append(list(g))
    for i in range(20):
        try:
            boom(i)
        except ValueError as e:
            keep.append(e)
    keep.append({i: (i, i) for i in range(100)})
    keep.append({i * 3 for i in range(200)})
    keep.append(bytearray(1000))
    keep.append(b'x' * 777)
    keep.append([i / 3 for i in range(150)])
    keep.append([i * 100000 for i in range(150)])
    keep.append([(i,) for i in range(50)])
    keep.append([[i] for i in range(50)])
    keep.append([{'a': i} for i in range(50)])
    keep.append([lambda: i for i in range(50)])
    keep.append('x' * 5000)
    keep.append('é' * 5000)
    keep.append(dict.fromkeys('abcdefghij'))
    keep.append(sorted(range(100), key=lambda v: -v))
    keep.append([P(i, i).__init__ for i in range(30)])
    keep.append([object() for i in range(30)])
    keep.append(','.join(str(i) for i in range(300)))
    keep.append(set(range(100)))
    keep.append(frozenset(range(50)))
    keep.append(complex(1, 2.5))
    keep.append(iter([1, 2]))
    keep.append(zip([1], [2]))
    keep.append(slice(1, 2))
    keep.append(memoryview(b'abc'))
    keep.append([i.to_bytes(4, 'big') for i in range(40)])
    keep.append('a b c d e f g'.split())
# What lies on free lists has no trace: they are emptied first.
spare = [([], (i,), (i, i), (i, i, i), i / 7, {'a': i}, [i].__iter__()) for i in range(200)]
keep = []
tracemalloc.start()
work(keep)
snapshot = tracemalloc.take_snapshot()
tracemalloc.stop()
lines = open(__file__).read().split('\n')
for statistic in sorted(snapshot.statistics('lineno'), key=lambda s: s.traceback[0].lineno):
    frame = statistic.traceback[0]
    if frame.filename == __file__:
        print(frame.lineno, lines[frame.lineno - 1].strip(), statistic.count, statistic.size)
