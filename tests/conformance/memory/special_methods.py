# What self and the operands count inside special methods.
from sys import getrefcount as count


class Op:
    def __init__(self, name):
        self.name = name

    def show(self, what, other=None):
        print(self.name, what, count(self), count(other) if other is not None else '')

    def __add__(self, other):
        self.show('add', other)
        return self

    def __radd__(self, other):
        self.show('radd')
        return self

    def __iadd__(self, other):
        self.show('iadd', other)
        return self

    def __neg__(self):
        self.show('neg')
        return self

    def __lt__(self, other):
        self.show('lt', other)
        return True

    def __eq__(self, other):
        self.show('eq', other)
        return self is other

    def __hash__(self):
        self.show('hash')
        return 1

    def __bool__(self):
        self.show('bool')
        return True

    def __contains__(self, item):
        self.show('contains', item)
        return True

    def __getitem__(self, item):
        self.show('getitem', item)
        return item

    def __setitem__(self, item, value):
        self.show('setitem', item)

    def __delitem__(self, item):
        self.show('delitem', item)

    def __str__(self):
        self.show('str')
        return 's'

    def __repr__(self):
        self.show('repr')
        return 'r'

    def __format__(self, spec):
        self.show('format')
        return 'f'

    def __getattr__(self, name):
        self.show('getattr ' + name)
        return 1

    def __len__(self):
        self.show('len')
        return 3

    def __int__(self):
        self.show('int')
        return 3

    def __index__(self):
        self.show('index')
        return 1

    def __enter__(self):
        self.show('enter')
        return self

    def __exit__(self, *details):
        self.show('exit')

    def __iter__(self):
        self.show('iter')
        return iter([1])


a = Op('a')
b = Op('b')
a + b
a + a
1 + a
Op('temporary') + Op('other temporary')
-a
-Op('temporary')
a += b
a < b
a == b
a != b
if a:
    pass
not a
a and b
b in a
a[b]
a[b] = 1
del a[b]
str(a)
repr(a)
f'{a}'
f'{a!r}'
'%s' % (a,)
a.missing
len(a)
int(a)
[10, 20][a]
with a:
    a.show('body')
with a as c:
    a.show('body as')
del c
for _ in a:
    a.show('loop')
list(a)
{a: 1}
{a, b}
[a] == [b]
(a, b) < (b, a)
a in [b, a]
max(a, b)
print(a, b)
