# In which order containers let go of what they hold.
class D:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(self.name, end=' ')


def line(what):
    print('|', what)


def letters(text):
    return [D(c) for c in text]


x = letters('abc')
del x
line('list')
x = tuple(letters('abc'))
del x
line('tuple')
x = {i: D(c) for i, c in enumerate('abc')}
del x
line('dict values')
x = {D('k' + c): D('v' + c) for c in 'abc'}
del x
line('dict keys and values')
x = {D('s')}
del x
line('set')
x = letters('abcdef')
x[1:3] = []
line('slice')
x[0:2] = letters('xy')
line('slice replaced')
x.clear()
line('clear')
x = letters('abcdef')
del x[::2]
line('extended slice')
x[::2] = letters('mn')
line('extended slice replaced')
x[:] = []
line('all')
x = letters('abc')
x.pop()
line('pop')
x.pop(0)
line('pop first')
x[0] = 1
line('item replaced')
x = {i: D(c) for i, c in enumerate('abc')}
x.clear()
line('dict clear')
x = {i: D(c) for i, c in enumerate('abc')}
x[1] = 0
line('value replaced')
x.popitem()
line('popitem')
x.update({0: 5})
line('update')
x = {'a': D('a')}
x |= {'a': 1}
line('in-place union')


class O:
    pass


o = O()
o.a, o.b, o.c = letters('abc')
del o.b
line('attribute deleted')
del o
line('instance')
first = O()
first.a = first.b = 1
o = O()
o.b, o.a = D('b'), D('a')
del o
line('instance, other order')
o = O()
o.b, o.a = D('b'), D('a')
o.__dict__
del o
line('instance with a dict')
o = O()
o.a = D('a')
o.__dict__ = {}
line('dict replaced')
x = [letters('ab'), letters('cd')]
del x
line('nested lists')
x = zip(letters('ab'), letters('cd'))
next(x)
del x
line('zip')
x = enumerate(letters('ab'))
next(x)
next(x)
line('enumerate keeps its tuple')
del x
line('enumerate')
x = iter(letters('ab'))
next(x)
line('iterator')
del x
line('iterator ends')
x = map(lambda a: a, letters('ab'))
next(x)
line('map')
del x
line('map ends')
deep = D('deep')
for _ in range(100000):
    deep = [deep]
del deep
line('deep list')
deep = D('deep')
for _ in range(100000):
    deep = (deep,)
del deep
line('deep tuple')
deep = D('deep')
for _ in range(100000):
    deep = {1: deep}
del deep
line('deep dict')
