# What special methods see of their operands' counts.
import sys, gc, weakref
from sys import getrefcount as rc
# operands and temporaries inside special methods
class V:
    def __add__(s,o): print('add',rc(s),o if type(o) is int else rc(o)); return s
    def __radd__(s,o): print('radd',rc(s),o); return s
    def __iadd__(s,o): print('iadd',rc(s),rc(o)); return s
    def __neg__(s): print('neg',rc(s)); return s
    def __lt__(s,o): print('lt',rc(s),rc(o)); return True
    def __eq__(s,o): print('eq',rc(s),rc(o)); return True
    def __hash__(s): print('hash',rc(s)); return 1
    def __getitem__(s,k): print('getitem',rc(s),rc(k)); return s
    def __setitem__(s,k,v): print('setitem',rc(s),rc(k),rc(v))
    def __delitem__(s,k): print('delitem',rc(s),rc(k))
    def __contains__(s,k): print('contains',rc(s),rc(k)); return True
    def __call__(s,*a,**k): print('call',rc(s),[rc(x) for x in a],[rc(x) for x in k.values()]); return s
    def __getattr__(s,n): print('getattr',rc(s)); return s
    def __enter__(s): print('enter',rc(s)); return s
    def __exit__(s,*a): print('exit',rc(s),[rc(x)if x is not None else 0 for x in a][1:2]); return True
    def __iter__(s): print('iter',rc(s)); return iter([s])
    def __bool__(s): print('bool',rc(s)); return True
    def __len__(s): print('len',rc(s)); return 1
    def __index__(s): print('index',rc(s)); return 1
    def __int__(s): print('int',rc(s)); return 1
    def __float__(s): print('float',rc(s)); return 1.0
    def __str__(s): print('str',rc(s)); return 's'
    def __repr__(s): print('repr',rc(s)); return 'r'
    def __format__(s,f): print('format',rc(s)); return 'f'
    def __mul__(s,o): print('mul',rc(s),rc(o)); return s
    def __matmul__(s,o): print('matmul',rc(s),rc(o)); return s
    def __pow__(s,o,m=None): print('pow',rc(s),rc(o)); return s
    def __rpow__(s,o): print('rpow',rc(s),o); return s
    def __divmod__(s,o): print('divmod',rc(s),rc(o)); return s
    def __round__(s,n=None): print('round',rc(s)); return s
    def __reversed__(s): print('reversed',rc(s)); return iter([])
    def __abs__(s): print('abs',rc(s)); return s
    def __instancecheck__(s,o): return True
    def __setattr__(s,n,v): print('setattr',rc(s),rc(v))
    def __delattr__(s,n): print('delattr',rc(s))
    def __dir__(s): print('dir',rc(s)); return []
    def __sizeof__(s): print('sizeof',rc(s)); return 10
    def __missing__(s,k): return 1
v=V(); w=V()
def t():
    a=v; b=w
    a+b; a+1; 1+a; a+=b; -a; a<b; a==b; a!=b; {a:1}; a[b]; a[b]=a; del a[b]; b in a; a(b,x=b); a.zz; 
    with a as q: pass
    with a: raise ValueError
    for i in a: pass
    [i for i in a]; if_=1 if a else 2
    not a; len(a); [1,2][a]; int(a); float(a); str(a); repr(a); f'{a}'; f'{a!r}'; f'{a!s:>3}'; '%s %r'%(a,b); format(a); '{}'.format(a)
    a*b; a@b; a**b; pow(a,b); 2**a; divmod(a,b); round(a); list(reversed(a)); abs(a); a.q=b; del a.q; dir(a); sys.getsizeof(a)
    a and b; a or b; x,=a; [*a]; (*a,*b); {*a}; a if a else b; a is b; sorted([a,b]); max(a,b); min([a,b]); sum([a,b],a); any([a]); all([a,b])
    list(map(lambda q:q,a)); list(zip(a,b)); list(enumerate(a)); list(filter(None,[a])); dict.fromkeys([a]); {1:a}.get(1); [a].index(b); [a].count(b); [a].remove(b); a in [b]; a in (b,); a in {b}; (a,)==(b,); [a]<[b]; {1:a}=={1:b}; set([a])|set([b])
    slice(a,b).indices; range(a); bytes(a); chr(a); hex(a)
    print(rc(a),rc(b))
t()
print(rc(v),rc(w))
