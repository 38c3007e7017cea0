# In which order a collection finalizes, clears and calls back.
import gc
import weakref

gc.disable()


class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print('del', self.name, [other() is not None for other in watch])


watch = []
a, b, c = Node('a'), Node('b'), Node('c')
a.next, b.next, c.next = b, c, a
watch = [weakref.ref(a), weakref.ref(b)]
outside = weakref.ref(c, lambda r: print('callback', r()))
del a, b, c
print('before')
print(gc.collect())
print([w() for w in watch])


class Saved:
    def __del__(self):
        print('saving', self.name)
        saved.append(self)


saved = []
x, y = Saved(), Saved()
x.name, y.name = 'x', 'y'
x.other, y.other = y, x
del x, y
print(gc.collect(), [s.name for s in saved])
print(saved[0].other.name)
saved.clear()
print('they go without a second __del__:', gc.collect(), saved)


class Tail:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print('tail', self.name)


class Ring:
    pass


r = Ring()
r.me = r
r.tail = Tail('of the ring')
r.items = [Tail('in a list'), Tail('in a list too')]
del r
print(gc.collect())


def closing():
    try:
        yield
    finally:
        print('generator closed')


g = closing()
next(g)
box = [g]
holder = Ring()
holder.box = box
box.append(holder)
del g, box, holder
print(gc.collect())
class Cls:
    def __del__(self):
        print('instance of a class')
instance = Cls()
Cls.instance = instance
del Cls, instance
print(gc.collect() > 2)
