# Two lists that hold each other die by the collector only.
import gc
import sys

gc.disable()
a = ['a']
b = ['b', a]
a.append(b)
print(sys.getrefcount(a), sys.getrefcount(b))
print(a, b)
del a
print(sys.getrefcount(b))
del b
print('collected', gc.collect())
print('again', gc.collect())


class Node:
    def __init__(self, name):
        self.name = name
        self.other = None

    def __del__(self):
        print('finalized', self.name)


first = Node('first')
second = Node('second')
third = Node('third')
first.other = second
second.other = third
third.other = first
print(sys.getrefcount(first), sys.getrefcount(second), sys.getrefcount(third))
del first, second
print('two names gone')
print('collected while one is held', gc.collect())
third.other.other.name = 'SECOND'
del third
print('collected', gc.collect())

lonely = []
lonely.append(lonely)
print(lonely, sys.getrefcount(lonely))
del lonely
print('collected', gc.collect())
print(gc.isenabled())
gc.enable()
print(gc.isenabled(), gc.get_threshold())
