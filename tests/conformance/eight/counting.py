# How names, containers and calls count.
import sys


def inside(argument):
    print('inside a call', sys.getrefcount(argument))
    alias = argument
    print('with an alias', sys.getrefcount(argument))
    return alias


a = []
print('one name', sys.getrefcount(a))
b = a
print('two names', sys.getrefcount(a))
c = [a, a]
print('and two items', sys.getrefcount(a))
d = {'key': a}
print('and a dict value', sys.getrefcount(a))
t = (a,)
print('and a tuple item', sys.getrefcount(a))
inside(a)
print('after the call', sys.getrefcount(a))
e = inside(a)
print('result kept', sys.getrefcount(a))
del b
print('less one name', sys.getrefcount(a))
c.pop()
print('less one item', sys.getrefcount(a))
c.clear()
print('less the other', sys.getrefcount(a))
d['key'] = None
print('less the value', sys.getrefcount(a))
t = None
e = None
print('one name again', sys.getrefcount(a))
print('a temporary', sys.getrefcount([]))


class Holder:
    pass


h = Holder()
h.slot = a
print('an attribute', sys.getrefcount(a), sys.getrefcount(h))
h.me = h
print('itself', sys.getrefcount(h))
del h.me
print('not itself', sys.getrefcount(h))
for item in [a]:
    print('loop variable', sys.getrefcount(a))
print('after the loop', sys.getrefcount(a))
x = y = z = []
print('three at once', sys.getrefcount(x))
x, y = y, x
print('swapped', sys.getrefcount(x))
