import _weakref as weakref, sys
class A:
    pass
a = A()
r = weakref.ref(a)
print(r is weakref.ref(a), r() is a, weakref.getweakrefcount(a), sys.getrefcount(a))
q = weakref.ref(a, lambda x: print("callback", x() is None, x is q))
print(weakref.getweakrefcount(a), [w is r or w is q for w in weakref.getweakrefs(a)])
print(r == q, r != q, hash(r) == hash(a), r.__callback__, q.__callback__ is not None)
a2 = A()
print(weakref.ref(a2) == r, weakref.ref(a2) == weakref.ref(a2))
del a
print(r(), q(), r == q, r == r, hash(r) == hash(r))
try:
    hash(weakref.ref(A()))
except TypeError as e:
    print(e)
for bad in (1, "x", [], (), {}, None):
    try:
        weakref.ref(bad)
    except TypeError as e:
        print(e)
for args in ((), (1, 2, 3)):
    try:
        weakref.ref(*args)
    except TypeError as e:
        print(e)
class Ref(weakref.ref):
    __slots__ = ("key",)
    def __new__(cls, o, callback, key):
        self = super().__new__(cls, o, callback)
        self.key = key
        return self
    def __init__(self, o, callback, key):
        super().__init__(o, callback)
a = A()
k = Ref(a, None, 7)
print(k.key, k() is a, weakref.ref(a) is k, weakref.getweakrefcount(a))
s = {1, 2}
print(weakref.ref(s)() is s, weakref.ref(A)() is A, weakref.ref(len)() is len)
print(repr(weakref.ref(a)).split(" at ")[0], repr(r).split("; ")[1])
