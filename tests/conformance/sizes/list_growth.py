# The history of a list's size shows how it was built.
from sys import getsizeof as size


def history(start, step, count):
    sizes = [size(start)]
    for i in range(count):
        step(start, i)
        sizes.append(size(start))
    return sizes


print(history([], lambda l, i: l.append(i), 150))
print(history([0], lambda l, i: l.append(i), 60))
print(history([0, 1, 2], lambda l, i: l.insert(0, i), 60))
print(history(list(range(100)), lambda l, i: l.pop(), 100))
print(history(list(range(100)), lambda l, i: l.pop(0), 99))
print(history([], lambda l, i: l.extend([i, i]), 40))
print(history([], lambda l, i: l.extend(range(i)), 20))
print(history([], lambda l, i: l.extend(iter(range(i))), 20))
print(history([], lambda l, i: l.__iadd__((i,) * 3), 20))
print(history(list(range(64)), lambda l, i: l.__delitem__(slice(0, 3)), 22))
print(history([1], lambda l, i: l.__imul__(2), 10))
for n in range(20):
    t = tuple(range(n))
    made = [list(t), list(iter(t)), list(range(n)), [*t], [*t, 1], [x for x in t], list(x for x in t), list(t)[1:],
            list(t) + [1], [0] * n, list(t).copy(), sorted(t), sorted(iter(t)), list(t)[::2], list({x: x for x in t}),
            list(map(int, t)), list(zip(t, t)), list(reversed(t)), list(enumerate(t)), list(set(t))]
    print(n, [size(x) for x in made])


class Hinted:
    def __init__(self, hint, count):
        self.hint, self.count = hint, count

    def __iter__(self):
        return self

    def __next__(self):
        if self.count == 0:
            raise StopIteration
        self.count -= 1
        return self.count

    def __length_hint__(self):
        return self.hint


print([[size(list(Hinted(h, c))) for c in (0, 1, 4, 9, 30)] for h in (0, 1, 5, 8, 100)])
l = list(range(10))
l.clear()
print(size(l))
l = [1, 2, 3]
l[:] = []
print(size(l))
l = list(range(10))
l[2:4] = range(20)
print(size(l))
l.sort()
print(size(l), size([]), size([1]), size([1, 2]))
seen = []
l = [3, 1, 2]
l.sort(key=lambda x: seen.append((len(l), size(l))) or x)
print(seen)
