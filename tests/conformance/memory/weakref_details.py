# Weak references: callbacks, order, reuse, subclass, what cannot be referenced.
import gc
import sys
import weakref


class Obj:
    pass


class Slotted:
    __slots__ = ('x',)


class WithWeak:
    __slots__ = ('x', '__weakref__')


o = Obj()
r1 = weakref.ref(o)
r2 = weakref.ref(o)
r3 = weakref.ref(o, lambda r: print('callback 3'))
r4 = weakref.ref(o, lambda r: print('callback 4'))
print(r1 is r2, r1 is r3, r3 is r4, weakref.getweakrefcount(o), sys.getrefcount(o))
print(r3.__callback__ is not None, r1.__callback__)
del o
print(r1() is None, r3.__callback__)
try:
    weakref.ref(Slotted())
except TypeError as error:
    print(error)
print(weakref.ref(WithWeak())())
for value in (1, 'a', (), {}, None, 1.5):
    try:
        weakref.ref(value)
    except TypeError as error:
        print(error)
s = {1, 2}
rs = weakref.ref(s)
print(rs() == {1, 2})
del s
print(rs())


def function():
    pass


rf = weakref.ref(function)
rc = weakref.ref(Obj)
print(rf() is function, rc() is Obj)
del function
print(rf())
instance = Obj()


class Ref(weakref.ref):
    def __init__(self, target, callback=None, tag=None):
        super().__init__(target, callback)
        self.tag = tag

    def __new__(cls, target, callback=None, tag=None):
        return super().__new__(cls, target, callback)


tagged = Ref(instance, tag='label')
print(tagged.tag, tagged() is instance, isinstance(tagged, weakref.ref))


class Method:
    def go(self):
        pass


m = Method()
dead = weakref.ref(m.go)
print(dead())


def failing(r):
    raise ValueError('in a callback')


e = Obj()
re = weakref.ref(e, failing)
del e
print('after a failing callback')
h = Obj()
rh = weakref.ref(h)
print(hash(rh) == hash(h))
del h
print(hash(rh) == hash(rh))
k = weakref.ref(Obj())
try:
    hash(k)
except TypeError as error:
    print(error)
a, b = Obj(), Obj()
ra, rb = weakref.ref(a), weakref.ref(b)
print(ra == rb, ra == weakref.ref(a), ra != rb, {ra: 1}[weakref.ref(a)])
del a, b
print(ra == rb, ra == ra)
