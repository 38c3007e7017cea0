# Every kind of parameter and argument.


def everything(a, b=2, /, c=3, *args, d, e=5, **kwargs):
    return a, b, c, args, d, e, kwargs


print(everything(1, d=4))
print(everything(1, 20, 30, 40, 50, d=60, e=70, f=80))
print(everything(*[1, 2], *(3, 4), **{'d': 5}, **{'z': 6}))
print(everything(1, c=9, d=4))
print(everything(1, d=4, a='keyword a', b='keyword b'))


def attempt(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except TypeError as error:
        print('TypeError:', error)


def two(a, b):
    return a + b


def keyword_only(*, x, y=1):
    return x, y


def positional_only(x, y, /):
    return x, y


attempt(two, 1)
attempt(two)
attempt(two, 1, 2, 3)
attempt(two, 1, c=3)
attempt(two, 1, a=2)
attempt(two, b=1, a=2)
attempt(keyword_only, 1)
attempt(keyword_only)
attempt(keyword_only, x=1, z=2)
attempt(positional_only, 1, y=2)
attempt(positional_only, x=1, y=2)
attempt(everything)
attempt(everything, 1)


def three(a, b, c):
    pass


attempt(three)
attempt(three, 1)


def default_of(a, b=10, c=20):
    pass


attempt(default_of, 1, 2, 3, 4)
attempt(default_of)
print(everything.__defaults__, everything.__kwdefaults__, everything.__name__, everything.__qualname__)
count = 0


def evaluated():
    global count
    count += 1
    return count


def late(a=evaluated()):
    return a


print(late(), late(), count)
print((lambda *a, **k: (a, k))(1, 2, x=3))
print((lambda a, b=2: a + b)(1))


def recursive(n):
    return 1 if n == 0 else n * recursive(n - 1)


print(recursive(30))


def annotated(a: int, b: str = 'x') -> bool:
    return True


print(annotated.__annotations__)


def documented():
    """What it does."""


print(documented.__doc__, documented())
