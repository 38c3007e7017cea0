# Tracebacks and syntax errors with all their attributes.
import sys, traceback
def a(x):
    return b(x)+1
def b(x):
    y = [i for i in range(3) if c(i, x)]
    return len(y)
def c(i, x):
    return (1 /
            x[i])
try: a([1,0])
except ZeroDivisionError as e:
    traceback.print_exc()
    print(traceback.format_exception_only(type(e), e))
    for f in traceback.extract_tb(e.__traceback__): print(f.lineno, f.name, f.line, f.colno, f.end_colno)
try:
    try: {}['k']
    except KeyError as e: raise ValueError('v') from e
except ValueError as e: traceback.print_exc()
try:
    try: {}['k']
    except KeyError as e: raise ValueError('v')
except ValueError as e: traceback.print_exc()
try:
    try: {}['k']
    except KeyError as e: raise ValueError('v') from None
except ValueError as e:
    e.add_note('note one'); e.add_note('two\nlines'); traceback.print_exc()
class E(Exception):
    def __str__(self): raise RuntimeError
try: raise E
except E: traceback.print_exc()
try: raise ExceptionGroup('g',[ValueError(1),ExceptionGroup('h',[TypeError(2)])])
except ExceptionGroup as e: traceback.print_exc()
def rec(n):
    if n==0: raise ValueError('deep')
    rec(n-1)
try: rec(20)
except ValueError: traceback.print_exc()
import builtins
for src in ('a = = 1','print "x"','def f(:\n pass','if x\n pass','x = (1,','"abc','f(a b)','for i in range(3) print(i)','class A\n pass','1 = x','f() = 1','None = 1','a b','del f()','x = 08','return 1','yield 1','break','continue','import','from x import','async def f(): yield from x','nonlocal x','def f(a,a): pass','f(a=1,a=2)','f(**a,*b)','f(a=1,2)','lambda a,a:1','{1:2,3}','[1,2','x: int: 3','global x; x=1\ndef f():\n x=1\n global x','\tif x:\n        y\n\tz','if 1:\nx','  x','x\n  y','"\\N{foo}"','b"é"','f"{a b}"','f"{"','f"{}"','f"{a!x}"','0777','1_','0xg','1e','a?b','a$b','é=1;ñ','assert (1,2)','x is 1','with a as 1: pass','try:\n pass','match x:\n case a: pass\n case b: pass','case','print(1','*a','*a,','x = *a','def f(*): pass','def f(**a,b): pass','a := 1','(a:=1','f(a:=1,b=2)','[a for a in b if','not','a not b','a if b','raise x from','@','@x','else: pass','elif x: pass','except: pass','finally: pass','lambda: (yield)','class A: return 1','a = yield','await x','async with a: pass','print(f"{1:{2:{3}}}")'):
    try: compile(src,'<s>','exec'); print(repr(src),'ok')
    except SyntaxError as e: print(repr(src),type(e).__name__,e.msg,e.lineno,e.offset,e.end_lineno,e.end_offset,repr(e.text))
