# What iterators keep, and when they let go.
from sys import getrefcount as count

x = [1, 2]
it = iter(x)
print(count(x))
next(it)
print(count(x))
list(it)
print(count(x))
print(next(it, 'end'), count(x))
t = (1, x)
it = iter(t)
print(count(t), list(it), count(t))
d = {1: x}
it = iter(d)
print(count(d), list(it), count(d))
it = iter(d.items())
print(count(d), count(x))
pair = next(it)
print(count(pair), count(x))
del pair
print(list(it), count(d), count(x))
view = d.values()
print(count(d))
del view
print(count(d))
s = {1}
it = iter(s)
print(count(s), list(it), count(s))
e = enumerate(x)
print(count(x))
first = next(e)
print(count(first))
second = next(e)
print(count(first), count(second), list(e), count(x))
z = zip(x, x)
print(count(x))
p = next(z)
q = next(z)
print(count(p), p is q, list(z), count(x))
del z
m = map(str, x)
print(count(x), list(m), count(x))
f = filter(None, x)
print(count(x), list(f), count(x))
r = reversed(x)
print(count(x), list(r), count(x))
g = (i for i in x)
print(count(x), next(g), count(x), list(g), count(x))
c = iter(lambda: x, None)
print(count(x))
del c


def nested():
    for a in x:
        for b in x:
            print(count(x), end=' ')
        print(count(x), end=' ')
    print(count(x))


nested()
for i in x:
    break
print(count(x))
a, b = x
print(count(x))
text = 'ab' * 50
si = iter(text)
print(count(text), len(list(si)), count(text))
rng = range(1000, 1003)
ri = iter(rng)
print(count(rng), list(ri), count(rng))
