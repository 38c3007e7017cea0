# __del__: when it runs, in which order, and what comes back from it.
import gc
import sys

saved = []


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print('del', self.name, sys.getrefcount(self))


x = Loud('x')
del x
print('after x')
x = Loud('old')
x = Loud('new')
print('after rebinding')
x = None


def function():
    local = Loud('local')
    print('leaving')


function()
Loud('temporary')
print('after the temporary')
items = [Loud('item 0'), Loud('item 1'), Loud('item 2')]
del items
pair = (Loud('left'), Loud('right'))
pair = None
table = {'a': Loud('value a'), 'b': Loud('value b')}
table.clear()
table = None


class Phoenix:
    def __del__(self):
        print('rising')
        saved.append(self)


p = Phoenix()
del p
print(len(saved), type(saved[0]).__name__)
saved.clear()
print('it does not rise twice', len(saved))


class Failing:
    def __del__(self):
        raise ValueError('in __del__')


f = Failing()
f = None
print('after the failure')


class Parent:
    def __init__(self):
        self.child = Child(self)

    def __del__(self):
        print('parent')


class Child:
    def __init__(self, parent):
        self.parent = parent

    def __del__(self):
        print('child')


parent = Parent()
del parent
print('collecting')
print(gc.collect())
last = Loud('at the end')
