import sys
def show(f):
    try:
        f()
    except BaseException as e:
        sys.excepthook(type(e), e, e.__traceback__)
def down(n):
    if n == 0:
        raise ValueError("deep")
    down(n - 1)
show(lambda: down(3))
show(lambda: down(4))
show(lambda: down(10))
def group():
    def one():
        try:
            raise KeyError("k")
        except KeyError:
            raise ValueError("v")
    errors = []
    for f in (one, lambda: 1 / 0):
        try:
            f()
        except Exception as e:
            e.add_note("a note")
            errors.append(e)
    raise ExceptionGroup("many", errors + [ExceptionGroup("inner", [TypeError(1), OSError(2, "x")])])
show(group)
show(lambda: (_ for _ in ()).throw(ExceptionGroup("wide", [ValueError(i) for i in range(18)])))
eg = ValueError("bottom")
for i in range(12):
    eg = ExceptionGroup(str(i), [eg])
def deep(): raise eg
show(deep)
class Odd(Exception):
    def __str__(self): raise RuntimeError
def odd(): raise Odd
show(odd)
class Named(Exception): pass
Named.__module__ = "some.where"
def named(): raise Named("text")
show(named)
def empty(): raise Named
show(empty)
def several(): raise ValueError("line one\nline two")
show(several)
def note(text):
    e = ValueError("x"); e.__notes__ = text
    raise e
show(lambda: note("not a list"))
show(lambda: note([1, "two\nlines", ""]))
show(lambda: note(5))
