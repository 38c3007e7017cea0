# Generators: laziness, send, throw, close, yield from.


def count(n):
    print('started')
    for i in range(n):
        yield i
    print('ended')
    return 'result'


g = count(2)
print('made')
print(next(g), next(g))
try:
    next(g)
except StopIteration as stop:
    print('StopIteration', stop.value)
print(next(g, 'default'), list(g))


def echo():
    received = None
    try:
        while True:
            try:
                received = yield received
            except ValueError as error:
                received = f'caught {error}'
    finally:
        print('closed')


e = echo()
print(next(e), e.send('one'), e.send('two'), e.throw(ValueError('thrown')))
e.close()
e.close()
try:
    e.send('x')
except StopIteration:
    print('exhausted')


def delegating():
    result = yield from count(2)
    print('result was', result)
    yield from [10, 20]
    yield from (c for c in 'xy')


print(list(delegating()))
fresh = echo()
try:
    fresh.send('too early')
except TypeError as error:
    print(error)
squares = (n * n for n in range(4))
print(squares.__next__(), sum(squares), sum(squares))


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


print([n for n, _ in zip(fibonacci(), range(10))])
f = fibonacci()
first = [next(f) for _ in range(5)]
print(first)
del f


def cleanup():
    try:
        yield 1
    finally:
        print('cleanup')


c = cleanup()
next(c)
del c
print('after del')
c = cleanup()
next(c)
try:
    c.throw(KeyError('k'))
except KeyError as error:
    print('through', error)


def reentrant():
    yield next(me)


me = reentrant()
try:
    next(me)
except ValueError as error:
    print(error)


def stops():
    raise StopIteration
    yield


try:
    next(stops())
except RuntimeError as error:
    print(error)
print(type(me).__name__, reentrant.__name__, c.gi_frame)


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Countdown(3)), max(Countdown(4)), 2 in Countdown(5))
