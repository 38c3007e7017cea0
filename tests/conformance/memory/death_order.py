# The order in which things die.
class D:
    def __init__(s,n): s.n=n
    def __del__(s): print('del',s.n)
def f(a,b):
    c=D('c'); d=D('d')
    print('return')
    return None
f(D('a'),D('b'))
x=[D(1),D(2),D(3)]; x.clear(); print('-')
x=[D(4),D(5)]; del x; print('-')
x={D('k'):D('v')}; x.clear(); print('-')
x=(D(6),D(7)); del x; print('-')
x=[D(i) for i in range(8,12)]; x[1:3]=[]; print('-'); x[0]=None; print('-'); x.pop(); print('-'); del x[0]; print('-')
x=D('old'); x=D('new'); print('-'); x=None
def g():
    with C() as c: print('in')
    print('after')
class C:
    def __enter__(s): return D('ctx')
    def __exit__(s,*a): print('exit')
g()
def h():
    for i in map(D,'pq'): print(i.n)
    print('loop done')
h(); print('-')
def e():
    try: raise ValueError(D('exc'))
    except ValueError as z: print('caught')
    print('after except')
e(); print('-')
def gen():
    loc=D('loc')
    try: yield 1
    finally: print('finally')
i=gen(); next(i); del i; print('-')
def nest():
    a=D('outer')
    def inner(): return a
    print('def inner')
nest(); print('-')
D('temp'); print('-')
D('l').n + D('r').n; print('-')
[D('in list')]; print('-')
print(D('arg').n); print('-')
(lambda q: print('lambda'))(D('q')); print('-')
y=[D('sw1')]; y[0],z=D('sw2'),y[0]; print('-'); del y; print('-'); del z
class Holder: pass
hh=Holder(); hh.a=D('attr1'); hh.b=D('attr2'); hh.a=None; print('-'); del hh
def rec(n):
    o=D(n)
    if n: rec(n-1)
rec(3); print('-')
s=D('aug'); 
class I:
    def __iadd__(s,o): print('iadd'); return s
q=I(); q+=D('rhs'); print('-')
import sys
a=b=D('shared'); del a; print('one left'); del b
def dflt(x=D('dd')): pass
del dflt; print('-')
a,b=D('u1'),D('u2'); a=b=None; print('-')
it=iter([D('it1'),D('it2')]); next(it); print('next'); del it; print('-')
z=zip([D('z1')],[D('z2')]); n=next(z); del n; print('zip'); del z
d=dict(a=D('da'),b=D('db')); d['a']=D('da2'); print('-'); d.pop('b'); print('-'); d.update(a=None); print('-')
st={D('st')}; st.pop(); print('-')
