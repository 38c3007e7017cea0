# iter, next, the old sequence protocol, and what happens when containers change underway.


class Old:
    def __getitem__(self, index):
        if index == 3:
            raise IndexError
        return index * 10


print(list(Old()), 20 in Old(), [x for x in Old()], tuple(Old()), sum(Old()))
numbers = [1, 2, 3]
seen = []
for n in numbers:
    seen.append(n)
    if len(numbers) < 6:
        numbers.append(n * 10)
print(seen, numbers)
it = iter(numbers)
next(it)
del numbers[1:]
print(list(it))
numbers.append(99)
print(list(it), next(it, 'still ended'))
s = {1, 2, 3}
try:
    for x in s:
        s.add(x + 10)
except RuntimeError as error:
    print(error)
print(iter(it) is it)


class Bad:
    def __iter__(self):
        return 5


class NotIterable:
    __iter__ = None


for make in (Bad, NotIterable, object):
    try:
        iter(make())
    except TypeError as error:
        print(error)
a, b = Old().__getitem__(1), next(iter(Old()))
print(a, b)
first, second, third = Old()
print(first, second, third)
