# The built-in functions of everyday programs.
print(abs(-1), all([1, 1]), all([]), any([0, 1]), any([]), bin(5), hex(255), oct(8), bool(''), callable(len), callable(1))
print(list(enumerate('ab')), list(enumerate('ab', 5)), list(zip('abc', [1, 2])), list(zip()), list(map(str, [1, 2])))
print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, '', 'a'])), list(filter(lambda n: n > 1, [1, 2])))
print(sum([1, 2, 3]), sum([[1], [2]], []), sum([0.1] * 3), min(3, 1), max(1, 2, key=lambda n: -n), divmod(7, 3), pow(2, 3))
print(isinstance(1, int), isinstance(True, int), isinstance('a', (int, str)), issubclass(int, object), type(1), type('a') is str)
print(len('abc'), len({1: 2}), list(range(2, 8, 3)), range(5), range(1, 9, 2)[2], len(range(0, 10, 3)), 4 in range(0, 10, 2))
print(repr('a'), str(1), int('7'), float('1.5'), list('ab'), tuple('ab'), sorted({3, 1}), list(reversed('abc')))
print(hash(1) == hash(1.0), hash('a') == hash('a'), id(1) == id(1), iter([1]).__next__(), next(iter([1])), next(iter([]), 'end'))
print('a', 'b', sep='-', end='!\n')
print(*[1, 2, 3], sep=', ')
print()
print(None, True, [None, 'x'], {'k': (1,)}, ..., NotImplemented)
print(getattr('a', 'upper')(), hasattr(1, 'x'), chr(65), ord('A'), round(1.5), round(-1.567, 1), complex(1, 2))
it = iter([1, 2, 3, 4, 5])
print(list(zip(it, it)), list(it))
counter = iter(lambda: next(numbers), 3)
numbers = iter(range(10))
print(list(counter))
for action in (lambda: len(5), lambda: next(iter([])), lambda: sum(['a']), lambda: max([]), lambda: int([]), lambda: iter(5),
               lambda: list(5), lambda: zip(1), lambda: isinstance(1, 1), lambda: range(1.5), lambda: range(1, 2, 0), lambda: abs('x')):
    try:
        action()
        print('no error')
    except (TypeError, ValueError, StopIteration) as error:
        print(type(error).__name__, error)
print(sorted(k for k in vars(type('T', (), {'x': 1})) if not k.startswith('__')), type(object()).__name__)
print(len, print, int, [].append.__name__, str.upper)
