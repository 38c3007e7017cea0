# How a reversed list tells where it is.
it = reversed([4, 5, 6])
for _ in range(5):
    print(it.__reduce__(), it.__length_hint__())
    print(next(it, 'end'))
it = reversed([4, 5, 6])
for state in (1, 99, -5, 0):
    it.__setstate__(state)
    print(it.__reduce__(), list(it))
    it = reversed([4, 5, 6])
for make in (lambda: iter([1, 2]), lambda: iter((1, 2)), lambda: iter('ab'), lambda: reversed((1, 2)), lambda: iter({1}), lambda: iter(range(2))):
    it = make()
    print(it.__reduce__())
    next(it)
    print(it.__reduce__())
    print(list(it), it.__reduce__())
