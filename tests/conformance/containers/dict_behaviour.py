# dict: order, views, errors, changes during iteration and comparison.
d = {'a': 1, 'b': 2}
d['c'] = 3
del d['a']
d['a'] = 4
print(d, list(d), list(d.values()), list(d.items()), list(reversed(d)))
print(d.keys() & {'a', 'z'}, d.keys() | set() == {'a', 'b', 'c'}, d.items() - {('a', 4)} == {('b', 2), ('c', 3)})
print({1: 1}.keys() ^ {2}, {1: 1}.items() ^ {1: 2}.items() == {(1, 1), (1, 2)}, {1: 1}.keys().isdisjoint([2]))
print(d.keys() == {'a', 'b', 'c'}, d.keys() >= {'a'}, d.keys() < {'a'}, {}.items() == set(), d.keys().mapping['a'])
print({1: 2}.keys(), {1: 2}.values(), {1: 2}.items(), repr({}.keys()))


def attempt(function, *args):
    try:
        print(repr(function(*args)))
    except Exception as error:
        print(type(error).__name__, error)


for call in [lambda: {}['x'], lambda: {}[(1, 2)], lambda: {}.popitem(), lambda: {}.pop('x'), lambda: {[]: 1}, lambda: dict([1]),
             lambda: dict([(1, 2, 3)]), lambda: dict(1), lambda: {}.update(1), lambda: {}.get(), lambda: {} < {}, lambda: hash({}),
             lambda: {}.fromkeys([[]]), lambda: {} | [], lambda: dict(**{1: 2}), lambda: {}.__missing__, lambda: dict({}, {}),
             lambda: {1: 2}.pop(3, 'default'), lambda: {1: 2}.setdefault(1, 5), lambda: {}.setdefault(1), lambda: {1} - {}.keys(),
             lambda: {}.keys() + {}, lambda: next(iter({}))]:
    attempt(call)


def grow():
    d = {1: 1}
    for k in d:
        d[k + 1] = 1


def swap():
    d = {0: 0}
    for k in d:
        del d[k]
        d[k + 1] = 1


def shrink():
    d = {1: 1, 2: 2}
    for k in d.items():
        d.clear()


attempt(grow)
attempt(swap)
attempt(shrink)
d = {1: 1}
it = iter(d)
d[2] = 2
attempt(next, it)
attempt(next, it)
print(it.__length_hint__())


class Missing(dict):
    def __missing__(self, key):
        return ('missing', key)


print(Missing()[3], Missing(a=1)['a'], Missing().get(3))
d = {}
d['self'] = d
d['list'] = [d]
print(d, d.keys() == {'self', 'list'})
print({1: 'a', 1.0: 'b', True: 'c'}, {0: 1, False: 2}, {-1: 1, -2: 2}, {float('nan'): 1} == {float('nan'): 1})
print({1: 1, 2: 2} == {2: 2, 1: 1}, {1: 1} != {1: 1.0}, {'a': 1} == {'a': 2}, {} == [])


class Evil:
    def __init__(self, target):
        self.target = target

    def __hash__(self):
        return 5

    def __eq__(self, other):
        self.target.clear()
        return False


d = {}
d[Evil(d)] = 1
d[Evil(d)] = 2
print(len(d))
a = dict(x=1)
a |= {'y': 2}
a |= [('z', 3)]
print(a, a | {'x': 0}, {**a, 'x': 9}, dict(a, w=1))
print(dict.fromkeys('abca'), dict.fromkeys([1, 2], []), dict(zip('ab', range(2))))
print([*{1: 2}.items()], dict([[1, 2], (3, 4), 'ab']))
for i in range(5):
    a[i] = i
while a:
    print(a.popitem(), end=' ')
print(a)
