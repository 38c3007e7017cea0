# What a call holds while it runs.
import sys
from sys import getrefcount


class Thing:
    def method(self):
        return getrefcount(self)

    def with_argument(self, other):
        return getrefcount(self), getrefcount(other)

    def __add__(self, other):
        return getrefcount(self), getrefcount(other)

    def __len__(self):
        print('len', getrefcount(self))
        return 1

    def __eq__(self, other):
        print('eq', getrefcount(self), getrefcount(other))
        return True

    def __getitem__(self, index):
        return getrefcount(self), getrefcount(index)

    def __call__(self, *args, **kwargs):
        # The runtime's own references to () are its own business.
        return getrefcount(self), getrefcount(args) if args else 'shared', getrefcount(kwargs)

    def __iter__(self):
        print('iter', getrefcount(self))
        return iter(())

    @property
    def prop(self):
        return getrefcount(self)

    @classmethod
    def of_class(cls, x):
        return getrefcount(x)

    @staticmethod
    def of_nothing(x):
        return getrefcount(x)


t = Thing()
u = Thing()
print(t.method(), Thing().method(), Thing.method(t))
print(t.with_argument(u), t.with_argument(t), t.with_argument(Thing()))
print(t + u, t + t, Thing() + Thing())
len(t)
t == u
print(t[u], t[t])
print(t(), t(1), t(x=1))
for _ in t:
    pass
print(t.prop, t.of_class(u), Thing.of_nothing(u))
bound = t.method
print(getrefcount(t), bound(), getrefcount(bound))
del bound


def plain(x):
    return getrefcount(x)


def star(*args):
    return getrefcount(args), getrefcount(args[0])


def keywords(**kwargs):
    return getrefcount(kwargs), getrefcount(kwargs['x'])


def default(x=t):
    return getrefcount(x)


print(plain(u), plain(Thing()), plain(x=u), plain(*[u]), plain(**{'x': u}))
print(star(u), star(Thing()), star(*[u]), star(*(u,)))
print(keywords(x=u), keywords(**{'x': u}))
print(default(), default(u), getrefcount(t))


def outer(x):
    return plain(x), inner_expression(x, [x])


def inner_expression(x, items):
    return getrefcount(x), getrefcount(items)


print(outer(u), outer(Thing()))


def rebinding(x):
    before = getrefcount(x)
    x = None
    return before, getrefcount(u)


print(rebinding(u))
print(getrefcount(t), getrefcount(u), sys.getrefcount(Thing()))
