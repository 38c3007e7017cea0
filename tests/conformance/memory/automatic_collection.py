# The collector comes by itself at CPython's moments.
import gc
import weakref


class Node:
    pass


def garbage():
    n = Node()
    n.me = n
    return weakref.ref(n)


gc.collect()
gc.set_threshold(50, 3, 3)
died = []
refs = []
keep = []
for i in range(400):
    r = garbage()
    refs.append(r)
    for j, old in enumerate(refs):
        if old is not None and old() is None:
            refs[j] = None
            died.append((i, j))
print(len(died), died[:5], died[-5:])
stats = gc.get_stats()
counts = []
gc.collect()
for i in range(120):
    keep.append([])
    counts.append(gc.get_count())
print(counts[:3], counts[48:53], counts[100:104])
gc.disable()
gc.collect()
for i in range(200):
    keep.append([])
print(gc.get_count()[1:], gc.get_count()[0] >= 200)
gc.enable()
keep.append([])
print(gc.get_count()[0] < 5)
gc.set_threshold(700, 10, 10)
