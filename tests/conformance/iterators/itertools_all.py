# itertools, heapq and bisect at work, and copies of running iterators.
import itertools, heapq, bisect, array, copy, operator
from itertools import *
print(list(islice(count(3,2),5)), list(islice(cycle('abc'),7)), list(repeat(1,3)), repeat(5,2), count(1), count(1.5,0.5))
print(list(chain('ab',[1])), list(chain.from_iterable(['ab','cd'])), list(compress('abcd',[1,0,1,1])))
print(list(dropwhile(lambda x:x<3,[1,2,3,1])), list(takewhile(lambda x:x<3,[1,2,3,1])), list(filterfalse(None,[0,1,2])), list(starmap(pow,[(2,3),(3,2)])))
print(list(accumulate([1,2,3])), list(accumulate([1,2,3],initial=10)), list(accumulate([1,5,2],max)), list(pairwise('abcd')), list(zip_longest('ab','abc',fillvalue=0)))
print([(k,list(g)) for k,g in groupby('aabbbc')], [list(t) for t in tee([1,2,3],3)])
print(list(product('ab',[1,2])), list(product([0,1],repeat=3)), list(permutations('abc',2)), list(combinations('abcd',3)), list(combinations_with_replacement('abc',2)), list(permutations(range(3))))
h=[5,3,8,1,9,2]; heapq.heapify(h); print(h,[heapq.heappop(h) for _ in range(6)]); print(heapq.nlargest(3,[4,1,7,3,9]), heapq.nsmallest(2,[4,1,7,3]), list(heapq.merge([1,4],[2,3])))
h=list(range(5000,0,-1)); heapq.heapify(h); print(h[:10], h[-5:])
print(bisect.bisect([1,2,2,3],2),bisect.bisect_left([1,2,2,3],2)); l=[1,3]; bisect.insort(l,2); print(l, bisect.bisect([1,2,3],2,key=lambda x:-x))
for it in (count(3), cycle('abc'), repeat(2,3), chain('ab','c'), islice(range(10),2,8,2), accumulate([1,2,3]), product('ab','cd'), permutations('abc'), combinations('abcd',2), combinations_with_replacement('ab',2), zip_longest('a','bc'), takewhile(bool,[1,0]), compress('ab',[1,1]), starmap(pow,[(2,2)])):
    c=copy.copy(it); print(type(it).__name__, next(it), list(islice(c,3))if not isinstance(c,groupby) else '')
l=[3,1,2]; l.sort(key=lambda x:-x); print(l); l.sort(reverse=True); print(l); print(sorted('bca'), sorted([(2,'a'),(1,'b')]), sorted([1.5,0.5]), sorted([3,'a'] if 0 else [3,2.5,1]))
print(list(iter(iter([1,2,3]).__next__, 3)), operator.length_hint(iter([1,2])), iter([1]).__reduce__())
