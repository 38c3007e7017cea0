# Counts around calls, closures, generators, exceptions and containers.
import sys,gc
from sys import getrefcount as rc
class T: pass
x=T()
def gen(a):
    print('g',rc(a)); b=a; yield rc(a); yield rc(b); del b; yield rc(a)
g=gen(x); print(rc(x)); print(next(g)); print(rc(x),rc(g)); print(next(g)); print(next(g)); g.close(); print(rc(x))
g=gen(x); next(g); del g; print(rc(x))
def d(f):
    print('dec',rc(f)); return f
@d
def q(a=x,*,b=x): return rc(a),rc(b)
print(rc(x),q(),q(x,b=x)); del q; print(rc(x))
def outer():
    y=T()
    def inner(): return rc(y)
    print(rc(y),inner(),inner.__closure__[0].cell_contents is y, rc(y), rc(inner), rc(inner.__closure__[0]))
    return inner
i=outer(); print(i())
try:
    raise ValueError(x)
except ValueError as e:
    print(rc(e),rc(x),rc(e.__traceback__),rc(e.args))
    k=e
print(rc(k),rc(x)); tb=k.__traceback__; print(rc(tb),rc(tb.tb_frame)); del k,tb; print(rc(x))
def f():
    try: raise KeyError(x)
    except KeyError as e:
        try: raise ValueError from e
        except ValueError as z:
            print(rc(e),rc(z),rc(z.__context__),rc(z.__cause__))
f(); print(rc(x))
print(rc(x), [rc(x) for _ in range(2)], (lambda: rc(x))(), {rc(x) for _ in [1]}, list(rc(y) for y in [x]))
l=[x]*3; print(rc(x)); l2=l[:]; print(rc(x)); d={i:x for i in range(3)}; print(rc(x)); d2=d.copy(); print(rc(x)); t=tuple(l); print(rc(x)); s={x}; print(rc(x)); del l,l2,d,d2,t,s; print(rc(x))
m=x.__class__; print(rc(T)); b=T(); print(rc(T)); del b; print(rc(T))
def lf():
    a=x; L=locals(); print(rc(a)); L2=locals(); print(rc(a), L is L2); 
lf(); print(rc(x))
class C:
    a=x
    print(rc(x))
    def m(self): return rc(self)
print(rc(x)); c=C(); print(c.m(), C.m(c), rc(c)); bm=c.m; print(rc(c),rc(bm),bm()); 
it=iter([x]); print(rc(x)); next(it); print(rc(x)); 
e=enumerate([x]); n=next(e); print(rc(x)); del n; print(rc(x)); z=zip([x],[x]); n=next(z); print(rc(x)); del n,z; print(rc(x))
import functools
p=functools.partial(f,x,k=x); print(rc(x)); del p; print(rc(x))
def star(*a,**k): return rc(a) if a else 0,rc(k),rc(a[0]) if a else 0
print(star(x),star(*[x]),star(*(x,)),star(**{'a':x}))
aa=bb=T(); print(rc(aa)); (p1,p2)=(aa,bb); print(rc(aa)); p1,p2=p2,p1; print(rc(aa))
def ret(): return x
print(rc(ret()))
print(rc(T()), rc([]), rc({}), rc(()) > 1000, rc('abc def'), rc(10**10), rc(1.5), rc(lambda:0), rc(object()))
async def co(a): 
    return rc(a)
c=co(x); print(rc(x))
try: c.send(None)
except StopIteration as s: print(s.value)
print(rc(x))
del c
print(rc(x))
globals()['zz']=x; print(rc(x)); del zz; print(rc(x))
exec('yy=x'); print(rc(x)); ns={'x':x}; exec('y=x;z=[x]',ns); print(rc(x)); del ns; gc.collect(); print(rc(x))
print(eval('rc(x)'), eval('rc(x)',{'x':x,'rc':rc}))
