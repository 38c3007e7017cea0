# The order in which a program ends.
import atexit
import sys
import weakref


class D:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print('del', self.name, sys is not None, print is not None)


def at_exit(name):
    print('atexit', name)


atexit.register(at_exit, 'registered first')
atexit.register(at_exit, 'registered second')
first = D('first')
second = D('second')
cycle = D('cycle')
cycle.me = cycle
ref = weakref.ref(first, lambda r: print('callback of first'))


class InClass:
    held = D('held by a class')


def function(default=D('default')):
    pass


items = [D('in a list')]
_private = D('private')
print('end of the program')
