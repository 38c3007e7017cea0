# WeakValueDictionary, WeakKeyDictionary, WeakSet, WeakMethod, finalize, proxy.
import gc
import weakref


class K:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f'K({self.n})'

    def method(self):
        return self.n


a, b = K('a'), K('b')
values = weakref.WeakValueDictionary()
values['a'] = a
values['b'] = b
print(sorted(values), len(values), values['a'])
del a
print(sorted(values), len(values), values.get('a'))
keys = weakref.WeakKeyDictionary()
k = K('key')
keys[k] = 'value'
print(len(keys), keys[k], list(keys))
del k
print(len(keys))
members = weakref.WeakSet([b])
print(len(members), b in members, list(members))
m = weakref.WeakMethod(b.method)
print(m()(), m() == b.method)
p = weakref.proxy(b)
print(p.n, p, type(p).__name__)
p.extra = 1
print(b.extra)
f = weakref.finalize(b, print, 'finalized', 'b')
print(f.alive, f.peek()[0] is b)
del b
print(len(members), m(), f.alive)
try:
    p.n
except ReferenceError as error:
    print(error)
c = K('c')
g = weakref.finalize(c, print, 'called early')
g()
g()
print(g.alive)
h = weakref.finalize(c, print, 'at exit', c.n)
values['c'] = c
for key, value in values.items():
    print(key, value)
print(values.pop('c'), len(values))
