import gc
gc.disable()
gc.collect()
log = []
def note(phase, info):
    log.append((phase, dict(info)))
gc.callbacks.append(note)
l = []; l.append(l); del l
gc.collect()
gc.collect(0)
gc.callbacks.remove(note)
gc.collect()
for entry in log:
    print(entry)
def bad(phase, info):
    raise RuntimeError(phase)
import sys
sys.unraisablehook = lambda u: print("unraisable", u.exc_value, u.object is bad)
gc.callbacks.append(bad)
gc.collect()
gc.callbacks.clear()
