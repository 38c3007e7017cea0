def chain(e):
    out = []
    while e is not None:
        out.append((type(e).__name__, str(e), type(e.__cause__).__name__, e.__suppress_context__))
        e = e.__context__
    return out
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise KeyError("k")
except KeyError as e:
    print(chain(e))
try:
    try:
        1 / 0
    except ZeroDivisionError as z:
        raise KeyError("k") from z
except KeyError as e:
    print(chain(e))
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise KeyError("k") from None
except KeyError as e:
    print(chain(e))
# no cycle when an older exception is raised again
a = ValueError("a")
try:
    try:
        raise a
    except ValueError:
        try:
            raise TypeError("b")
        except TypeError:
            raise a
except ValueError as e:
    print(chain(e), e.__context__.__context__)
# finally, nested functions
def f():
    try:
        raise ValueError("in f")
    finally:
        try:
            raise OSError("in finally")
        except OSError as e:
            print(chain(e))
try:
    f()
except ValueError as e:
    print(chain(e))
for bad in (lambda: exec("raise 1"), lambda: exec("raise ValueError from 1"), lambda: exec("raise"), lambda: exec("raise int")):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
import sys
print(sys.exc_info(), sys.exception())
try:
    raise ValueError("now")
except ValueError:
    print(sys.exc_info()[:2], sys.exception() is sys.exc_info()[1])
    def g():
        try:
            raise KeyError("inner")
        except KeyError:
            print(repr(sys.exception()))
        print(repr(sys.exception()))
    g()
print(sys.exception())
try:
    try: pass
    except 5: pass
    raise ValueError
except ValueError: pass
try:
    try: raise ValueError
    except 5: pass
except TypeError as e:
    print(e)
