# What gc tells: counts, thresholds, results of collections.
import gc

gc.collect()
print(gc.get_threshold(), gc.isenabled())
gc.disable()
gc.collect()
before = gc.get_count()[0]
kept = [[] for _ in range(10)]
print(gc.get_count()[0] - before)
del kept
print(gc.get_count()[0] - before)
gc.collect(0)
print(gc.get_count()[1:])
gc.collect(1)
print(gc.get_count()[1:])
gc.collect(2)
print(gc.get_count()[1:])


class Node:
    pass


def cycle(n):
    nodes = [Node() for _ in range(n)]
    for i in range(n):
        nodes[i].next = nodes[(i + 1) % n]


for n in (1, 2, 5):
    cycle(n)
    print(n, gc.collect(0), gc.collect())
cycle(3)
gc.collect(1)
a = Node()
a.me = a
gc.collect(0)
del a
print(gc.collect(0), gc.collect(1), gc.collect(2))
stats = gc.get_stats()
print(len(stats), sorted(stats[0]))
collections = [generation['collections'] for generation in stats]
collected = [generation['collected'] for generation in stats]
cycle(4)
gc.collect()
now = gc.get_stats()
print([n['collections'] - c for n, c in zip(now, collections)], [n['collected'] - c for n, c in zip(now, collected)])
print([n['uncollectable'] for n in now])
gc.set_threshold(5, 2, 2)
print(gc.get_threshold())
gc.enable()
made = [[] for _ in range(100)]
gc.disable()
print(gc.get_count()[0] < 10)
gc.set_threshold(700, 10, 10)
print(gc.is_tracked([]), gc.is_tracked(()), gc.is_tracked((1, [])), gc.is_tracked({}), gc.is_tracked({'a': 1}), gc.is_tracked({'a': []}),
      gc.is_tracked(1), gc.is_tracked('a'), gc.is_tracked(Node()), gc.is_tracked(set()), gc.is_tracked(Node))
print(gc.garbage, gc.get_debug(), gc.collect())
try:
    gc.collect(3)
except ValueError as error:
    print(error)
