import gc
gc.disable()
t = tuple([1, 2.5, "x"])
n = tuple([tuple([3]), 4])
d = {"a": 1}
e = {"a": [1]}
print(gc.is_tracked(t), gc.is_tracked(n), gc.is_tracked(d), gc.is_tracked(e))
gc.collect()
print(gc.is_tracked(t), gc.is_tracked(n), gc.is_tracked(d), gc.is_tracked(e))
gc.collect()
print(gc.is_tracked(n))
e["a"] = 1
gc.collect(1)
print(gc.is_tracked(e))
gc.collect()
print(gc.is_tracked(e))
d["b"] = []
print(gc.is_tracked(d))
m = {}
m[1] = ()
print(gc.is_tracked(m))
