# Objects that come back.
import gc
import weakref

store = []


class Back:
    count = 0

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Back.count += 1
        print('del', self.name, gc.is_finalized(self))
        store.append(self)


b = Back('by count')
r = weakref.ref(b)
del b
print(r() is store[0], gc.is_finalized(store[0]))
store.clear()
print(r(), Back.count)
c = Back('by the collector')
c.me = c
rc = weakref.ref(c)
del c
print(gc.collect(), rc(), len(store))
print(store[0].me is store[0])
store.clear()
print(gc.collect(), len(store), Back.count)


class Group(Back):
    pass


x, y, z = Group('x'), Group('y'), Group('z')
x.n, y.n, z.n = y, z, x
del x, y, z
print(gc.collect(), [s.name for s in store])
store.clear()
print(gc.collect())


class Half(Back):
    def __del__(self):
        print('half', self.name)
        if self.name == 'p':
            store.append(self)


p, q = Half('p'), Half('q')
p.q, q.p = q, p
del p, q
print(gc.collect(), store[0].q.name)
store.clear()
print(gc.collect())


class List(list):
    def __del__(self):
        store.append(self)


items = List([1, 2, 3])
del items
print(store)
store.clear()


class Chain:
    def __init__(self, next):
        self.next = next

    def __del__(self):
        print('chain', self.next is not None)


chain = None
for _ in range(5):
    chain = Chain(chain)
del chain
deep = None
for _ in range(200000):
    deep = [deep]
del deep
print('deep lists go quietly')
