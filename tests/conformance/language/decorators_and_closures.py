# Decorators are calls; order and scope of what they see.


def announce(text):
    print('evaluating', text)

    def decorate(function):
        print('decorating', function.__name__, 'with', text)

        def wrapper(*args, **kwargs):
            print('calling', text)
            return function(*args, **kwargs)

        wrapper.__name__ = function.__name__
        return wrapper

    return decorate


@announce('outer')
@announce('inner')
def add(a, b=1):
    return a + b


print(add(2), add(2, b=5), add.__name__)


def register(cls):
    cls.registered = True
    return cls


@register
class Registered:
    @announce('method')
    def method(self):
        return 'result'


print(Registered.registered, Registered().method())


def memoize(function):
    cache = {}

    def cached(n):
        if n not in cache:
            cache[n] = function(n)
        return cache[n]

    cached.cache = cache
    return cached


@memoize
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), len(fib.cache))


class Counting:
    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


@Counting
def counted(x):
    return x


counted(1)
counted(2)
print(counted.calls)
