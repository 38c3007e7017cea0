# Classes: attributes, methods, inheritance, super, special methods.


class Animal:
    """An animal."""
    legs = 4

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f'{self.name} makes a sound'

    def __repr__(self):
        return f'{type(self).__name__}({self.name!r})'

    def __eq__(self, other):
        return isinstance(other, Animal) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


class Bird(Animal):
    legs = 2

    def __init__(self, name, wings=2):
        super().__init__(name)
        self.wings = wings

    def speak(self):
        return super().speak() + ': tweet'


class Walker:
    def move(self):
        return 'walks'


class Flyer:
    def move(self):
        return 'flies'


class Duck(Bird, Flyer, Walker):
    def move(self):
        return super().move() + ' and swims'


cat = Animal('cat')
duck = Duck('donald')
print(cat, duck, cat.legs, duck.legs, duck.wings)
print(cat.speak(), '|', duck.speak(), '|', duck.move())
print([c.__name__ for c in Duck.__mro__], Duck.__bases__ == (Bird, Flyer, Walker))
print(isinstance(duck, Animal), issubclass(Duck, Flyer), isinstance(cat, (Bird, int)), issubclass(bool, int))
print(cat == Animal('cat'), cat != Animal('cat'), cat == duck, {cat: 1}[Animal('cat')])
print(Animal.__name__, Animal.__doc__, Animal.__module__, duck.__class__ is Duck)
print(cat.__dict__, duck.__dict__)
cat.legs = 3
print(cat.legs, Animal.legs)
del cat.legs
print(cat.legs)
print(getattr(cat, 'name'), getattr(cat, 'missing', 'default'), hasattr(cat, 'x'))
setattr(cat, 'x', 1)
print(hasattr(cat, 'x'), cat.x)
delattr(cat, 'x')
for action in (lambda: cat.x, lambda: Animal.x, lambda: Animal(), lambda: cat(), lambda: delattr(cat, 'x')):
    try:
        action()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)


class Vector:
    def __init__(self, *items):
        self.items = list(items)

    def __add__(self, other):
        return Vector(*[a + b for a, b in zip(self.items, other.items)])

    def __mul__(self, factor):
        if not isinstance(factor, int):
            return NotImplemented
        return Vector(*[a * factor for a in self.items])

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value

    def __contains__(self, value):
        return value in self.items

    def __iter__(self):
        return iter(self.items)

    def __bool__(self):
        return any(self.items)

    def __call__(self, n):
        return self.items[n]

    def __lt__(self, other):
        return self.items < other.items

    def __str__(self):
        return '<' + ', '.join(str(item) for item in self.items) + '>'


v = Vector(1, 2, 3)
print(v + v, v * 2, 3 * v, -v, len(v), v[0], v[-1], 2 in v, 5 in v, list(v), bool(v), bool(Vector(0)), v(1))
v[0] = 10
print(v, v < Vector(11), max(v), sum(v), f'{v}')
try:
    v * 1.5
except TypeError as error:
    print(error)
bound = v.__len__
print(bound(), Vector.__len__(v), bound.__self__ is v, bound.__func__ is Vector.__len__)


class Properties:
    def __init__(self):
        self._value = 1

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, new):
        self._value = new

    @staticmethod
    def static(a):
        return a * 2

    @classmethod
    def make(cls):
        return cls()


p = Properties.make()
p.value = 5
print(p.value, Properties.static(4), p.static(5), type(p).__name__)
Dynamic = type('Dynamic', (Animal,), {'legs': 8})
print(Dynamic('spider'), Dynamic.legs)
