# Cells: what closures share, and what they keep alive.
import sys


def counter():
    count = 0

    def increase():
        nonlocal count
        count += 1
        return count

    def peek():
        return count

    return increase, peek


increase, peek = counter()
print(increase(), increase(), peek())
print(increase.__closure__[0] is peek.__closure__[0], increase.__closure__[0].cell_contents)
print(increase.__code__.co_freevars, peek.__code__.co_freevars)


class Big:
    def __del__(self):
        print('big freed')


def keeper():
    big = Big()
    small = 'small'

    def uses_big():
        return big

    def uses_small():
        return small

    return uses_big, uses_small


uses_big, uses_small = keeper()
print(sys.getrefcount(uses_big()), sys.getrefcount(uses_big.__closure__[0]))
del uses_big
print('big went with its closure', uses_small())


def make():
    data = []

    def add(item):
        data.append(item)
        return data

    return add


one = make()
two = make()
one(1)
one(2)
two(3)
print(one(4), two(5), one.__closure__[0] is two.__closure__[0])
print(sys.getrefcount(one.__closure__[0].cell_contents))
adders = []
for n in range(3):
    adders.append((lambda n: lambda x: x + n)(n))
print([add(10) for add in adders])


def outer():
    def late():
        return value

    try:
        late()
    except NameError as error:
        print(error)
    value = 'now'
    return late()


print(outer())
