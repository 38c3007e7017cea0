# Generators suspended, running, closed and collected.
import gc
from sys import getrefcount as count


class T:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print('free', self.name)


def gen(value):
    local = T('local')
    try:
        yield value
        yield local
    finally:
        print('finally', count(value), count(local))


x = T('x')
g = gen(x)
print(count(x), count(g))
print(next(g) is x, count(x))
local = next(g)
print(count(local))
del local
del g
print(count(x))
g = gen(x)
next(g)
box = [g]
del g
print(count(box[0]))
box.clear()
print(count(x))


def delegate(value):
    result = yield from gen(value)
    print('result', result)


d = delegate(x)
next(d)
print(count(x), count(d), d.gi_yieldfrom is not None)
d.close()
print(count(x))
e = (T(name) for name in 'ab')
print(next(e).name)
del e


def pending():
    yield [x, (yield 1)]


p = pending()
next(p)
print(count(x))
print(count(p.send('sent')[0]), count(x))
del p
print(count(x))


def looping():
    for item in [T('i1'), T('i2')]:
        yield item.name


lp = looping()
print(next(lp), next(lp))
del lp
print('after looping')


def cycle():
    me = yield
    yield


c = cycle()
next(c)
c.send(c)
del c
print(gc.collect())
f = gen(T('argument'))
print('made')
del f
print('never started')
