def show(e):
    print(type(e).__name__, e.args, str(e), repr(e))
for e in [Exception(), Exception(1), Exception(1, 2), KeyError("a"), KeyError(1, 2), KeyError(), StopIteration(), StopIteration(5),
          StopIteration(1, 2), SystemExit(), SystemExit(3), SystemExit(1, 2), ImportError("m", name="n", path="p"),
          NameError("m", name="x"), AttributeError("m", name="x", obj=3), OSError(2, "No", "f"), OSError(2, "No", "f", None, "g"),
          OSError("x"), OSError(11, "x", 5), UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "bad"),
          UnicodeEncodeError("ascii", "a\xe9\u20ac", 1, 2, "bad"), UnicodeEncodeError("ascii", "a\xe9\u20ac", 1, 3, "bad"),
          UnicodeEncodeError("ascii", "\u20ac", 0, 1, "bad"), UnicodeEncodeError("ascii", "\U0001f600", 0, 1, "bad"),
          UnicodeTranslateError("a\xe9", 1, 2, "r"), SyntaxError("m", ("f", 1, 2, "t")), SyntaxError("m"), MemoryError("x"),
          BlockingIOError(11, "x", 7)]:
    show(e)
print(StopIteration(5).value, StopIteration().value, SystemExit(3).code, SystemExit().code, SystemExit(1, 2).code)
e = ImportError("m", name="n", path="p")
print(e.msg, e.name, e.path, ImportError(1, 2).msg)
e = OSError(2, "No", "f", None, "g")
print(e.errno, e.strerror, e.filename, e.filename2, type(e))
e = SyntaxError("m", ("f", 1, 2, "t", 3, 4))
print(e.msg, e.filename, e.lineno, e.offset, e.text, e.end_lineno, e.end_offset, e.print_file_and_line)
print(BlockingIOError(11, "x", 7).characters_written)
for f in (lambda: OSError(1, "x").characters_written, lambda: ValueError(a=1), lambda: ImportError(foo=1), lambda: KeyError().__reduce__(),
          lambda: setattr(ValueError(), "__traceback__", 1), lambda: setattr(ValueError(), "__context__", 1),
          lambda: setattr(ValueError(), "__cause__", 1), lambda: setattr(ValueError(), "args", 5),
          lambda: delattr(ValueError(), "args"), lambda: ValueError().add_note(1), lambda: UnicodeDecodeError(1)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
e = ValueError("x")
e.add_note("one"); e.add_note("two")
print(e.__notes__, e.__dict__, e.with_traceback(None) is e)
e.args = [1, 2]
print(e.args, e)
class MyError(OSError):
    def __init__(self, a, b):
        super().__init__(a, b)
        self.extra = (a, b)
m = MyError(2, "gone")
print(type(m).__name__, m.errno, m.strerror, m.extra, m)
print(issubclass(FileNotFoundError, OSError), IOError is OSError, EnvironmentError is OSError)
import sys
print([sys.getsizeof(t()) for t in (BaseException, StopIteration, ImportError, NameError, AttributeError, OSError, SyntaxError)])
print(BaseException.__basicsize__, UnicodeDecodeError.__basicsize__, ExceptionGroup.__basicsize__)
