import gc, sys
gc.disable()
gc.collect()
gc.set_debug(gc.DEBUG_SAVEALL)
class N:
    pass
def ring():
    n = N(); n.me = n
    l = []; l.append(l)
ring()
print(gc.collect(), len(gc.garbage), [type(o).__name__ for o in gc.garbage])
gc.set_debug(0)
gc.garbage.clear()
print(gc.collect())
class Text:
    def __init__(self): self.parts = []
    def write(self, s): self.parts.append(s)
    def flush(self): pass
old, sys.stderr = sys.stderr, Text()
gc.set_debug(gc.DEBUG_COLLECTABLE)
ring()
gc.collect()
gc.set_debug(0)
text, sys.stderr = sys.stderr, old
for line in "".join(text.parts).splitlines():
    print(line.split(" 0x")[0])
