# Coroutines, generators, patterns, comprehensions, formats and operators.
import sys
class Aw:
    def __init__(s,v): s.v=v
    def __await__(s):
        r=yield s.v
        return r
async def co(a):
    x=await Aw(a); print('got',x)
    try: y=await Aw(a+1)
    except ValueError as e: print('caught',e); y=0
    finally: print('fin')
    return x,y
c=co(1); print(c.send(None)); print(c.send('one')); 
try: c.throw(ValueError('bad'))
except StopIteration as e: print(e.value)
print(c.cr_frame, c.cr_running, c.cr_await)
async def ag():
    for i in range(3):
        try: yield i
        except GeneratorExit: print('closed'); raise
async def use():
    async for i in ag(): print('i',i)
    print([i async for i in ag() if i], {i:await Aw(i) async for i in ag()})
    g=ag(); print(await g.__anext__()); await g.aclose()
    async with ACM() as a: print(a)
    async with ACM(): raise KeyError('k')
    return 'done'
class ACM:
    async def __aenter__(s): print('aenter'); return 'acm'
    async def __aexit__(s,*a): print('aexit',a[0]); return True
def run(c):
    v=None
    while True:
        try: v=c.send(v)
        except StopIteration as e: return e.value
print(run(use()))
def g():
    try:
        x=yield 1
        print('x',x)
        y=yield from h()
        print('y',y)
    finally: print('g fin')
def h():
    z=yield 2
    print('z',z)
    return 'ret'
i=g(); print(next(i),i.send('a'),i.gi_yieldfrom is not None)
try: i.send('b')
except StopIteration: print('stop')
i=g(); next(i); i.close(); print(i.gi_frame)
i=g(); next(i)
try: i.throw(KeyError('z'))
except KeyError as e: print(e)
def bad():
    try: yield 1
    except GeneratorExit: yield 2
b=bad(); next(b)
try: b.close()
except RuntimeError as e: print(e)
def si(): 
    yield 1
    raise StopIteration('x')
try: list(si())
except RuntimeError as e: print(e, repr(e.__cause__))
match_=lambda v: next(r for r in [kind(v)])
class Pt:
    __match_args__=('x','y')
    def __init__(s,x,y): s.x=x; s.y=y
def kind(v):
    match v:
        case 0 | 1: return 'small'
        case int(n) if n<0: return f'neg {n}'
        case float() | complex(): return 'float'
        case str(s) if s: return 's'+s
        case '' : return 'empty'
        case [a]: return f'one {a}'
        case [a,*rest,z]: return f'{a} {rest} {z}'
        case {'k':{'n':x},**r}: return f'map {x} {r}'
        case Pt(0,y=yy): return f'pt0 {yy}'
        case Pt(x,y): return f'pt {x} {y}'
        case sys.maxsize: return 'max'
        case None|True|False: return 'const'
        case _: return 'other'
for v in (0,1,-5,2.5,'q','',[1],[1,2,3],(1,2),{'k':{'n':1},'z':2},Pt(0,1),Pt(2,3),None,True,object,{},set(),b'x',2): print(kind(v))
def deco(n):
    def d(f):
        def w(*a,**k): print('w',n); return f(*a,**k)
        w.__name__=f.__name__; return w
    return d
@deco(1)
@deco(2)
def ff(x,/,y,*,z=3): return x,y,z
print(ff(1,2),ff(1,y=5,z=6))
x=10
def sc():
    def inner():
        nonlocal y; y+=1; return y
    y=0; inner(); inner(); global gg; gg=y; return y
print(sc(),gg)
print([x for x in range(3) for x in range(x)],x,[[j for j in range(i)] for i in range(3)],{k:v for k,v in zip('ab',[1,2])},{*[1,2],*{3}},[*range(3),*'ab'],{**{'a':1},'b':2})
a,*b,c=range(5); (d,(e,f)),g2=(1,(2,3)),4; print(a,b,c,d,e,f,g2)
for i in range(3):
    if i==5: break
else: print('else')
while True:
    try: break
    finally: print('finally')
def fin():
    try: return 1
    finally: print('f')
def fin2():
    for i in range(3):
        try: continue
        finally: print(i)
    return 'end'
print(fin(),fin2())
try:
    try: raise ValueError(1)
    except TypeError: pass
    else: print('no')
    finally: print('f3')
except ValueError as e: print(repr(e))
try: raise ValueError from KeyError('c')
except ValueError as e: print(repr(e.__cause__),e.__suppress_context__)
if (n:=5)>3: print(n)
print(f'{n=} {n!r:>5} {3.14159:.2f} {n:{n}} {"a" "b"} {{}} {n:#x} {1000000:,} {0.5:%} {"x":^9} {-5:+d} {n:08.3f} {1e10:g} {255:b} {255:o} {255:X} {b"a"!r} {"é":*<4}')
print('%5d|%-5s|%05.1f|%x|%r|%%|%c|%e|%+d|%(a)s'.replace('|%(a)s','')%(1,'a',2.5,255,'q','z',12345.678,3),'%(a)s %(b)r'%{'a':1,'b':'x'})
print(1_000,0x_ff,0b11,1e3,1j,.5,5//2,-5//2,-5%3,5%-3,2**-1,2**100,7.0//2,divmod(-7,2),1<2<3,1<2>3,not 1,1 if 0 else 2,~5,5^3,5&3,5|3,1<<4,-1>>1,round(2.5),round(-2.567,2),round(1234,-2),abs(-3),int('ff',16),int('0b1',0),float('1e-3'),complex('1+2j'),bool([]),hash(1.0)==hash(1),1==1.0==True,0.1+0.2,1e400,-1e400,float('nan')!=float('nan'))
print(type(1).__mro__,isinstance(True,int),issubclass(bool,int),callable(len),id(1)==id(1),vars(Pt(1,2)),dir(Pt)[-3:],getattr(1,'zz',None),hasattr(1,'real'),chr(97),ord('a'),hex(10),bin(-5),oct(8),sorted({3:1,1:2}),list(reversed('abc')),sum([.1]*3),min('b','a'),max([1,3],key=lambda q:-q),any([0,1]),all([]),list(map(None.__class__,[])) if 0 else 0,list(enumerate('a',5)),repr('a\'"\n\t\x00é\ud800'),ascii('é'),slice(1,2),range(5)[::-1],'abc'[::-1],eval('1+1'),exec('q=1'),q)
del q
print(__name__,__doc__,sys.argv[1:],__file__[-6:],sys.version_info[:2],sys.implementation.name,sys.byteorder,sys.maxsize,sys.getrecursionlimit(),sys.flags.optimize,sys.platform)
class It:
    def __getitem__(s,i):
        if i>2: raise IndexError
        return i
print(list(It()),1 in It(),[*It()],max(It()))
import builtins; print(len(dir(builtins))>150, sorted(set(dir(builtins)))[:5])
