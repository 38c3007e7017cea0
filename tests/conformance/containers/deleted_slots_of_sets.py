# A set uses the last deleted slot on the way again, which its order shows.
def numbers(*operations):
    s = set()
    for sign, n in operations:
        (s.add if sign == '+' else s.discard)(n)
    return list(s)


print(numbers(('+', 2), ('+', 3), ('+', 4), ('-', 3), ('+', 10)))
print(numbers(('+', 2), ('+', 3), ('+', 0), ('-', 3), ('-', 0), ('+', 10)))
s = set(range(60))
s -= {5, 7, 59}
s |= {4 + 128}
print(list(s)[:10], list(s)[-3:])
s ^= {3 + 256, 6 + 256, 8}
print(list(s)[:10], list(s)[-3:])
state = 1
t = set()
for step in range(2000):
    state = state * 1103515245 + 12345 & 0x7FFFFFFF
    (t.add if state & 3 else t.discard)((state >> 8) % 97)
    if step % 250 == 0:
        print(len(t), list(t)[:12])
print(list(t) == list(t.copy()), list(frozenset(t))[:12])
print({'one', 'two', 'three', 'four'}, list({'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta'}))
for word in {'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta'}:
    print(word, end=' ')
print()


def holds(x):
    return x in {'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 17, 33, 1}


print(holds(1), holds.__code__.co_consts)
