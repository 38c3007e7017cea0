# Every way through loops and branches.


def sign(n):
    if n > 0:
        return 'positive'
    elif n < 0:
        return 'negative'
    else:
        return 'zero'


print(sign(1), sign(-1), sign(0))
for i in range(5):
    if i == 1:
        continue
    if i == 4:
        break
    print(i, end=' ')
else:
    print('not here')
print()
for i in range(2):
    print(i, end=' ')
else:
    print('else of for')
n = 3
while n:
    n -= 1
    if n == 1:
        continue
    print(n, end=' ')
else:
    print('else of while')
while True:
    n += 1
    if n > 2:
        break
else:
    print('not here')
print(n)
for i in range(3):
    for j in range(3):
        if j == 2:
            break
        if i == j:
            continue
        print((i, j), end=' ')
print()
print('a' if n else 'b', 'a' if not n else 'b')
print(1 and 2, 0 and 2, 1 or 2, 0 or 2, not 0, None or [] or 'last')
if (m := len('four')) > 3:
    print('walrus', m)
print([y := 1, y ** 2], y)
for x, (y, *z) in [(1, (2, 3, 4)), (5, (6,))]:
    print(x, y, z)
first, *middle, last = range(5)
print(first, middle, last)
*start, end = 'ab'
print(start, end)
(a, b), c = [1, 2], 3
print(a, b, c)
pass
assert n, 'not shown'
try:
    assert not n, 'shown'
except AssertionError as error:
    print('AssertionError', error)
total = 0
for i in range(10, 0, -3):
    total += i
print(total, list(range(0)), list(range(5, 2)), list(range(-3, 3, 2)))
del total
try:
    total
except NameError as error:
    print(error)
