# Sizes of dicts: tables of str keys and others, literals, copies, updates, deletions.
from sys import getsizeof as size


def history(make_key, count):
    d = {}
    sizes = [size(d)]
    for i in range(count):
        d[make_key(i)] = i
        if size(d) != sizes[-1]:
            sizes.append((i, size(d)))
            sizes.append(size(d))
    return sizes


print(history(int, 3000))
print(history(str, 3000))
print(history(lambda i: i if i % 7 == 6 else str(i), 50))
d = {str(i): i for i in range(20)}
print(size(d))
d[1] = 1
print(size(d))
for i in range(15):
    del d[str(i)]
print(size(d), len(d))
for i in range(10):
    d[i + 100] = i
    print(size(d), end=' ')
print()
for n in range(0, 40, 3):
    ints = {i: i for i in range(n)}
    strs = {str(i): i for i in range(n)}
    made = [ints, strs, dict(ints), dict(strs), ints.copy(), {**ints}, {**strs}, ints | strs, dict(ints.items()),
            dict(zip(strs, strs)), dict.fromkeys(range(n)), dict.fromkeys(ints), dict.fromkeys(strs),
            dict.fromkeys(set(range(n))), dict(**strs), {k: v for k, v in strs.items()}, dict(list(strs.items()), a=1)]
    e = {}
    e.update(ints)
    made.append(e)
    e = {1: 1, 2: 2}
    e.update(strs)
    made.append(e)
    e = {'x': 1}
    e.update(strs)
    made.append(e)
    e.clear()
    made.append(e)
    print(n, [size(x) for x in made])
print(size({'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5}), size({'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6}))
print(size({1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 'a': 1, 'b': 1, 'c': 1, 'd': 1, 'e': 1}))
x = 1
print(size({'a': x, 'b': x, 'c': x, 'd': x, 'e': x, 'f': x, 'g': x, 'h': x, 'i': x, 'j': x, 'k': x, 'l': x}))
d = {i: i for i in range(100)}
for i in range(95):
    d.popitem()
print(size(d), size(d.copy()), size(dict(d)))
for i in range(90):
    d[i + 1000] = 1
print(size(d))


def f(**kwargs):
    return size(kwargs)


print(f(), f(a=1), f(a=1, b=2, c=3, d=4, e=5, f=6), f(**{'a': 1, 'b': 2}))
print(size({}.keys()), size({}.items()), size(iter({})), size(reversed({})))
