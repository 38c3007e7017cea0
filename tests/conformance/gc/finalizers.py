# Finalizers of a cycle: order, resurrection, once only.
import gc
gc.disable()
log = []

class Node:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        log.append(self.name)

def ring(*names):
    nodes = [Node(n) for n in names]
    for a, b in zip(nodes, nodes[1:] + nodes[:1]):
        a.next = b

ring("a", "b", "c")
print(gc.collect(), log); log.clear()

saved = []
class Phoenix(Node):
    def __del__(self):
        log.append("del " + self.name)
        saved.append(self)

def phoenix():
    p = Phoenix("p"); p.me = p; p.extra = [p]
phoenix()
print(gc.collect(), log, len(saved))
print(gc.is_finalized(saved[0]), gc.is_tracked(saved[0]))
saved.clear(); log.clear()
print(gc.collect(), log)

class Raiser(Node):
    def __del__(self):
        log.append("raise")
        raise ValueError("in finalizer")
import sys
sys.unraisablehook = lambda u: log.append((u.exc_type.__name__, str(u.exc_value), u.err_msg, u.object.__name__))
def raiser():
    r = Raiser("r"); r.me = r
raiser()
print(gc.collect(), log); log.clear()

# a finalizer that breaks the cycle itself: nothing is left to clear
class Breaker(Node):
    def __del__(self):
        self.me = None
        log.append("broken")
def breaker():
    b = Breaker("x"); b.me = b
breaker()
print(gc.collect(), log)
