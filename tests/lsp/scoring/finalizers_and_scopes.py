# Finalizers, nonlocal and global names, properties, kept exceptions: code that acts at a distance.
import gc
import sys
import weakref

log = []
shown = []
current = None
count = 0


class Watched:
    def __init__(self, held):
        self.held = held

    def __del__(self):
        log.append(self.held)


class Reviving:
    def __del__(self):
        global current
        current = self


class Managed:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        log.append(self)


class Measured:
    total = 0

    def __init__(self, size):
        self._size = size

    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, value):
        self._size = [value]

    @staticmethod
    def make(value):
        return Measured(value)

    @classmethod
    def again(cls, value):
        cls.last = value
        return cls(value)

    def __eq__(self, other):
        log.append(other)
        return True

    def __repr__(self):
        shown.append(self)
        return 'Measured'

    def __add__(self, other):
        return [self, other]

    def __getitem__(self, key):
        return self._size


held = []
watched = Watched(held)
del watched
print(held)
reviving = Reviving()
del reviving
again = current
current = None
print(again)
with Managed() as manager:
    inside = [manager]
print(manager, inside)
size = ['a']
measured = Measured(size)
read = measured.size
measured.size = size
other = measured.size
print(size, read, other)
made = Measured.make(size)
second = Measured.again(size)
last = Measured.last
print(measured == made)
print(made)
total = measured + second
item = made['key']
print(size, total, item)
text = f'{measured} and {second!r}'
Measured.total = size
del Measured.last


def set_current(value):
    global current
    before = current
    current = value
    return before


before = set_current(size)
after = set_current(None)
print(size)


def counter(start):
    value = [start]

    def step(to):
        nonlocal value
        old = value
        value = to
        return old

    def get():
        return value

    return step, get


step, get = counter(size)
first = step(held)
now = get()
print(first, now, held, size)
del step
print(now)
del get
print(now)


def fails(value):
    kept = [value]
    raise ValueError(kept)


failed = None
try:
    fails(held)
except ValueError as error:
    failed = error
print(held, failed)
failed = None
print(held)


def catches(value):
    local = [value]
    try:
        fails(local)
    except ValueError as error:
        message = str(error)
    return local


caught = catches(held)
print(caught, held)


def swallows(value):
    while True:
        try:
            value.append(1)
            break
        finally:
            log.append(value)


swallows(size)
print(size)


def early(value, flag):
    if flag:
        return value
    for one in [value, None]:
        if one is None:
            return [value]
    return None


got = early(size, True)
maybe = early(size, len(sys.argv))
print(size, got, maybe)


def recursive(value, depth):
    if depth == 0:
        return value
    return recursive([value], depth - 1)


nested = recursive(size, 3)
deep = recursive(size, 30)
print(size)

gc.disable()
left = [size]
left.append(left)
del left
print(size)
right = [size]
gc.enable()
print(size)
gc.collect()
print(size, right)


def arguments(*given, **named):
    return given, named


both = arguments(size, size, key=size)
spread = [*both[0], size]
mapped = {**both[1], 'more': size}
starred = arguments(*spread, **mapped)
print(size, both, spread, mapped, starred)
reference = weakref.ref(measured, log.append)
del measured
print(log)


def generates(value):
    local = [value]
    got = yield local
    other = [got, local]
    yield other


running = generates(size)
given = next(running)
print(size, given)
running.close()
print(size, given)
