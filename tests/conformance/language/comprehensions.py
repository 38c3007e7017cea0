# Comprehensions of every kind, their scopes and their order of evaluation.
print([n * 2 for n in range(5)], {n % 3 for n in range(10)}, {n: n * n for n in range(4)})
print([(a, b) for a in range(3) for b in range(a)], [n for n in range(20) if n % 2 if n % 5 == 0])
print([[row[i] for row in [[1, 2], [3, 4]]] for i in range(2)])
print(sum(n for n in range(101)), max((len(w) for w in ['a', 'abc'])), any(n > 3 for n in range(5)))


def trace(value):
    print('evaluate', value)
    return value


print([trace(a) + trace(b) for a in (1, 2) for b in (10,) if trace(a) > 1])
print({trace('k'): trace('v') for _ in range(1)})
n = 'outer'
print([n for n in range(2)], n)
functions = [lambda: i for i in range(3)]
print([f() for f in functions])
factor = 3


def closure():
    local = 10
    return [local * factor * i for i in range(3)]


print(closure())
try:
    [1 / i for i in (1, 0)]
except ZeroDivisionError as error:
    print(error)
lazy = (trace(i) for i in range(3))
print('nothing yet')
print(next(lazy))
print([last := i for i in range(4)], last)
print([x for x in (y for y in 'abc') if x != 'b'], [c for word in ('ab', 'cd') for c in word])
print([a + b for a, b in [(1, 2), (3, 4)]], [first for first, *_ in ['xyz', 'uvw']])
print(dict([(k, v) for v, k in enumerate('abc')]), list({}.items()))
print([i if i % 2 else -i for i in range(5)], [not i for i in (0, 1)], [(i, j := i + 1) for i in range(2)])
