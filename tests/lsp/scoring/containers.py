# Containers in other containers, comprehensions, loops, and the places where one statement touches several objects.
import sys

a = b = c = []
a, (b, [c, *d]) = [1], ([2], [[3], [4], [5]])
a[:] = [a, b]
a[0:1] = []
b += b
b *= 2
c = d = None
x = [[]]
y = x[0]
x[0], y = y, x[0]
print(x, y)
z = (y,) + (x,)
w = z * 2
first, *rest = w
rest[1:] = [rest, first]
del rest[1:]
del first, w
print(x, y, z)
table = {'a': y, 'b': {'c': y, (1, 2): [y]}}
inner = table['b']
inner['c'] = table.pop('a')
inner.update({'d': y}, e=y)
copied = dict(inner)
merged = inner | {'f': y}
inner |= {'g': y}
print(y, table, copied, merged)
values = list(inner.values())
keys = [*inner]
pairs = [(key, value) for key, value in inner.items()]
print(y)
squares = {n: y for n in range(3)}
unique = {n for n in (1, 2, 3)}
grid = [[y for _ in range(2)] for _ in range(2)]
flat = [one for row in grid for one in row]
chosen = [one for one in [y, None, y] if one is not None]
print(y, squares, unique, grid, flat, chosen)
e = [y]
for one in e:
    kept = one
    again = [one]
print(y, e)
for index, one in enumerate([y, y]):
    print(index)
one = kept = again = None
print(y)
total = []
for number in range(3):
    fresh = [number]
    alias = fresh
    total.append(fresh)
    last = total
print(total)
n = 0
while n < 3:
    n += 1
    found = [n]
    if n == 2:
        break
else:
    found = y
print(found, y)
while True:
    loop = [y]
    loop.append(loop)
    break
print(y)
if len(sys.argv) > 5:
    branch = [y]
elif total:
    branch = [y, y]
else:
    branch = y
print(branch, y)
if total:
    del branch
print(y)
try:
    risky = [y]
    risky.append(int('3'))
except (ValueError, TypeError):
    risky = None
else:
    more = risky
finally:
    done = [y]
print(y, risky, done)
match total:
    case [p, *q]:
        matched = [y]
    case _:
        matched = None
print(y, matched)
f = lambda value=y: [value]
g = f()
h = [f, f]
del f
print(y, g, h)
s = 'abc' * 2
s += s
t = s
s = s[1:]
t = t.strip()
u = f'{s}{t}'
v = u or y
k = 10**10
l = k + 1
m = -l
o = l if l > m else m
print(s, t, u, v, k, l, m, o)
small = 100 + n
big = 1000 * n
frac = big / 7
same = frac
whole = +frac
assert frac == same, 'no'
chain = [[[[y]]]]
peek = chain[0][0]
chain[0][0][0] = peek
print(y, chain, peek)
sys_module = sys
path = sys.path
only = y if y else x
either = y or x
neither = y and x
print(y, x, only, either, neither)
