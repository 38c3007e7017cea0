# What a sort holds of its items and keys.
from sys import getrefcount as count


class Item:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        seen.append((count(self), count(other)))
        return self.n < other.n


seen = []
items = [Item(n) for n in (3, 1, 2)]
items.sort()
print([i.n for i in items], seen)
first = items[0]
print(count(first))


def key(item):
    seen.append(count(item))
    seen.append(len(items))
    return -item.n


seen = []
items.sort(key=key)
print([i.n for i in items], seen, count(first))
seen = []
result = sorted(items, key=lambda i: seen.append(count(i)) or i.n)
print([i.n for i in result], seen, count(first))
del result
print(count(first))


def failing(item):
    if item.n == 2:
        raise ValueError('no key')
    return item.n


try:
    items.sort(key=failing)
except ValueError as error:
    print(error, [i.n for i in items], count(first))
print(count(first))
try:
    items.sort(key=lambda item: items.append(1) or item.n)
except ValueError as error:
    print(error)
print([getattr(i, 'n', i) for i in items])
print(max(items[:3], key=lambda i: i.n).n, min(items[:3], key=lambda i: i.n).n, count(first))
items.reverse()
print(count(first))
