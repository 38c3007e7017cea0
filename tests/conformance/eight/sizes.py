# sys.getsizeof of the common types, and how containers grow.
import sys

for value in (0, 1, 2 ** 30, 2 ** 60, -1, 2 ** 1000, 1.5, True, None):
    print(type(value).__name__, sys.getsizeof(value))
for text in ('', 'a', 'abc', 'é', '€', '😀', 'abc€', 'x' * 1000):
    print(len(text), sys.getsizeof(text))
for value in ([], [1], [1, 2, 3], (), (1,), (1, 2, 3), {}, {'a': 1}, set(), {1}, range(3), frozenset()):
    print(type(value).__name__, len(value), sys.getsizeof(value))
grown = []
sizes = []
for i in range(40):
    grown.append(i)
    sizes.append(sys.getsizeof(grown))
print(sizes)
for i in range(35):
    grown.pop()
print(sys.getsizeof(grown))
table = {}
sizes = []
for i in range(30):
    table[i] = i
    sizes.append(sys.getsizeof(table))
print(sizes)
table.clear()
print(sys.getsizeof(table))
members = set()
sizes = []
for i in range(40):
    members.add(i)
    sizes.append(sys.getsizeof(members))
print(sizes)
print(sys.getsizeof([0] * 10), sys.getsizeof(list(range(10))), sys.getsizeof([i for i in range(10)]))


class Plain:
    def __init__(self):
        self.x = 1
        self.y = 2


class Slotted:
    __slots__ = ('x', 'y')

    def __init__(self):
        self.x = 1
        self.y = 2


print(sys.getsizeof(Plain()), sys.getsizeof(Slotted()))


def function():
    pass


print(sys.getsizeof(function), sys.getsizeof(Plain().__init__), sys.getsizeof(len))
print(sys.getsizeof(i for i in ()), sys.getsizeof(Plain))
