# Iterators: exhaustion, changes underneath, hints, states, reuse of result tuples.
import copy
import operator
import sys


def attempt(function, *args, **kwargs):
    try:
        print(repr(function(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


l = [1, 2]
it = iter(l)
print(list(it), sys.getrefcount(l))
l.append(3)
print(list(it), operator.length_hint(it))
it = iter(l)
next(it)
l.append(4)
print(operator.length_hint(it), list(it))
it = reversed(l)
l.clear()
print(list(it), operator.length_hint(it))
it = iter([1, 2, 3])
next(it)
print(it.__reduce__()[1:], list(copy.copy(it)), it.__setstate__(0), list(it), it.__reduce__()[1:])
it = iter((1, 2, 3))
it.__setstate__(2)
print(list(it), it.__reduce__()[1:])


class Old:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 10


it = iter(Old())
print(list(it), list(it), type(it).__name__, list(reversed([1, 2])))
attempt(reversed, Old())
attempt(operator.length_hint, iter(Old()))
values = iter([1, 2, 'stop', 3])
print(list(iter(lambda: next(values), 'stop')), list(iter([5].pop, None)) if False else 'ok')
it = iter(values.__next__, 99)
print(next(it))
attempt(next, it)
attempt(next, it)
s = {1, 2, 3}
it = iter(s)
next(it)
s.add(4)
attempt(next, it)
attempt(next, it)

e = enumerate('ab')
t = next(e)
u = next(e)
print(t, u, t is u)
del t
e = enumerate('abc')
i = id(next(e))
print(id(next(e)) == i, id(next(e)) == i)
z = zip('abc', range(3))
i = id(next(z))
print(id(next(z)) == i)
keep = next(z)
print(keep, list(z))
d = iter({1: 2, 3: 4, 5: 6}.items())
i = id(next(d))
print(id(next(d)) == i)
print(list(enumerate('ab', 2 ** 63 - 1)), list(enumerate([], -5)), next(enumerate([1], 10 ** 30)))
attempt(enumerate)
attempt(enumerate, 1)
attempt(enumerate, [], foo=1)
attempt(enumerate, [], start='a')
attempt(zip, [1], 2)
attempt(lambda: list(zip([1], [1, 2], strict=True)))
attempt(lambda: list(zip([1, 2], [1], strict=True)))
attempt(lambda: list(zip([1], [1], [1, 2], strict=True)))
attempt(lambda: list(zip([1, 2], [1, 2], [1], strict=True)))
print(list(zip()), list(zip(strict=True)), list(zip([1])), list(zip('ab', 'cd', strict=True)))
attempt(map)
attempt(map, 1)
attempt(filter, 1)
attempt(lambda: list(map(lambda a, b: a, [1])))
print(list(map(str, range(3))), list(map(max, [1, 5], [3, 2])), list(map(lambda *a: a, 'ab', 'cd', 'ef')))
print(list(filter(None, [0, 1, '', 'a'])), list(filter(bool, [0, 2])), list(filter(lambda x: x % 2, range(6))))


def broken():
    yield 1
    raise ValueError('inside')


attempt(lambda: list(map(str, broken())))
attempt(lambda: list(zip(broken(), [1, 2])))
attempt(lambda: [*broken()])
attempt(lambda: dict.fromkeys(broken()))
attempt(lambda: set(broken()))
attempt(lambda: tuple(broken()))
attempt(next, iter([]), 'default')
attempt(iter, 5)
attempt(iter, 5, 5)


class NotIterator:
    def __iter__(self):
        return 5


attempt(iter, NotIterator())
attempt(lambda: [*NotIterator()])
a, *b = enumerate('xyz')
print(a, b)
print(max(zip([3, 1], 'ab')), sum(map(int, '123')), sorted(zip('ba', [1, 2])), dict(enumerate('ab')))
