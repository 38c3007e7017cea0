# In which order references go.


class D:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(self.name, end=' ')


def section(title):
    print()
    print(title, end=': ')


section('list')
a = [D(1), D(2), D(3)]
del a
section('tuple')
t = (D(1), D(2), D(3))
del t
section('dict')
d = {1: D(1), 2: D(2), 3: D(3)}
del d
section('dict keys')
d = {D('k1'): D('v1'), D('k2'): D('v2')}
del d
section('attributes')
o = D('owner')
o.x = D('x')
o.y = D('y')
del o
section('slots')


class S:
    __slots__ = ('b', 'a', 'c')


s = S()
s.c, s.a, s.b = D('c'), D('a'), D('b')
del s
section('nested')
n = [D(1), [D(2), (D(3), D(4))], {'k': D(5)}]
del n
section('locals')


def f():
    z = D('z')
    a = D('a')
    m = D('m')


f()
section('arguments')


def g(x, y):
    print('body', end=' ')


g(D('x'), D('y'))
section('temporaries')
D(1), D(2)
[D(3), D(4)][0]
(D(5), D(6))[1].name
section('rebinding')
v = D('old')
v = D('new')
del v
section('swap')
p, q = D('p'), D('q')
p, q = q, None
del p
section('slice')
a = [D(i) for i in range(5)]
del a[1:4]
a[0] = None
a.clear()
section('pop')
a = [D(1), D(2)]
a.pop(0)
kept = a.pop()
del kept
section('chain')
head = D(1)
head.next = D(2)
head.next.next = D(3)
del head
section('closure')


def make():
    first = D('first')
    second = D('second')
    return lambda: (second, first)


function = make()
del function
section('generator')


def gen():
    one = D('one')
    two = D('two')
    yield 1


it = gen()
next(it)
del it
section('exception')
try:
    held = D('held')
    raise ValueError(D('argument'))
except ValueError:
    del held
section('class')


class C:
    attribute = D('class attribute')


print('kept', end=' ')
C.attribute = None
section('end')
last = D('last')
other = D('other')
