# Values whose repr the library writes. Each is printed as it should show.
import collections
import dataclasses
import enum
import weakref


@dataclasses.dataclass
class Point:
    x: int
    y: list
    hidden: int = dataclasses.field(default=3, repr=False)
    origin: int = 0


@dataclasses.dataclass(slots=True)
class Slotted:
    name: str
    next: object = None


@dataclasses.dataclass
class OwnRepr:
    x: int

    def __repr__(self):
        raise RuntimeError('the debugger ran this')


class Color(enum.Enum):
    RED = 1
    GREEN = 'g'


class Level(enum.IntEnum):
    LOW = 1


class Mode(enum.Flag):
    READ = 1
    WRITE = 2


Pair = collections.namedtuple('Pair', 'first second')


class Target:
    pass


def main():
    point = Point(1, ['a', 2.5])
    nested = Slotted('s', point)
    circular = Slotted('c')
    circular.next = circular
    color = Color.GREEN
    level = Level.LOW
    mode = Mode.READ | Mode.WRITE
    colors = [Color, Mode, Color.RED]
    pair = Pair(1, Pair('x', None))
    queue = collections.deque([1, 'two', [3]])
    default = collections.defaultdict(list, a=[1])
    raw = bytearray(b'ab\x00')
    part = slice(1, None, 2)
    for name, value in list(locals().items()):
        print(name, repr(value), sep='\t')
    own = OwnRepr(1)
    kept = Target()
    values = weakref.WeakValueDictionary(kept=kept, lost=kept)
    values.data['lost'] = weakref.KeyedRef(Target(), None, 'lost')
    keys = weakref.WeakKeyDictionary({kept: 'value'})
    members = weakref.WeakSet([kept])
    try:
        fail(3)
    except ValueError as error:
        caught = error
    return own, keys, members, caught  # stop


def fail(depth):
    inner = [depth]
    if depth == 0:
        raise ValueError(inner)
    fail(depth - 1)


main()
