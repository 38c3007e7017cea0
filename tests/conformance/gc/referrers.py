import gc
class A:
    pass
a = A()
l = [a]
d = {"k": a}
t = (a, a)
kinds = sorted(type(r).__name__ for r in gc.get_referrers(a))
print(kinds)
print(gc.get_referents(l) == [a], gc.get_referents(t) == [a, a])
print(gc.get_referents(1), gc.get_referents("x"), gc.get_referents())
a.x = l
print([type(r).__name__ for r in gc.get_referents(a)])
a.__dict__
print([type(r).__name__ for r in gc.get_referents(a)])
print([type(r).__name__ for r in gc.get_referents(d)])
for o in (1, "s", (), (1,), [], {}, {"a": 1}, {"a": []}, A, a, len, print, None, frozenset(), set(), b"", range(3), iter([]), A.__init__):
    print(type(o).__name__, gc.is_tracked(o))
def f(x, y=[]):
    return lambda: x
print([type(r).__name__ for r in gc.get_referents(f)])
print([type(r).__name__ for r in gc.get_referents(f(1))])
print([type(r).__name__ for r in gc.get_referents(f.__code__)])
