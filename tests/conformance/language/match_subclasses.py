# Patterns see what a class inherits from.
from collections import OrderedDict, defaultdict, deque, namedtuple
from types import MappingProxyType

Point = namedtuple('Point', 'x y')


class Words(list):
    pass


class Table(dict):
    pass


class Deep(Table):
    pass


def kind(value):
    match value:
        case {'a': first, **rest}:
            return 'mapping with a', first, rest
        case {}:
            return 'mapping'
        case [first, *rest]:
            return 'sequence', first, rest
        case []:
            return 'empty sequence'
        case str(text) | bytes(text):
            return 'text', text
        case int(number):
            return 'number', number
        case _:
            return 'other'


for value in ({}, Table(), Deep(a=1, b=2), defaultdict(int), OrderedDict(a=2), MappingProxyType({'a': 3}), [], Words(), Words('ab'),
              Point(1, 2), deque([1]), range(3), range(0), 'ab', b'ab', bytearray(b'ab'), True, 3.5, {1}, memoryview(b'a'), iter([])):
    print(type(value).__name__, kind(value))
