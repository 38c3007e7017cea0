# Classes, descriptors, and the messages of errors.
class Meta(type):
    def __prepare__(name,bases,**k): print('prepare',name,bases,k); return {}
    def __new__(m,name,bases,ns,**k): print('new',name,sorted(n for n in ns if n[0]!='_'),k); return super().__new__(m,name,bases,ns)
    def __init__(c,name,bases,ns,**k): print('init',name,k); super().__init__(name,bases,ns)
    def __call__(c,*a,**k): print('call',a,k); return super().__call__(*a,**k)
    def __instancecheck__(c,o): return True
    def __subclasscheck__(c,o): return True
    def __getattr__(c,n): return 'meta '+n
    def __iter__(c): return iter([c.__name__])
    def __len__(c): return 3
    def __contains__(c,x): return True
    def __getitem__(c,x): return x
    @property
    def p(c): return 'mp'
class Desc:
    def __set_name__(s,o,n): print('set_name',o.__name__,n); s.n=n
    def __get__(s,o,t): return ('get',s.n,o is None)
    def __set__(s,o,v): print('set',s.n,v)
    def __delete__(s,o): print('delete',s.n)
class NonData:
    def __get__(s,o,t): return 'nd'
class A(metaclass=Meta,x=1):
    d=Desc(); nd=NonData()
    def __init_subclass__(c,**k): print('init_subclass',c.__name__,k); super().__init_subclass__()
    def __class_getitem__(c,k): return ('cgi',k)
    def __new__(c,*a): print('A.new',a); return super().__new__(c)
    def __init__(s,*a): print('A.init',a)
class B(A,y=2,z=3): pass
b=B(1,2); print(b.d); b.d=5; del b.d; print(b.nd); b.__dict__['nd']='own'; print(b.nd, A.foo, A.p, isinstance(3,A), issubclass(int,A), list(A), len(A), 3 in A, A[4], A.d)
class X:
    def __getattribute__(s,n):
        if n=='boom': raise AttributeError('boom!')
        return super().__getattribute__(n)
    def __getattr__(s,n): return 'fallback '+n
    def __eq__(s,o): return NotImplemented
    def __lt__(s,o): return NotImplemented
x=X(); print(x.boom,x.zip, x==x, x==1, x!=1)
try: x<1
except TypeError as e: print(e)
class O1:
    def m(self): return 'O1'
class O2(O1):
    def m(self): return 'O2'+super().m()
class O3(O1):
    def m(self): return 'O3'+super().m()
class O4(O2,O3):
    def m(self): return 'O4'+super().m()
print(O4().m(), [c.__name__ for c in O4.__mro__])
try:
    class Bad(O1,O4): pass
except TypeError as e: print(e)
try:
    class Bad2(int,str): pass
except TypeError as e: print(e)
try:
    class Bad3(bool): pass
except TypeError as e: print(e)
class S:
    __slots__=('a','_S__b','__c')
s=S(); s.a=1
for n in ('b','__dict__','zz','__c'):
    try: getattr(s,n)
    except AttributeError as e: print(e)
try: s.q=1
except AttributeError as e: print(e)
try:
    class S2: __slots__=('x',); x=1
except ValueError as e: print(e)
try:
    class S3: __slots__=('1a',)
except TypeError as e: print(e)
class P:
    @property
    def x(self): "doc"; return self._x
    @x.setter
    def x(self,v): self._x=v
    @x.deleter
    def x(self): del self._x
    @staticmethod
    def st(a): return a
    @classmethod
    def cl(c,a): return c.__name__,a
    y=property(lambda s:1)
p=P(); p.x=3; print(p.x,P.x.__doc__,p.st(1),P.cl(2)); del p.x
for f in (lambda: p.x, lambda: setattr(p,'y',1), lambda: delattr(p,'y'), lambda: setattr(P.x,'foo',1), lambda: object().foo, lambda: setattr(object(),'a',1), lambda: setattr(int,'a',1), lambda: int.foo, lambda: None.foo, lambda: p.nope, lambda: P.nope, lambda: (1).real_, lambda: [].appendd, lambda: p(), lambda: 1(), lambda: P(1), lambda: object(1), lambda: int('x'), lambda: len(1), lambda: iter(1), lambda: next([]), lambda: [][0], lambda: {}[0], lambda: (1,)[5], lambda: 'a'[9], lambda: 'a'+1, lambda: 1+'a', lambda: [1]+(2,), lambda: -'a', lambda: 'a'<1, lambda: [1][1.5], lambda: {[]:1}, lambda: hash([]), lambda: abs('a'), lambda: int([]), lambda: float('a'), lambda: 1/0, lambda: 1%0, lambda: 1.0//0, lambda: 0**-1, lambda: 1<<-1, lambda: range(1,2,0), lambda: chr(-1), lambda: ord('ab'), lambda: 'a'.join([1]), lambda: ''.join(1), lambda: b'a'+'a', lambda: 'a' in 1, lambda: 1 in 'a', lambda: isinstance(1,1), lambda: issubclass(1,int), lambda: P.cl(), lambda: p.st(), lambda: (lambda a,b:0)(1), lambda: (lambda a:0)(1,2), lambda: (lambda *,a:0)(), lambda: (lambda a:0)(b=1), lambda: (lambda a,/:0)(a=1), lambda: (lambda a:0)(1,a=1), lambda: print(foo=1), lambda: sorted(1), lambda: sorted([1,'a']), lambda: max(), lambda: max([]), lambda: min(1), lambda: sum('ab'), lambda: sum(['a'],''), lambda: zip(1), lambda: map(1), lambda: enumerate(), lambda: open('/nonexistent'), lambda: __import__('nonexist'), lambda: exec('import os.nonexist'), lambda: exec('from os import nonexist'), lambda: super().x, lambda: undefined_name, lambda: type('A',(1,),{}), lambda: type(1,2), lambda: bytes([300]), lambda: bytes('a'), lambda: bytearray(-1), lambda: 'a'.encode('nope'), lambda: b'\xff'.decode(), lambda: 'é'.encode('ascii'), lambda: int('1'*5000), lambda: '%d'%'a', lambda: '%s %s'%1, lambda: '%s'%(1,2), lambda: '%z'%1, lambda: '{}'.format(), lambda: '{a}'.format(), lambda: '{:d}'.format('a'), lambda: format(1,'s'), lambda: f'{1:z}', lambda: complex('a'), lambda: round('a'), lambda: divmod(1,0), lambda: pow(2,-1,0), lambda: [1,2].index(3), lambda: [].pop(), lambda: [].remove(1), lambda: {}.popitem(), lambda: set().pop(), lambda: {1}.remove(2), lambda: (1,).index(2), lambda: 'a'.index('b'), lambda: memoryview(1), lambda: slice(), lambda: [1,2,3].__setitem__(slice(0,3,2),[1]), lambda: dict([1]), lambda: dict([(1,2,3)]), lambda: dict(1), lambda: {}.update(1), lambda: setattr(1,'a',2), lambda: getattr(1,2), lambda: vars(1), lambda: dir(1,2), lambda: eval('1+'), lambda: compile('a','b','c'), lambda: input(1,2), lambda: id(), lambda: callable(), lambda: iter(1,2), lambda: reversed(1), lambda: reversed({1})):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
