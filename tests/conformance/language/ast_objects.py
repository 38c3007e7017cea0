# Syntax trees as objects.
import ast
src=open(ast.__file__).read()[:20000].rsplit("\nclass ", 1)[0]
t=ast.parse(src)
d=ast.dump(t,include_attributes=True)
import hashlib
print(len(d), hashlib.md5(d.encode()).hexdigest())
print(ast.dump(ast.parse('x: int = 1\nfor a in b: pass\nwith a as b, c: f"{x!r:>{y}}{z}"\nmatch q:\n case [1,*r,{"a":None,**k}] | C(x=1) as z if y: pass\n case _: ...\nasync def f(a,/,b=1,*c,d=2,e,**g)->int: return u"a", b"c", 1.5, 2j, ..., -1\nlambda: (yield)\nimport a.b as c; from .. import x as y\ntry: pass\nexcept* A as e: pass\nelse: 1\nfinally: 2\nclass A(B,metaclass=M): x[1:2,::3]; a<b<=c is not d not in e; global zz\n'),indent=1))
print(ast.literal_eval("{'a': [1, 2.5, (3,), {4}, None, True, b'x', -1, 1+2j]}"), ast.unparse(ast.parse('def f(a, *b):\n  return [x for x in b if a]')))
class V(ast.NodeVisitor):
    def visit_Name(s,n): print(n.id, n.lineno, type(n.ctx).__name__, n.ctx._fields)
V().visit(ast.parse('a = b + c', mode='exec'))
try: ast.parse('a b')
except SyntaxError as e: print(e)
for bad in ('import x','a.b','f()'):
    try: print(ast.literal_eval(bad))
    except (ValueError,SyntaxError) as e: print(type(e).__name__, str(e)[:40])
import inspect, textwrap
def foo(x):
    """doc"""
    return x
print(inspect.getsource(foo), inspect.signature(foo), inspect.getdoc(foo), inspect.cleandoc(' a\n  b'))
