# Sizes of tuples, iterators and views.
import itertools
from sys import getsizeof as size

print([size(tuple(range(n))) for n in range(25)])
print(size(()), size((1,)), size((1, 2) + (3,)), size((1, 2) * 3), size((1, 2, 3)[1:]))
iterators = [iter([]), reversed([]), iter(()), iter({}), iter({}.items()), iter(set()), iter(int, 1), enumerate([]), zip(),
             zip([], []), map(int, []), filter(None, []), reversed(()), iter(range(3)), iter(''), iter(b'')]
print([(type(i).__name__, size(i)) for i in iterators])
tools = [itertools.count(), itertools.cycle([]), itertools.repeat(1), itertools.chain(), itertools.compress([], []),
         itertools.islice([], 1), itertools.accumulate([]), itertools.pairwise([]), itertools.zip_longest(),
         itertools.groupby([]), itertools.product('ab', 'cd'), itertools.permutations('abc'),
         itertools.combinations('abcd', 2), itertools.combinations_with_replacement('ab', 3), itertools.starmap(pow, []),
         itertools.takewhile(bool, []), itertools.dropwhile(bool, []), itertools.filterfalse(bool, []), *itertools.tee([])]
print([(type(i).__name__, size(i)) for i in tools])
