# What a collection finds, over the shapes that cycles take.
import gc
gc.disable()
gc.collect()

class Node:
    pass

def lists():
    a, b = [], []
    a.append(b); b.append(a)

def dicts():
    d = {}
    d["self"] = d

def instance():
    n = Node(); n.me = n

def pair():
    a, b = Node(), Node()
    a.other, b.other = b, a

def instance_with_dict():
    n = Node(); n.me = n; n.__dict__

def function():
    def f(): return f

def generator():
    def g():
        yield it
    it = g(); next(it)

def klass():
    class C: pass

def bound_method():
    n = Node(); n.m = Node.__init__.__get__(n)

def tuple_cycle():
    l = []
    t = (l,)
    l.append(t)

def set_cycle():
    n = Node(); n.s = {n}

def with_tail():
    n = Node(); n.me = n; n.tail = [[], {"a": []}, ()]

for make in (lists, dicts, instance, pair, instance_with_dict, function, generator, klass, bound_method, tuple_cycle,
             set_cycle, with_tail):
    make()
    print(make.__name__, gc.collect(), gc.collect())
