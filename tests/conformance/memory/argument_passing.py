# Who holds an argument: caller's stack, tuple, dict, parameter.
from functools import partial
from sys import getrefcount as count


def one(a):
    return count(a)


def kw(*, a):
    return count(a)


def both(a, *args, b=None, **kwargs):
    return count(a), count(b), [count(x) for x in args], [count(v) for v in kwargs.values()]


class C:
    def __init__(self, a=None):
        self.seen = count(a)

    def __call__(self, a):
        return count(a)

    def m(self, a):
        return count(a)

    @classmethod
    def c(cls, a):
        return count(a)

    @staticmethod
    def s(a):
        return count(a)


x = []
c = C()
print(one(x), one([]), one(a=x), one(*[x]), one(*(x,)), one(**{'a': x}), one(*[[]]), one(*([],)), one(**{'a': []}))
print(kw(a=x), kw(a=[]), kw(**{'a': x}), kw(**dict(a=[])))
print(both(x, x, b=x, k=x), both([], [], b=[], k=[]), both(*[x, x], **{'b': x, 'k': x}))
print(C(x).seen, C([]).seen, C(a=x).seen, c(x), c([]), c.m(x), c.m([]), C.m(c, x), C.c(x), c.c([]), C.s(x), c.s([]))
print((lambda a: count(a))(x), (lambda a: count(a))([]), list(map(one, [x])), [one(y) for y in [x]], list(map(one, [[]])))
print(partial(one, x)(), partial(one)(x), partial(one, a=x)())
print(count(x), max([x], key=one) is x, sorted([x], key=lambda a: print(count(a)) or 0) is None)


def deep(n, a):
    return count(a) if n == 0 else deep(n - 1, a)


print([deep(n, x) for n in range(3)], [deep(n, []) for n in range(3)])


def default(a=[]):
    return count(a)


print(default(), default(), default([]))


def swap(a, b):
    a, b = b, a
    return count(a), count(b)


print(swap(x, []), swap([], x))


def reassigned(a):
    a = [a]
    return count(a), count(a[0])


print(reassigned(x), reassigned([]))


def decorated(function):
    def wrapper(*args, **kwargs):
        return count(args), count(kwargs), count(args[0]), function(*args, **kwargs)
    return wrapper


print(decorated(one)(x), decorated(one)([]))
print([].append(x), count(x), [x].count(x), [x].index(x), count(x))
