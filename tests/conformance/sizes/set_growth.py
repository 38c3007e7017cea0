# Sizes of sets: the table, unions, copies, differences, dummies.
from sys import getsizeof as size


def history(count):
    s = set()
    sizes = [size(s)]
    for i in range(count):
        s.add(i)
        if size(s) != sizes[-1]:
            sizes += [i, size(s)]
    return sizes


print(history(2000))
for n in (0, 1, 3, 4, 5, 7, 8, 10, 20, 33, 60, 100, 500):
    r = range(n)
    s = set(r)
    made = [s, frozenset(r), set(s), s.copy(), s | set(), s | {1000}, s | set(range(n, 2 * n)), s & s, s & set(r),
            s - {0}, s - set(r), s ^ {0}, s ^ set(r), set({x: x for x in r}), set(list(r)), {x for x in r}, {*r}, frozenset(s),
            s.union(r), s.union([1], [2]), s.intersection(r), s.difference(r), s.difference([0, 1]),
            s.symmetric_difference(r)]
    print(n, [size(x) for x in made])
s = set(range(100))
for i in range(95):
    s.discard(i)
print(size(s), len(s), size(s.copy()))
s -= {96}
print(size(s))
s = set(range(100))
s -= set(range(90))
print(size(s))
s = set(range(100))
s.difference_update(range(90))
print(size(s))
s &= {99}
print(size(s), s)
s.clear()
print(size(s))
s = set()
s.update([1, 2, 3], range(10), {4: 5})
print(size(s))
s ^= {1, 2}
print(size(s), s)
for i in range(8):
    s.pop()
print(size(s), len(s))
print(size({1}), size({1, 2, 3, 4, 5}), size({1, 2, 3, 4, 5, 6}), size(frozenset()), size(iter(set())))
