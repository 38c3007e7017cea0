import weakref


class Plain:
    shared = 1

    def __init__(self):
        self.own = [1]

    def __repr__(self):
        print("repr was run")
        return "Plain()"

    @property
    def computed(self):
        print("property was run")
        return 1


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self):
        self.left = 1


def counter(start=[], *, step=2):
    count = 0

    def increase():
        nonlocal count
        count += step
        return count

    return increase


def generate():
    inside = 5
    yield inside
    yield 2


plain = Plain()
slotted = Slotted()
increase = counter()
running = generate()
next(running)
weak = weakref.ref(plain)
mapping = {"key": plain, (1, 2): None}
several = [plain, 2, "text"]
text = "x" * 100000
big = list(range(5000))
try:
    raise ValueError("caught")
except ValueError as error:
    failure = error
print("ready")  # break: ready
