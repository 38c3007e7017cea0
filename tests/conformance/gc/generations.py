import gc
gc.disable()
print(gc.isenabled(), gc.get_threshold(), gc.get_debug())
gc.collect()
print(gc.get_count()[1:])
gc.collect(0); print(gc.get_count()[1:])
gc.collect(0); print(gc.get_count()[1:])
gc.collect(1); print(gc.get_count()[1:])
gc.collect(2); print(gc.get_count()[1:])
gc.set_threshold(100, 5)
print(gc.get_threshold())
gc.set_threshold(700, 10, 10)
before = [s["collections"] for s in gc.get_stats()]
gc.enable()
keep = [[] for _ in range(800)]
gc.disable()
after = [s["collections"] for s in gc.get_stats()]
print([b - a for a, b in zip(before, after)])
for bad in (-1, 3, "x"):
    try:
        gc.collect(bad)
    except Exception as e:
        print(type(e).__name__, e)
try:
    gc.set_threshold()
except TypeError as e:
    print(e)
l = []
print(any(o is l for o in gc.get_objects(generation=0)))
gc.collect(0)
print(any(o is l for o in gc.get_objects(generation=0)), any(o is l for o in gc.get_objects(generation=1)))
print(sorted(gc.get_stats()[2]))
gc.freeze()
print(gc.get_freeze_count() > 1000)
gc.unfreeze()
print(gc.get_freeze_count())
