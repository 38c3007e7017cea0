# sys.getsizeof of built-in types, and how it grows.
import sys
from sys import getsizeof as s
class A: pass
class B: __slots__=('a','b')
class C(B): __slots__=()
class D(B): pass
class E(dict): pass
class F(list): __slots__=()
class G(int): pass
class H(str): pass
class I(tuple): pass
class J(Exception): pass
class K: __slots__=('__weakref__','__dict__')
for o in (A(),B(),C(),D(),E(),F(),G(5),G(),H('abc'),H(''),H('é'),H('€'),I(),I((1,2)),J(),J(1),K(),A,B,J,type,object,A.__dict__):
    print(type(o).__name__, s(o))
def f(a,b=1,*c,d=2,**e):
    x=1
    def g(): return x
    return g
print(s(f),s(f.__code__),s(f(1)),s(f(1).__closure__),s(f(1).__closure__[0]),s(f(1).__code__), s(f.__defaults__), s(f.__kwdefaults__))
def g():
    a=b=c=1
    yield 1
async def co(): pass
async def ag(): yield 1
gg=g(); print(s(gg),s(ag())); c=co(); print(s(c)); c.close(); next(gg); print(s(gg), s(gg.gi_frame)); print(s((x for x in [1])))
print(s(sys._getframe()), s(A().__init__), s([].append), s(len), s(A.__init__), s(str.join), s(property()), s(staticmethod(f)), s(classmethod(f)), s(super(A,A())))
for n in range(0,70,3): print(s([0]*n), s((0,)*n), s('a'*n), s(b'a'*n), s(bytearray(n)), s({i:i for i in range(n)}), s(set(range(n))), s(frozenset(range(n))), s(2**(n*7)), end='; ')
print()
l=[]
z=[]
for i in range(200):
    l.append(i); z.append(s(l))
print(sorted(set(z)))
z=[]
while l:
    l.pop(); z.append(s(l))
print(z[::7])
l=[]
for i in range(50): l.insert(0,i); l.extend([1,2]); 
print(s(l)); del l[10:]; print(s(l)); l[2:4]=range(20); print(s(l)); l*=3; print(s(l)); l+=l; print(s(l)); l.clear(); print(s(l)); l=list(range(10)); l.remove(3); print(s(l)); l=[*range(5)]; print(s(l)); l=[1,2]+[3]; print(s(l)); l=sorted(range(7)); print(s(l)); l=list('abcdef'); print(s(l)); l=list(x for x in range(9)); print(s(l)); l=[x for x in range(9)]; print(s(l)); print(s(list(map(str,range(9)))), s(list({1:2,3:4})), s(list(zip([1,2,3]))), s(list(reversed([1,2,3]))), s([1,2,3,4].copy()), s(list((1,2,3))))
d={}
z=[]
for i in range(200): d[i]=1; z.append(s(d))
print(sorted(set(z)))
for i in range(190): del d[i]
print(s(d)); d[1000]=1; print(s(d)); print(s(d.copy()), s(dict(d)), s({**d}), s(d|{}), s(dict.fromkeys(range(10))), s(dict(a=1,b=2)), s({'a':1}), s(dict([(1,2)])), s({'a':1,2:3}), s({k:1 for k in 'abc'}))
x=set()
z=[]
for i in range(300): x.add(i); z.append(s(x))
print(sorted(set(z))); print(s(x.copy()), s(set(x)), s(frozenset(x)), s(x|{1}), s(x-set(range(290))), s({1,2,3}), s(set('abcdef')))
b=bytearray()
z=[]
for i in range(100): b.append(1); z.append(s(b))
print(sorted(set(z))); b.extend(b'abc'); print(s(b)); del b[:90]; print(s(b)); b.clear(); print(s(b)); print(s(bytearray(b'abc')), s(bytearray(10)))
a=A(); print(s(a),s(a.__dict__)); a.x=1; print(s(a.__dict__)); 
for i in range(40): setattr(a,'k%d'%i,i)
print(s(a.__dict__)); b=A(); b.x=1; print(s(b.__dict__), s(vars(A())))
import array,collections,itertools,types,weakref,enum,dataclasses,datetime
if 0: print(s(array.array('i')),s(array.array('i',[1,2,3])),s(collections.deque()),s(collections.deque(range(200))),s(collections.OrderedDict()),s(collections.OrderedDict(a=1)),s(collections.defaultdict(int)),s(collections.Counter('abc')),s(collections.namedtuple('N','a b')(1,2)), s(collections.ChainMap()))
print(s(weakref.ref(A)),s(types.SimpleNamespace(a=1)),s(types.MappingProxyType({})),s(itertools.count()),s(itertools.chain()),s(range(5)),s(slice(1)),s(iter([])),s(iter(())),s(iter('')),s(iter({})),s(iter({}.items())),s({}.keys()),s(enumerate([])),s(zip()),s(map(str,[])),s(filter(None,[])),s(reversed([])),s(memoryview(b'')),s(None),s(...),s(NotImplemented),s(True),s(1.5),s(1j),s(sys),s(object()))
@dataclasses.dataclass
class DC: a:int; b:int=2
@dataclasses.dataclass(slots=True)
class DS: a:int; b:int=2
print(s(DC(1)),s(DC(1).__dict__),s(DS(1)))
class EN(enum.Enum): A=1
print(s(EN.A), s(EN))
class SZ:
    def __sizeof__(self): return 100
class SZ2:
    __slots__=()
    def __sizeof__(self): return 100
class SZ3(int):
    def __sizeof__(self): return -1
print(s(SZ()),s(SZ2()))
class Bad:
    def __sizeof__(self): return 'x'
try: s(Bad())
except TypeError as e: print(e)
print(s(Bad(),5))
try: s(SZ3(3))
except ValueError as e: print(e)
print(s(''),s('a'),s('é'),s('é'*5),s('€'),s('😀'),s('a'*100),s(''.join(['a','b'])), s('abc'+'é'), s('abc'.upper()), s(str(12345)))
