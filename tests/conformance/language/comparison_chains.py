# Comparisons between and within types.


def show(value):
    print('got', value)
    return value


print(show(1) < show(2) < show(3))
print(show(3) < show(2) < show(1))
print([1, 2] < [1, 3], [1] < [1, 0], (1, 'a') == (1, 'a'), [] == (), 'a' < 'b' < 'c', 'Z' < 'a')
print({1, 2} == {2, 1}, {1} < {1, 2}, {1, 2} >= {2}, {'a': 1} == {'a': 1.0}, {1: 2} != {1: 3})
print(1 in [1.0], 'ell' in 'hello', 5 not in (1, 2), None in [None], [] in [[]])
for compare in (lambda: 1 < 'a', lambda: [] < (), lambda: {} < {}, lambda: None > 1, lambda: 1 in 5):
    try:
        compare()
    except TypeError as error:
        print(error)
nan = float('nan')
values = [nan]
print(nan == nan, nan in values, values == [nan], nan < 1, nan != nan)


class Reflected:
    def __eq__(self, other):
        print('eq with', type(other).__name__)
        return NotImplemented

    def __gt__(self, other):
        return 'reflected gt'


r = Reflected()
print(r == 1, 1 == r, r != 1, 1 < r, r == r)
print(max([3, 1, 2]), min('hello'), max([1, 2], [1, 3]), max(['aa', 'b'], key=len), min([], default='none'))
print(sorted([3, 1, 2]), sorted('banana'), sorted([(2, 'a'), (1, 'b')]), sorted(['b', 'A', 'c'], key=str.lower))
print(sorted([1, 2, 3], reverse=True), sorted({'x': 1, 'a': 2}), sorted([[2], [1, 5], []]))
