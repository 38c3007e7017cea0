# global, nonlocal, class scope, comprehension scope.
x = 'module'


def reads():
    return x


def shadows():
    x = 'local'
    return x


def sets():
    global x
    x = 'set by sets'


print(reads(), shadows())
sets()
print(x)


def outer():
    x = 'outer'

    def inner():
        nonlocal x
        before = x
        x = 'inner'
        return before

    before = inner()
    return before, x


print(outer())


class Scope:
    x = 'class'
    y = x + '!'

    def method(self):
        return x

    z = [x for _ in range(1)]


print(Scope.y, Scope().method(), Scope.z)
squares = [x * x for x in range(3)]
print(squares, x)


def deletes():
    local = 1
    del local
    try:
        return local
    except UnboundLocalError as error:
        return str(error)


print(deletes())


def conditional(flag):
    if flag:
        value = 1
    try:
        return value
    except UnboundLocalError as error:
        return str(error)


print(conditional(True), conditional(False))


def deep():
    a = 1

    def middle():
        def bottom():
            nonlocal a
            a += 1
            return a
        return bottom
    return middle()


bottom = deep()
print(bottom(), bottom())
print([[i * j for j in range(3)] for i in range(3)])
print({k: v for k, v in zip('ab', range(2))}, {n % 3 for n in range(9)})
print([i for i in range(20) if i % 2 if i % 3])


def exception_name():
    error = 'before'
    try:
        raise ValueError('v')
    except ValueError as error:
        pass
    try:
        return error
    except UnboundLocalError as problem:
        return str(problem)


print(exception_name())
print(sorted(name for name in globals() if name.startswith('s')))
print([locals_ for locals_ in [1]], 'locals_' in globals())
