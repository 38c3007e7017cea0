eg = ExceptionGroup("top", [ValueError(1), TypeError("t"), ExceptionGroup("in", [KeyError("k"), ValueError(2)])])
print(repr(eg), str(eg), eg.message, eg.exceptions)
print(eg.split(ValueError))
print(eg.subgroup(lambda e: isinstance(e, KeyError)))
print(eg.subgroup((TypeError, KeyError)))
print(eg.split(OSError))
print(type(BaseExceptionGroup("b", [ValueError()])).__name__, type(BaseExceptionGroup("b", [KeyboardInterrupt()])).__name__)
for bad in (lambda: ExceptionGroup("x", []), lambda: ExceptionGroup("x", [1]), lambda: ExceptionGroup("x", [KeyboardInterrupt()]),
            lambda: ExceptionGroup(1, [ValueError()]), lambda: ExceptionGroup("x"), lambda: ExceptionGroup("x", 5), lambda: eg.split(5)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
def run(raiser):
    try:
        try:
            raiser()
        except* ValueError as g:
            print("ValueError", repr(g))
        except* (TypeError, KeyError) as g:
            print("other", repr(g))
    except BaseException as e:
        print("left", repr(e))
def a(): raise eg
def b(): raise ValueError("naked")
def c(): raise OSError("through")
def d(): raise ExceptionGroup("m", [OSError("o"), ValueError("v")])
for f in (a, b, c, d):
    run(f)
try:
    try:
        raise ExceptionGroup("m", [OSError("o"), ValueError("v")])
    except* ValueError as g:
        raise
    except* OSError as g:
        raise RuntimeError("new")
except BaseException as e:
    print(repr(e), repr(e.__context__))
try:
    try:
        raise ValueError
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
class Mine(ExceptionGroup):
    def derive(self, excs):
        return Mine(self.message + "'", excs)
m = Mine("mine", [ValueError(1), KeyError(2)])
m.add_note("note")
print(m.split(ValueError), m.subgroup(KeyError).__notes__)
