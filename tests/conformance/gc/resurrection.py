# Finalizers that save their object.
import gc, weakref
saved=[]
class R:
    def __init__(s,n): s.n=n
    def __del__(s): print('del',s.n); saved.append(s)
x=R(1); r=weakref.ref(x); del x; print(saved[0].n, r()); saved.clear(); print('cleared')
x=R(2); x.me=x; r=weakref.ref(x); del x; print(gc.collect(), r(), len(saved)); saved.clear(); print(gc.collect())
a=R(3); b=R(4); a.o=b; b.o=a; del a,b; print(gc.collect()); print(sorted(q.n for q in saved)); saved.clear(); print(gc.collect(), len(saved))
class Part:
    def __init__(s): s.child=R(5)
    def __del__(s): print('part'); saved.append(s.child)
p=Part(); del p; print(len(saved)); saved.clear()
class Again:
    n=0
    def __del__(s): Again.n+=1; global keep; keep=s
keep=Again(); keep=None; print(Again.n, keep is not None); keep=None; print(Again.n, keep)
class Bad:
    def __del__(s): raise ValueError('in del')
Bad(); print('after bad')
import sys
def hook(u): print('hook', u.exc_type.__name__, u.exc_value, u.err_msg, u.object.__qualname__ if hasattr(u.object,'__qualname__') else u.object)
sys.unraisablehook=hook
Bad()
class BadCycle:
    def __del__(s): raise KeyError
b=BadCycle(); b.b=b; del b; print(gc.collect())
gc.disable()
l=[R(i) for i in range(6,9)]
for q in l: q.l=l
del l,q
print(gc.collect(), sorted(z.n for z in saved)); print(gc.garbage); saved.clear(); print(gc.collect())
