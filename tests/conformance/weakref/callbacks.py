# Order of callbacks, and what they see.
import _weakref as weakref, gc
gc.disable()
log = []
class A:
    def __init__(self, name): self.name = name
    def __del__(self): log.append(("del", self.name, [w() is not None for w in refs]))
refs = []
a = A("a")
for i in range(3):
    refs.append(weakref.ref(a, lambda r, i=i: log.append(("cb", i, [w() is None for w in refs]))))
del a
print(*log, sep="\n"); log.clear(); refs.clear()

# cleared by the collector: before __del__
a = A("cycle"); a.me = a
refs.append(weakref.ref(a, lambda r: log.append(("cb",))))
del a
gc.collect()
print(*log, sep="\n"); log.clear(); refs.clear()

# a reference that is garbage itself does not call back
a = A("both"); a.me = a
a.ref = weakref.ref(a, lambda r: log.append("never"))
del a
gc.collect()
print(log); log.clear()

# an exception in a callback
import sys
sys.unraisablehook = lambda u: print("unraisable", repr(u.exc_value), u.object.__name__)
a = A("x")
def bad(r): raise ValueError("no")
r = weakref.ref(a, bad)
del a

# resurrection keeps references alive when the last reference is dropped
class P:
    def __del__(self):
        global kept
        kept = self
p = P()
r = weakref.ref(p, lambda r: print("cb of p"))
del p
print(r() is kept)
del kept
print(r())
