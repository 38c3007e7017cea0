# Sizes of getters, context variables and deque iterators.
import sys, operator, contextvars, collections

for made in (operator.itemgetter(1), operator.itemgetter(1, 'a'), operator.attrgetter('a'), operator.attrgetter('a.b', 'c'),
             contextvars.ContextVar('v'), contextvars.ContextVar('v', default=1),
             iter(collections.deque([1])), reversed(collections.deque([1]))):
    cls = type(made)
    print(cls.__name__, sys.getsizeof(made), cls.__basicsize__, cls.__itemsize__, cls.__dictoffset__, cls.__weakrefoffset__)
