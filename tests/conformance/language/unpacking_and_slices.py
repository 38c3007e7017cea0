# Slices, star expressions, swaps, augmented targets.
a = list(range(10))
one = 1.0
print(a[2:5], a[:3], a[7:], a[::2], a[::-1], a[8:2:-2], a[-3:], a[100:], a[:-100])
a[2:4] = ['x', 'y', 'z']
print(a)
a[::2] = [0] * len(a[::2])
print(a)
del a[1:3]
del a[0]
print(a)
a[1:1] = [100, 200]
print(a)
s = 'hello'
print(s[1:3], s[::-1], s[-1], s[10:])
t = (1, 2, 3, 4)
print(t[1:], t[::-2])
print([*range(3), *'ab'], (*[1], 2), {*[1, 1, 2]}, {**{'a': 1}, 'b': 2, **{'a': 3}})
x = [1, 2, 3]
i = 0
i, x[i] = 1, 'assigned after i'
print(i, x)
x[0], x[2] = x[2], x[0]
print(x)
d = {'n': 1}
d['n'] += 5
d.setdefault('list', []).append(1)
print(d)
for bad in (lambda: [][0], lambda: (1,)[3], lambda: 'a'[5], lambda: [1][one], lambda: {}['k'], lambda: a['x']):
    try:
        bad()
    except (IndexError, TypeError, KeyError) as error:
        print(type(error).__name__, error)


def unpack(values):
    try:
        p, q = values
        print(p, q)
    except (ValueError, TypeError) as error:
        print(error)


unpack([1, 2])
unpack([1])
unpack([1, 2, 3])
unpack(5)
unpack('ab')
unpack({'k1': 1, 'k2': 2})
try:
    p, *q, r = [1]
except ValueError as error:
    print(error)
try:
    a[::2] = [1]
except ValueError as error:
    print(error)
