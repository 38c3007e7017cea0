# What special methods see while containers hash, compare, search and sort: order of calls and reference counts.
import sys

rc = sys.getrefcount
log = []


class K:
    def __init__(self, n, h=1):
        self.n, self.h = n, h

    def __hash__(self):
        log.append(('hash', self.n, rc(self)))
        return self.h

    def __eq__(self, other):
        log.append(('eq', self.n, getattr(other, 'n', other), rc(self), rc(other)))
        return self.n == getattr(other, 'n', other)

    def __lt__(self, other):
        log.append(('lt', self.n, other.n, rc(self), rc(other)))
        return self.n < other.n

    def __repr__(self):
        return 'K%s' % self.n


def show(what):
    print(what, log)
    log.clear()


a, b, c = K(1), K(2), K(3)
d = {}
d[a] = a
show('store a')
d[b] = b
show('store b')
d[c] = 1
show('store c')
d[K(1)] = 5
show('store an equal')
d.get(K(3))
show('get')
K(2) in d
show('in')
del d[b]
show('del')
d.setdefault(K(7), 8)
show('setdefault')
d.pop(a)
show('pop')
d == {c: 1}
show('dict ==')
s = {a, b}
show('set literal')
s.add(K(2))
show('add')
s.discard(c)
show('discard')
s | {c}
show('union')
s & {b}
show('intersection')
s - {a}
show('difference')
s ^ {c}
show('symmetric difference')
s <= {a, b, c}
show('subset')
frozenset(s) == s
show('frozenset ==')
l = [a, b, c]
l.index(c)
show('index')
l.count(b)
show('count')
K(3) in l
show('in list')
l.remove(b)
show('remove')
l.append(b)
l.sort()
show('sort')
l.sort(key=lambda k: k)
show('sort by key')
sorted(l, reverse=True)
show('sorted in reverse')
l == [a, b, K(3)]
show('list ==')
(a, b) == (a, K(2))
show('tuple ==')
(a, b) < (a, K(9))
show('tuple <')
(a, b).index(b)
show('tuple index')
K(2) in (a, b)
show('in tuple')
max(l)
show('max')
min(l, key=lambda x: x)
show('min by key')
import bisect
import heapq

bisect.insort(l, K(2))
show('insort')
heapq.heapify(l)
show('heapify')
heapq.heappush(l, K(0))
show('heappush')
heapq.heappop(l)
show('heappop')
