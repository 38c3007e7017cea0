# How values show.


class Plain:
    pass


class Named:
    def __repr__(self):
        return 'Named!'


def function():
    yield


print(Plain, Plain(), [Plain()], Named(), [Named()], {'k': Named()}, str(Named()))
print(function, function(), Plain.__init__, Plain().__class__, len, [].append, lambda: 0)
print(int, type, object, Exception, ValueError('a', 1), KeyError('k'), StopIteration(), OSError(2, 'no'))
print(range(3), slice(1, 2), slice(None), enumerate([]), zip(), iter([]), iter(()), iter({}), iter(set()), iter('a'), map(str, []))
print({}.keys(), {1: 2}.values(), frozenset(), set(), frozenset({1}), b'bytes\x00', bytearray(b'x'), 1j, 1 + 2j)
print([1.0, 1e100, -0.0, float('inf'), float('nan'), 1e-7, 100000.0, 1e22, 12345678901234567890.0])
print(None, Ellipsis, NotImplemented, True, type(None), type(...), property(), staticmethod(len), classmethod(len))
a = [1]
a.append(a)
print(a, (a,), {'a': a})
print(super, __name__, __builtins__.__name__)
