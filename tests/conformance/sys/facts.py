import sys
print(sys.version_info[:3], sys.hexversion, sys.byteorder, sys.maxsize, sys.maxunicode, sys.platform)
print(sys.float_info); print(sys.int_info); print(sys.hash_info)
print(sys.getrecursionlimit(), sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.getswitchinterval())
print(sys.implementation.name, sys.implementation.cache_tag, sys.intern("a" + "b") is sys.intern("ab"))
print(sys.stdout.name, sys.stdout.mode, sys.stdin.name, sys.stderr.name, sys.__stdout__ is sys.stdout)
for call in (lambda: sys.setrecursionlimit(0), lambda: sys.intern(1), lambda: sys.getsizeof(), lambda: sys._getframe(1000), lambda: sys.exit(1, 2)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
class Odd:
    def __sizeof__(self): return -1
class Odder:
    def __sizeof__(self): return "x"
for o in (Odd(), Odder()):
    try:
        sys.getsizeof(o)
    except Exception as e:
        print(type(e).__name__, e)
print(sys.getsizeof(Odder(), 7), sys._getframe().f_code.co_name, sys._getframe().f_lineno)
print([sys.getsizeof(o) for o in (None, True, 0, 1, 2**30, 2**60, 1.5, "", "a", "\xe9", "\u20ac", "\U0001f600", b"", b"abc", (), (1,), [], [1], {}, {1: 2}, set(), int, type, object())])
sys.displayhook(5); sys.displayhook(None); print(_)
def hook(t, v, tb): print("hook", t.__name__, v)
sys.excepthook = hook
raise SystemExit(sys.excepthook(ValueError, 1, None))
