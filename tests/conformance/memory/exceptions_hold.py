# Exceptions keep frames, and frames keep their names.
import sys
from sys import getrefcount as count


class Thing:
    def __del__(self):
        print('thing gone')


def raises(thing):
    local = thing
    raise ValueError('v')


x = Thing()
print(count(x))
try:
    raises(x)
except ValueError as error:
    print('in handler', count(x), count(error))
    print(sys.exc_info()[0].__name__, sys.exc_info()[1] is error)
print('after handler', count(x))
kept = None
try:
    raises(x)
except ValueError as error:
    kept = error
print('kept', count(x), count(kept))
frame = kept.__traceback__.tb_next.tb_frame
print(frame.f_code.co_name, sorted(frame.f_locals), count(x))
del frame
kept.__traceback__ = None
print('without traceback', count(x))
kept = None


def temporary():
    try:
        raise KeyError(Thing())
    except KeyError:
        print('handled')
    print('after')


temporary()


def chained():
    try:
        try:
            raise ValueError('first')
        except ValueError as first:
            raise TypeError('second') from first
    except TypeError as second:
        return second


e = chained()
print(type(e.__cause__).__name__, e.__context__ is e.__cause__, count(e), count(e.__cause__))
e.__cause__ = None
print(e.__context__)
del e


def finally_holds():
    thing = Thing()
    try:
        return 'value'
    finally:
        print('finally', count(thing))


print(finally_holds())


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        print('exit', kind and kind.__name__, count(self), count(value) if value else '')
        return True


m = Manager()
with m:
    raise ValueError('in with')
print(count(m))
with Manager():
    pass


def generator():
    thing = Thing()
    try:
        yield
    except ValueError:
        print('thrown into', count(thing))
        yield
    print('never')


g = generator()
next(g)
g.throw(ValueError)
g.close()
print('closed')


def bare():
    thing = Thing()
    1 / 0


try:
    bare()
except ZeroDivisionError:
    print('caught without a name')
print('end')
del x
