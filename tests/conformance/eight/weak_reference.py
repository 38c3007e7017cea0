# Weak references do not keep, and tell when their object goes.
import gc
import sys
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f'Thing({self.name!r})'


thing = Thing('one')
ref = weakref.ref(thing)
print(ref() is thing, ref(), sys.getrefcount(thing))
print(weakref.ref(thing) is ref, sys.getrefcount(ref))
print(weakref.getweakrefcount(thing), weakref.getweakrefs(thing) == [ref])


def gone(dead):
    print('gone', dead is watched, dead())


watched = weakref.ref(thing, gone)
print(watched is ref, weakref.getweakrefcount(thing))
other = thing
del thing
print('still there', ref())
del other
print('now', ref(), watched())
print(ref == watched, ref == ref)

a = Thing('a')
b = Thing('b')
a.other = b
b.other = a
ra = weakref.ref(a, lambda r: print('a gone'))
rb = weakref.ref(b, lambda r: print('b gone'))
del a, b
print(ra() is not None, rb() is not None)
print('collected', gc.collect())
print(ra(), rb())

c = Thing('c')
d = Thing('d')
rc = weakref.ref(c)
print(hash(rc) == hash(c), rc == weakref.ref(c), rc == weakref.ref(d))
try:
    weakref.ref(5)
except TypeError as error:
    print(error)
try:
    weakref.ref([])
except TypeError as error:
    print(error)
function_ref = weakref.ref(gone)
print(function_ref() is gone)
