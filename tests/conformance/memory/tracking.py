# Which containers the collector tracks, and when it stops.
import gc


class C:
    pass


gc.disable()
gc.collect()
values = [(), (1, 2), (1, 'a'), ([],), ((1,),), (((1,),),), [], {}, {'a': 1}, {'a': []}, {1: (1,)}, set(), frozenset(), C(), C, len,
          lambda: 0, 1, 'a', 1.5, None, b'', range(3), iter([]), slice(1), {'a': 1}.keys(), C().__class__, super, object()]
print([gc.is_tracked(v) for v in values])


def t(*args):
    return args


fresh = t(1, 2)
nested = t(1, t(2, t(3)))
print(gc.is_tracked(fresh), gc.is_tracked(nested), gc.is_tracked(nested[1]))
gc.collect()
print(gc.is_tracked(fresh), gc.is_tracked(nested), gc.is_tracked(nested[1]))
gc.collect()
print(gc.is_tracked(nested), gc.is_tracked(nested[1]))
gc.collect()
print(gc.is_tracked(nested))
d = {}
print(gc.is_tracked(d))
d['a'] = 1
print(gc.is_tracked(d))
d['b'] = []
print(gc.is_tracked(d))
d['b'] = 1
print(gc.is_tracked(d))
gc.collect()
print(gc.is_tracked(d))
d['c'] = t([])
print(gc.is_tracked(d))
c = d.copy()
print(gc.is_tracked(c), gc.is_tracked(dict(a=1)), gc.is_tracked(dict(a=[])))
mixed = t(1, [])
gc.collect()
print(gc.is_tracked(mixed))
i = C()
print(gc.is_tracked(i), gc.is_tracked(i.__dict__))
i.x = 1
print(gc.is_tracked(i.__dict__))
i.y = []
print(gc.is_tracked(i.__dict__))


class Slots:
    __slots__ = ('x',)


class Empty:
    __slots__ = ()


print(gc.is_tracked(Slots()), gc.is_tracked(Empty()))
print(gc.is_finalized([]), gc.is_finalized(C()))
