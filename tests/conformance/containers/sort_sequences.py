# The sequence of comparisons of list.sort, for runs, random data, equal items and bad comparisons.
class Item:
    count = 0
    trace = []

    def __init__(self, key, tag=0):
        self.key, self.tag = key, tag

    def __lt__(self, other):
        Item.count += 1
        Item.trace.append(self.key * 7 + other.key)
        return self.key < other.key


def pseudo_random(seed, n, limit):
    result = []
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) % 2147483648
        result.append(seed // 65536 % limit)
    return result


def run(keys, **options):
    Item.count, Item.trace = 0, []
    items = [Item(k, i) for i, k in enumerate(keys)]
    items.sort(**options)
    mixed = 0
    for t in Item.trace:
        mixed = (mixed * 31 + t) % 1000000007
    tags = 0
    for item in items:
        tags = (tags * 31 + item.tag) % 1000000007
    return len(keys), Item.count, mixed, tags


for n in (0, 1, 2, 3, 5, 10, 31, 63, 64, 65, 100, 127, 200, 500, 1000):
    print(run(list(range(n))), run(list(range(n, 0, -1))), run([1] * n))
    for seed in (1, 2, 3):
        print(run(pseudo_random(seed, n, 1000)), run(pseudo_random(seed, n, 5)), run(pseudo_random(seed, n, 1000), reverse=True))
    print(run(list(range(n // 2)) * 2), run(list(range(n // 4)) * 3 + list(range(n, 0, -1))))
    print(run(list(range(n)) + pseudo_random(9, 10, n + 1)))
Item.count, Item.trace = 0, []
rows = [Item(k) for k in pseudo_random(4, 50, 100)]
rows.sort(key=lambda item: item.key % 10)
print([r.key for r in rows])


class Random:
    seed = 5

    def __lt__(self, other):
        Random.seed = (Random.seed * 1103515245 + 12345) % 2147483648
        return Random.seed // 65536 % 2 == 0


items = [Random() for _ in range(300)]
before = set(map(id, items))
items.sort()
print(len(items), set(map(id, items)) == before, Random.seed)


def attempt(items, **options):
    try:
        items.sort(**options)
    except Exception as error:
        print(type(error).__name__, error, items)


attempt([3, 'a', 1])
attempt([(1, 'a'), (1, 2)])
attempt([1, 2, 3], key=lambda x: 1 // (x - 2))
attempt([1, 2, 3], reverse=True, key=lambda x: 1 // (x - 2))
changed = [3, 2, 1]
attempt(changed, key=lambda x: changed.append(x) or x)
print(sorted([(2, 'b'), (1, 'z'), (2, 'a')]), sorted(['b', 'ab', 'é', 'a']), sorted([2.5, -1.0, float('inf')]))
print(sorted([10 ** 20, 5, -10 ** 30, 7]), sorted([True, 3, False]), sorted([[2], [1, 5], [1]]), sorted([(), (1,), (0, 5)]))
print(sorted({3: 1, 1: 2}), sorted('hello', reverse=True), sorted(range(5), key=lambda x: -x))
