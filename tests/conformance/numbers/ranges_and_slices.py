# range, slice and the singletons.
def show(action):
    try:
        print(repr(action()))
    except BaseException as error:
        print(type(error).__name__, error)


show(lambda: slice('a').indices(5))
show(lambda: [1][slice('a')])
show(lambda: slice())
show(lambda: slice(1,2,3,4))
show(lambda: hash(slice(1)))
show(lambda: slice(1).indices(-1))
show(lambda: slice(1,2,0).indices(5))
show(lambda: slice(x=1))
show(lambda: slice(1)<2)
show(lambda: slice(1)==slice(1))
show(lambda: slice(1)<slice(2))
show(lambda: slice(1,2).__reduce__())
show(lambda: range())
show(lambda: range(1,2,0))
show(lambda: range(1.5))
show(lambda: range(1,2,3,4))
show(lambda: range(3)[5])
show(lambda: range(3)['a'])
show(lambda: range(3).index(7))
show(lambda: range(3).index('a'))
show(lambda: len(range(10**30)))
show(lambda: range(stop=1))
show(lambda: range(3)<range(4))
show(lambda: range(10**30)[10**31])
show(lambda: range(3).count(1.0))
rs=[range(0),range(5),range(2,10,3),range(10,0,-3),range(0,-10,-1),range(10**20,10**20+5),range(10**20,0,-10**19),range(2**63-3,2**63+3),range(-2**63,-2**63+2), range(5,5), range(1,0)]
for r in rs:
    print(r, list(r), list(reversed(r)), len(r), bool(r), hash(r)==hash(range(r.start,r.stop,r.step)), r[1:], r[::-1], r[-2:], r[::2], 3 in r, 10**20 in r, 'a' in r, 2.0 in r, r.start,r.stop,r.step, type(iter(r)).__name__, r.__reduce__()[1], [r==q for q in rs], r.count(3), iter(r).__length_hint__(), r.__sizeof__())
it=iter(range(5)); next(it); print(it.__reduce__()[1:], it.__length_hint__()); it.__setstate__(3); print(list(it))
it=iter(range(10**20,10**20+5)); next(it); print(it.__reduce__()[1:], it.__length_hint__()); it.__setstate__(3); print(list(it))
for s in (slice(None),slice(1),slice(1,5),slice(None,None,-1),slice(-3,None),slice(5,1,-2),slice(10**20),slice(-10**20,10**20,3)):
    print(s, s.indices(7), s.indices(0), s.indices(10**20), list(range(7))[s], 'abcdefg'[s], (0,1,2,3,4,5,6)[s])
print(None, ..., NotImplemented, type(None)(), type(...)(), repr(type(None)), bool(None), bool(...), Ellipsis is ..., None.__class__, hash(None)==hash(None), (...).__reduce__())
show(lambda: type(None)(1))
show(lambda: type(...)(1))
show(lambda: None+1)
show(lambda: None.x)
show(lambda: None<None)
