# Functions, frames, cells and generators hold what they mention.
from sys import getrefcount as count

x = []


def uses_default(a=x):
    return a


print(count(x))
uses_default.__defaults__ = ()
print(count(x))


def closing():
    value = x

    def inner():
        return count(value)

    print(count(x), inner())
    return inner


inner = closing()
print(count(x), inner(), count(inner), count(inner.__closure__), count(inner.__closure__[0]))
del inner
print(count(x))
uses_default.attribute = x
print(count(x))
del uses_default.attribute
print(count(x))


def generator(value):
    yield count(value)
    other = value
    yield count(value)
    del other
    yield count(value)


g = generator(x)
print(count(x))
print(next(g), next(g), next(g), count(x))
print(list(g), count(x))
g = generator(x)
next(g)
print(count(x))
g.close()
print(count(x))
f = closing
print(count(f), count(f.__code__), count(closing))
del f
print(count(closing))


def recursive(n, value):
    if n == 0:
        return count(value)
    return recursive(n - 1, value)


print([recursive(n, x) for n in range(4)])


def locals_only():
    a = []
    b = a
    c = (a, b)
    result = count(a), count(c)
    del b
    return result, count(a)


print(locals_only())


def deleted(value):
    del value
    return count(x)


print(deleted(x), count(x))


def exception_holds():
    local = x
    raise KeyError('k')


try:
    exception_holds()
except KeyError as error:
    print(count(x))
    saved = error
print(count(x))
saved.__traceback__ = None
print(count(x))
del saved


class Class:
    attribute = x

    def method(self):
        pass


print(count(x), count(Class) - count(Class))
instance = Class()
method = instance.method
print(count(instance), count(Class.method), count(method))
del method
print(count(instance))
