# Containers take one reference for each place.
from sys import getrefcount as count

x = object()
print(count(x))
items = [x] * 5
print(count(x))
items[0] = None
print(count(x))
del items[1:3]
print(count(x))
copy = items[:]
print(count(x))
copy += items
print(count(x))
del copy, items
print(count(x))
pair = (x, x)
print(count(x), count(pair))
a, b = pair
print(count(x))
del a, b, pair
d = {x: x}
print(count(x))
d[x] = 1
print(count(x))
keys = list(d)
values = list(d.values())
print(count(x))
pairs = list(d.items())
print(count(x))
del keys, values, pairs
d.pop(x)
print(count(x))
s = {x}
t = s | {x}
print(count(x))
s.clear()
t.discard(x)
print(count(x))
nested = [[x], (x,), {x: [x]}]
print(count(x))
nested = None
print(count(x))
generator = (y for y in [x])
print(count(x), count(generator))
next(generator)
print(count(x))
del generator
print(count(x))
z = [x for _ in range(3)]
print(count(x), count(z))
z.append(z)
print(count(z))
z.pop()
e = enumerate([x])
print(count(x))
print(count(next(e)), count(x))
del e
m = map(lambda v: v, [x])
print(count(x))
first = next(m)
print(count(x))
del m, first
w = zip([x], [x])
print(count(x))
p = next(w)
print(count(x), count(p))
del w, p
print(count(x))
r = reversed([x])
print(count(x))
list(r)
print(count(x))
z.sort(key=id)
z.reverse()
print(count(x), z.count(x), count(x))
z.extend(z)
print(count(x))
z.clear()
print(count(x))
i = iter([x, x])
print(count(x), next(i) is x, count(x))
del i
print(count(x))
