# Every kind of statement once, to be stepped through.
import contextlib
def f(x):
    if x > 1:
        y = [i * 2 for i in range(x)]
        return sum(y)
    elif x == 1:
        return 3
    else:
        pass
    return -1
class A:
    z = 1
    def __init__(self, v):
        self.v = v
    @property
    def p(self):
        return self.v
    def __len__(self):
        return 3
def gen(n):
    for i in range(n):
        yield i
    yield from range(2)
    return
def exc():
    try:
        try:
            1 / 0
        except ValueError:
            print('no')
        finally:
            print('fin')
    except ZeroDivisionError as e:
        print('caught')
    else:
        print('else')
@contextlib.contextmanager
def cm():
    try:
        yield 1
    finally:
        print('out')
for q in (0, 1, 3):
    f(q)
a = A(1)
a.p
len(a)
if a:
    pass
list(gen(2))
exc()
with cm() as k:
    print(k)
w = 0
while w < 3:
    w += 1
    if w == 2:
        continue
    print(w)
else:
    print('done')
d = {
    'a': f(1),
    'b': f(2),
}
def deco(g):
    return g
@deco
@deco
def h(a,
      b=f(0)):
    return a
h(
    1,
)
x = lambda t: t + 1
x(2)
match q:
    case 1:
        pass
    case [a, b]:
        pass
    case 3:
        print('three')
assert x(1) == 2
r = sorted([3, 1], key=lambda v: -v)
try:
    raise KeyError('z')
except KeyError:
    pass
del r
async def co():
    return 1
c = co()
try:
    c.send(None)
except StopIteration:
    pass
