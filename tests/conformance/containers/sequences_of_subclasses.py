# Operators of sequences with subclasses on either side.
class L(list):
    pass


class T(tuple):
    pass


class S(str):
    pass


class R(list):
    def __radd__(self, other):
        return 'reflected', other

    def __rmul__(self, other):
        return 'reflected', other


operands = [[1], (2,), L([3]), T((4,)), S('s'), 'x', R([5]), 2, True]
for left in operands:
    for right in operands:
        for operation in (lambda a, b: a + b, lambda a, b: a * b):
            try:
                result = operation(left, right)
                print(type(left).__name__, type(right).__name__, type(result).__name__, result)
            except TypeError as error:
                print(error)
a = L([1])
b = a
a += (2, 3)
a *= 2
print(a, a is b, type(a))
print(type(L.__add__), L.__add__ is list.__add__, type(range(True).stop), type(slice(True).indices(3)[1]))
