import _weakref as weakref
class A:
    def __init__(self, v): self.v = v
    def __add__(self, o): return ("add", self.v, o)
    def __radd__(self, o): return ("radd", o, self.v)
    def __len__(self): return self.v
    def __getitem__(self, k): return k
    def __contains__(self, k): return k == self.v
    def __iter__(self): return iter([self.v])
    def __bool__(self): return False
    def __str__(self): return "A!"
    def __eq__(self, o): return o == self.v
    def __hash__(self): return 5
    def __index__(self): return self.v
    def __neg__(self): return -self.v
a = A(3)
p = weakref.proxy(a)
print(type(p), p is weakref.proxy(a), p.v, p + 1, 1 + p, len(p), p["k"], 3 in p, list(p), bool(p), str(p), p == 3, -p)
p.w = 5
print(a.w, hasattr(p, "nope"), [10, 11, 12, 13][p], isinstance(p, A), p.__class__)
del p.w
try:
    hash(p)
except TypeError as e:
    print(e)
try:
    next(p)
except TypeError as e:
    print(e)
def f(x): return x * 2
class C:
    def __call__(self, *a, **k): return (a, k)
c = C()
q = weakref.proxy(c)
print(type(q), q(1, b=2))
del a, c
for op in (lambda: p.v, lambda: p + 1, lambda: len(p), lambda: str(p), lambda: q(), lambda: p == 3, lambda: setattr(p, "x", 1)):
    try:
        op()
    except ReferenceError as e:
        print("ReferenceError", e)
