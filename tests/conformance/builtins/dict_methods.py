# dict: order, views, methods.
d = {'b': 1, 'a': 2}
d['c'] = 3
d['b'] = 10
print(d, len(d), list(d), 'a' in d, d.get('x'), d.get('x', 0), d['a'])
print(list(d.keys()), list(d.values()), list(d.items()))
print(d.pop('a'), d.pop('a', 'gone'), d.popitem(), d)
d.update({'x': 1}, y=2)
d.update([('z', 3)])
print(d, d.setdefault('x', 5), d.setdefault('new'), d)
del d['x']
keys = d.keys()
d['later'] = 1
print(keys, 'later' in keys, len(keys))
c = d.copy()
c.clear()
print(c, bool(c), bool(d), dict(a=1, b=2), dict([(1, 2)]), dict(zip('ab', [1, 2])), dict.fromkeys('ab', 0))
print({'a': 1} | {'b': 2}, {1: 'int', 1.0: 'float', True: 'bool'})
for action in (lambda: d['missing'], lambda: {}.popitem(), lambda: {[]: 1}, lambda: d.pop('missing'), lambda: dict([1])):
    try:
        action()
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
for key, value in sorted({'k': 1, 'j': 2}.items()):
    print(key, value)
try:
    for key in d:
        del d[key]
except RuntimeError as error:
    print(error)
print(list(reversed({'a': 1, 'b': 2})), {'a': 1}.keys() & {'a', 'b'}, {'a': 1} == {'a': 1})


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 2

    def __eq__(self, other):
        return self.n == other.n


many = {Key(i): i for i in range(6)}
print(many[Key(3)], len(many), Key(9) in many)
me = {}
me['me'] = me
print(me)
print(type({}), type({}.keys()).__name__, repr({1: 'a'}.items()))
