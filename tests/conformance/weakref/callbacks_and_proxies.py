# Weak references of every kind: callbacks, proxies, containers, finalizers.
import weakref, gc
class A:
    def __init__(s,n): s.n=n
    def __repr__(s): return f'A{s.n}'
def cb(n): return lambda r: print('cb',n,r() is None)
a=A(1); r1=weakref.ref(a,cb(1)); r2=weakref.ref(a,cb(2)); r3=weakref.ref(a); r4=weakref.ref(a,cb(4)); del a
a=A(2); r1=weakref.ref(a,cb('kept')); weakref.ref(a,cb('dropped')); del r1; del a
a=A(3); r=weakref.ref(a,lambda r: 1/0); del a
import sys
a=A(4); a.r=weakref.ref(a,cb('own')); del a
gc.collect()
a=A(5); b=A(6); a.o=b; b.o=a; ra=weakref.ref(a,cb('a')); rb=weakref.ref(b,cb('b')); del a,b; print(gc.collect())
a=A(7); b=A(8); a.o=b; b.o=a; a.r=weakref.ref(b,cb('inside cycle')); del a,b; print(gc.collect())
class S: __slots__=('__weakref__',)
s=S(); r=weakref.ref(s); print(r() is s); del s; print(r())
class NoWeak: __slots__=()
try: weakref.ref(NoWeak())
except TypeError as e: print(e)
a=A(9); p=weakref.proxy(a,cb('proxy')); print(p.n, repr(p), p==a, type(p) is weakref.ProxyType); p.n=10; print(a.n); del a
try: print(p.n)
except ReferenceError as e: print(e)
class C:
    def __call__(s): return 'called'
    def __len__(s): return 3
    def __iter__(s): return iter('xyz')
    def __bool__(s): return False
    def __add__(s,o): return 'sum'
    def __getitem__(s,i): return i
c=C(); p=weakref.proxy(c); print(p(), len(p), list(p), bool(p), p+1, p[5], isinstance(p,C), type(p), p.__class__, 'y' in p)
d=weakref.WeakValueDictionary(); k=A(11); d['k']=k; print(list(d), d.get('k'), 'k' in d, len(d)); it=iter(d.items()); next(it); del k; print(len(d), list(d.keys()))
d=weakref.WeakKeyDictionary(); k=A(12); d[k]='v'; print(d[k], len(d)); k2=k; del k; print(len(d)); del k2; print(len(d))
ws=weakref.WeakSet(); k=A(13); ws.add(k); ws.add(k); print(len(ws), k in ws, list(ws)); 
for q in ws: pass
del q
del k; print(len(ws))
f=weakref.finalize(A(14),print,'gone'); print(f.alive)
o=A(15); f=weakref.finalize(o,print,'fin',1,x=2) if 0 else weakref.finalize(o,print,'fin',1); print(f.peek()[1:]); print(f()); print(f(), f.alive); del o
o=A(16); f=weakref.finalize(o,print,'never'); print(f.detach()[1:]); del o; print(f.alive)
o=A(17); r=weakref.ref(o); print(r==weakref.ref(o), hash(r)==hash(o), weakref.getweakrefcount(o), len(weakref.getweakrefs(o)), r.__callback__); q=weakref.ref(A(18)); print(q==r, q()==None)
try: hash(q)
except TypeError as e: print(e)
class R(weakref.ref):
    __slots__=('x',)
    def __init__(s,o,cb=None,x=1): super().__init__(o,cb); s.x=x
    def __new__(c,o,cb=None,x=1): return super().__new__(c,o,cb)
o=A(19); r=R(o,cb('sub'),5); print(r.x, r() is o, r is R(o)); del o
def fn(): pass
r=weakref.ref(fn); print(r() is fn); del fn; print(r())
g=(i for i in []); r=weakref.ref(g); del g; print(r())
m=A(20).__repr__; 
try: r=weakref.ref(m); del m; print(r())
except TypeError as e: print(e)
