import sys
def show(f):
    try:
        f()
    except Exception as e:
        sys.excepthook(type(e), e, e.__traceback__)
class O:
    pass
o = O(); o.a = O(); x = None; d = {"k": {}}; l = [1]
def f1(): return o.a.b.c
def f2(): return 1 + x + 2
def f3(): return d["k"]["z"]["y"]
def f4(): return l[5] + 1
def f5(): return f6(1, 2)
def f6(a): return a
def f7(): return (1 +
                  x)
def f8(): return o.a(1,
                     2)
def f9(): x()
def f10(): return "é" + x  # comment
def f11(): return (o.a) @ (l)
def f12(): del d["nope"]
def f13(): a, b = l
def f14(): return l . append (1, 2)
def f15(): raise ValueError("plain")
def f16(): assert x, "message"
def f17(): return x[0]
def f18(): l[3] = 1
def f19(): return [i for i in x]
def f20(): return -x ** 2 // l
def f21():
    for i in x: pass
def f22(): o.a.b = o.z.y
def f23(): return    x    <    1
def f24(): return f"{x + 1} {x!r}"
def f25(): import nothing_here
def f26(): from sys import nothing_here
def f27(): return sum(i for i in [1, x])
for n in range(1, 28):
    show(globals()[f"f{n}"])
