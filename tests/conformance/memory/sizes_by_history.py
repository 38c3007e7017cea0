# A container's size tells how it was built.
from sys import getsizeof as size

print(size([1, 2, 3]), size(list((1, 2, 3))), size([x for x in (1, 2, 3)]), size(list(range(3))), size([1] + [2, 3]), size([1, 2, 3][:]))
a = []
for n in range(5):
    a.append(n)
print(size(a))
a.extend([1, 2, 3])
print(size(a))
a.insert(0, 9)
print(size(a))
a += [1] * 10
print(size(a))
del a[5:]
print(size(a))
a.clear()
print(size(a))
print(size(list(x for x in range(10))), size(sorted(range(10))), size(list('abc')), size('a b c'.split()), size(list({1: 2})))
d = {}
d['a'] = 1
print(size(d), size({'a': 1}), size(dict(a=1)), size({1: 1}), size(dict([(1, 1)])))
big = {str(i): i for i in range(100)}
print(size(big), size(big.copy()), size(dict(big)))
for i in range(95):
    del big[str(i)]
print(size(big), size(big.copy()), size(dict(big)))
s = {1, 2, 3}
print(size(s), size(s.copy()), size(s | {4, 5}), size(set(range(5))), size(frozenset(s)))
print(size((1, 2)), size((1, 2) + (3,)), size(tuple([1, 2, 3])), size(()), size('' + 'a'), size('é'), size('aé'), size('€' * 10))
print(size(2 ** 15), size(2 ** 30 - 1), size(2 ** 30), size(2 ** 60), size(-(2 ** 90)), size(0), size(True))


class Empty:
    pass


class Slots:
    __slots__ = ('a', 'b')


class Child(Slots):
    pass


class Inherits(list):
    pass


e = Empty()
print(size(e), size(Slots()), size(Child()), size(Inherits()), size(Inherits([1, 2])))
e.x = 1
print(size(e), size(e.__dict__))
e.y = 2
f = Empty()
f.x = 1
print(size(e.__dict__), size(f.__dict__))


def function(a, b=1):
    c = a
    return c


print(size(function), size(range(5)), size(slice(1)), size(iter([])), size(iter(())), size(iter({})), size(None), size(1.5), size(1j))
print(size(b''), size(b'abc'), size(bytearray()), size(enumerate([])), size(zip()), size(object()), size(Exception()), size(int), size(Empty))
