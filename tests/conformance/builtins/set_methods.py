# set and frozenset.
s = {3, 1, 2}
s.add(4)
s.add(1)
s.discard(9)
s.remove(2)
print(s, len(s), 1 in s, 2 in s)
print({1, 2} | {2, 3}, {1, 2} & {2, 3}, {1, 2} - {2, 3}, {1, 2} ^ {2, 3})
print({1}.union([2], (3,)), {1, 2}.intersection([2]), {1, 2}.difference([1]), {1}.issubset({1, 2}), {1}.isdisjoint({2}))
t = {1, 2, 3}
t |= {4}
t &= {2, 3, 4}
t -= {3}
t ^= {10}
print(t, sorted(t))
t.update([5, 6])
print(sorted(t), sorted(t.copy()), set(), set('a'), frozenset([1]), {1, 2} == frozenset([2, 1]))
t.clear()
print(t, bool(t), {frozenset([1]): 'as a key'})
for action in (lambda: s.remove(99), lambda: set().pop(), lambda: {[]}, lambda: {1} + {2}):
    try:
        action()
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
print(sorted({'b', 'a', 'c'}), {c for c in 'hello'} == set('hello'), len({1, 1.0, True}))
print(set(range(20)), {'one', 'two', 'three'}, {8, 0, 16})
