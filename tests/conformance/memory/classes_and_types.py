# What classes, instances and methods hold.
import gc
import sys
import weakref
from sys import getrefcount as count


class A:
    def method(self):
        pass


base = count(A)
a = A()
print(count(A) - base)
b = A()
print(count(A) - base)
del a
print(count(A) - base)


class B(A):
    pass


print(count(A) > base, len(A.__subclasses__()))
m = b.method
print(count(b), m.__self__ is b, count(A.method))
n = b.method
print(m is n, m == n, count(b))
del m, n
print(count(b))
b.callback = b.method
print(count(b))
del b.callback
print(count(b))
ref = weakref.ref(B)
del B
print(ref() is not None, gc.collect() > 0, ref(), len(A.__subclasses__()))
d = b.__dict__
print(count(d), count(b), d is b.__dict__)
b.x = []
print(count(b.x), count(d['x']))
del d
s = A()
s.__dict__ = {'y': b}
print(count(b), s.y is b)
s.__dict__ = {}
print(count(b))


class Slots:
    __slots__ = ('a', 'b')


o = Slots()
o.a = b
print(count(b))
o.b = b
print(count(b))
del o.a
print(count(b))
o.b = None
print(count(b))
try:
    o.c = 1
except AttributeError as error:
    print(error)


class Prop:
    @property
    def p(self):
        return count(self)


p = Prop()
print(p.p, count(p))


class Descriptor:
    def __get__(self, instance, owner):
        return count(instance) if instance is not None else None

    def __set__(self, instance, value):
        print('set', count(instance), count(value))


class Uses:
    d = Descriptor()


u = Uses()
print(u.d, Uses.d)
u.d = []


class Meta(type):
    def __call__(cls, *args):
        instance = super().__call__(*args)
        print('created', count(instance))
        return instance


class Made(metaclass=Meta):
    def __init__(self):
        print('init', count(self))


made = Made()
print(count(made))


class New:
    def __new__(cls):
        self = super().__new__(cls)
        print('new', count(self))
        return self

    def __init__(self):
        print('init', count(self))


n = New()
print(count(n))
Dynamic = type('Dynamic', (), {'v': n})
print(count(n))
del Dynamic
gc.collect()
print(count(n))
