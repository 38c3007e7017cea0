# What is thrown into a generator has the exception that the generator is handling as its context.
def handling():
    try:
        raise KeyError('a')
    except KeyError:
        yield


def delegating():
    try:
        raise KeyError('outer')
    except KeyError:
        yield from handling()


for make in (handling, delegating):
    generator = make()
    next(generator)
    try:
        generator.throw(ValueError)
    except ValueError as error:
        print(repr(error.__context__), error.__suppress_context__)


class NoInstance(Exception):
    def __new__(cls, *args):
        return cls


def waits():
    try:
        yield 1
    except TypeError as error:
        print('inside:', error)
    yield 2


generator = waits()
next(generator)
print(generator.throw(NoInstance))
generator = waits()
try:
    generator.throw(NoInstance)
except TypeError as error:
    print(error)
print(list(generator))
generator = waits()
next(generator)
for bad in (lambda: generator.throw(3), lambda: generator.throw(ValueError('x'), 'y'), lambda: generator.throw(ValueError, 'x', 3)):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)
