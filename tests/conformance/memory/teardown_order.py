# What dies when at the end of a program.
import atexit, weakref, sys
class D:
    def __init__(s,n): s.n=n
    def __del__(s): print('del', s.n, sys is not None)
a=D('a'); _b=D('_b'); c=D('c'); cyc=D('cyc'); cyc.me=cyc
atexit.register(print,'atexit 1'); atexit.register(print,'atexit 2')
weakref.finalize(a,print,'finalize a')
def f():
    x=D('x'); y=D('y'); z=D('z')
    return z
r=f()
class M:
    attr=D('class attr')
m=M()
l=[D('l0'),D('l1')]; d={1:D('d1'),2:D('d2')}; t=(D('t0'),D('t1')); s={D('s')}
gen=(q for q in [D('g')]); next(gen)
def closure():
    v=D('closure')
    return lambda: v
cl=closure()
def deff(p=D('default')): pass
sys.exitfunc=None
print('end')
