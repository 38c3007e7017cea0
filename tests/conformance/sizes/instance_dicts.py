# Instances: key-sharing tables, when values become a dict, sizes of __dict__ and of the class.
from sys import getsizeof as size


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


sizes = []
for i in range(35):
    p = Point(i, i)
    sizes.append(size(p.__dict__))
print(sizes)
print(size(p), size(vars(p)))


class Many:
    pass


for n in (1, 5, 10, 25, 28, 29, 30, 31, 40):
    m = Many()
    for i in range(n):
        setattr(m, 'a%d' % i, i)
    print(n, size(m.__dict__), len(m.__dict__))


class Order:
    pass


a = Order()
a.one = 1
a.two = 2
b = Order()
b.two = 2
b.one = 1
print(list(a.__dict__), list(b.__dict__), size(a.__dict__), size(b.__dict__))
del b.two
b.two = 3
print(list(b.__dict__), b.__dict__)
c = Order()
c.one = 1
del c.one
print(c.__dict__, size(c.__dict__))
c.__dict__['not an identifier'] = 1
print(size(c.__dict__), c.__dict__)
c.__dict__[5] = 1
print(size(c.__dict__), c.__dict__)
d = Order()
d.x = 1
copied = d.__dict__.copy()
print(size(copied), size(dict(d.__dict__)), size({**d.__dict__}), copied)
d.__dict__ = {'a': 1}
print(d.a, size(d.__dict__), hasattr(d, 'x'))
d.b = 2
print(d.__dict__, size(d.__dict__))
e = Order()
e.x = 1
popped = e.__dict__.popitem()
print(popped, size(e.__dict__))
e.y = 1
print(size(e.__dict__))
e.__dict__.clear()
print(size(e.__dict__))
e.z = 1
print(size(e.__dict__), e.__dict__)


class Slots:
    __slots__ = ('a', 'b')


class SlotsAndDict(Slots):
    pass


s = SlotsAndDict()
s.a = 1
s.c = 2
print(size(Slots()), size(s), size(s.__dict__), s.__dict__)


class FromList(list):
    pass


f = FromList([1, 2])
f.x = 1
print(size(f), size(f.__dict__), size(FromList()), size(type('T', (tuple,), {})((1, 2))), size(type('I', (int,), {})(5)))
f.__dict__.update(a=1, b=2)
print(f.__dict__, size(f.__dict__))


class FromDict(dict):
    pass


g = FromDict(a=1)
g.attribute = 1
print(size(g), size(FromDict()), size(g.__dict__))
o = Order()
print(o.__dict__ == {}, size(o.__dict__))
try:
    del o.missing
except AttributeError as error:
    print(error)
o.__dict__.setdefault('k', 1)
print(o.k, o.__dict__.pop('k'), o.__dict__)
for name in ('q', 'r', 's'):
    setattr(o, name, name)
print([k for k in o.__dict__], [v for v in o.__dict__.values()], list(reversed(o.__dict__)))
del o.r
print(list(o.__dict__.items()), list(reversed(o.__dict__.items())))
