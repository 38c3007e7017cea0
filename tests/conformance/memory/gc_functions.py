# get_objects, get_referrers, get_referents, freeze, callbacks, debug flags.
import gc


class N:
    pass


gc.collect()
a = N()
b = [a, 1]
c = {'k': b}
print(gc.get_referrers(b) == [c] or [type(r).__name__ for r in gc.get_referrers(b)])
print([type(r).__name__ for r in gc.get_referents(c)], [type(r).__name__ for r in gc.get_referents(b)])
print(sorted(type(r).__name__ for r in gc.get_referents(a)))
a.x = 1
print(sorted(type(r).__name__ for r in gc.get_referents(a)))
print(gc.get_referents(1, 'a'), gc.get_referents((1, 2)))
print(any(o is a for o in gc.get_objects()), any(o is a for o in gc.get_objects(generation=0)))
gc.collect()
print(any(o is a for o in gc.get_objects(generation=2)), any(o is a for o in gc.get_objects(generation=0)))
print(gc.get_freeze_count())
gc.freeze()
print(gc.get_freeze_count() > 0, any(o is a for o in gc.get_objects()))
gc.unfreeze()
print(gc.get_freeze_count(), any(o is a for o in gc.get_objects(generation=2)))
events = []


def callback(phase, info):
    events.append((phase, sorted(info.items())))


gc.callbacks.append(callback)
n = N()
n.me = n
del n
gc.collect()
gc.collect(0)
gc.callbacks.remove(callback)
for event in events:
    print(event)
gc.set_debug(gc.DEBUG_SAVEALL)
n = N()
n.me = n
del n
print(gc.collect(), [type(o).__name__ for o in gc.garbage])
gc.set_debug(0)
gc.garbage.clear()
print(gc.collect(), gc.garbage, gc.get_debug())
for bad in (lambda: gc.collect(5), lambda: gc.get_objects(generation=7), lambda: gc.set_threshold('a'), lambda: gc.collect('x')):
    try:
        bad()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
gc.set_threshold(0)
print(gc.get_threshold(), gc.isenabled())
