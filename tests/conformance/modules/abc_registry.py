# What an abstract base class keeps: sets of weak references, counters, and the counts of classes that they do not raise.
import abc
import gc
import sys
import weakref
from abc import ABC, ABCMeta, abstractmethod, get_cache_token
from collections.abc import Mapping, MutableMapping, Sequence, Sized, Hashable
import _abc


class Shape(ABC):
    @abstractmethod
    def area(self): ...

    @property
    @abstractmethod
    def name(self): ...


class Square(Shape):
    def area(self):
        return 4
    name = 'square'


class Half(Shape):
    def area(self):
        return 2


print(sorted(Shape.__abstractmethods__), sorted(Half.__abstractmethods__), sorted(Square.__abstractmethods__))
for cls in (Shape, Half, Square):
    try:
        print(cls().area())
    except TypeError as error:
        print(error)


class Other:
    pass


print(isinstance(Other(), Shape), issubclass(Other, Shape))
registry, cache, negative, version = _abc._get_dump(Shape)
print(len(registry), len(cache), len(negative), version == get_cache_token())
token = get_cache_token()
print(Shape.register(Other) is Other, get_cache_token() - token)
print(isinstance(Other(), Shape), issubclass(Other, Shape), issubclass(Other, Half))
registry, cache, negative, version = _abc._get_dump(Shape)
print(len(registry), len(cache), len(negative), sorted(r().__name__ for r in registry))
Shape.register(Other)
print(get_cache_token() - token)
print(sys.getrefcount(Other), weakref.getweakrefcount(Other), type(Shape._abc_impl), gc.is_tracked(Shape._abc_impl))
print(sys.getsizeof(Shape._abc_impl), sys.getrefcount(Shape._abc_impl))
registered = type('Brief', (), {})
Shape.register(registered)
print(len(_abc._get_dump(Shape)[0]))
del registered, registry, cache, negative
gc.collect()
print(len(_abc._get_dump(Shape)[0]))
_abc._reset_caches(Shape)
print([len(part) for part in _abc._get_dump(Shape)[:3]])
_abc._reset_registry(Shape)
print(issubclass(Other, Shape), [len(part) for part in _abc._get_dump(Shape)[:3]])

for call in (lambda: Shape.register(1), lambda: Square.register(Shape), lambda: issubclass(1, Shape), lambda: _abc._get_dump(Other),
             lambda: _abc._abc_subclasscheck(Shape), lambda: _abc._abc_register(Shape, 1)):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


class Hooked(metaclass=ABCMeta):
    answer = NotImplemented

    @classmethod
    def __subclasshook__(cls, other):
        print('asked about', other.__name__)
        return cls.answer


print(issubclass(int, Hooked), issubclass(int, Hooked))
Hooked.answer = True
print(issubclass(str, Hooked), isinstance('', Hooked), issubclass(int, Hooked))
Hooked.answer = 'perhaps'
try:
    issubclass(list, Hooked)
except AssertionError as error:
    print(error)


class Pretender:
    __class__ = Square


print(isinstance(Pretender(), Shape), isinstance(Pretender(), Half))


# Patterns: what a registration makes of a class, its subclasses included, and of classes that exist already.
def kind(subject):
    match subject:
        case []:
            return 'sequence'
        case {}:
            return 'mapping'
        case _:
            return 'neither'


class Early:
    def __len__(self): return 0
    def __getitem__(self, key): raise KeyError(key)


class EarlyChild(Early):
    pass


print(kind(Early()), kind(EarlyChild()))
Sequence.register(Early)
print(kind(Early()), kind(EarlyChild()), type('Late', (EarlyChild,), {})() and 0 or kind(EarlyChild()))
Mapping.register(type('M', (dict,), {}))


class Both(Early, Mapping):
    def __iter__(self): return iter(())


print(kind(Both()), '__abc_tpflags__' in Sequence.__dict__, bool(Sequence.__flags__ & 1 << 5), bool(MutableMapping.__flags__ & 1 << 6))
try:
    class Impossible(metaclass=ABCMeta):
        __abc_tpflags__ = 1 << 5 | 1 << 6
except TypeError as error:
    print(error)
print(isinstance([], Sized), isinstance([], Hashable), isinstance((), Hashable))
