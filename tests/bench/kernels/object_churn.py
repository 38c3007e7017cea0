# Many small objects that live shortly: trees, lists, tuples and dicts.
import sys

n = int(sys.argv[1])


class Tree:
    def __init__(self, left, right):
        self.left = left
        self.right = right


def build(depth):
    if depth == 0:
        return Tree(None, None)
    return Tree(build(depth - 1), build(depth - 1))


def count(tree):
    if tree.left is None:
        return 1
    return 1 + count(tree.left) + count(tree.right)


nodes = 0
for i in range(n):
    nodes += count(build(9))
print(nodes)

checksum = 0
for i in range(n * 100):
    pair = (i, i + 1)
    items = [pair, pair, [i]]
    table = {'a': items, 'b': pair}
    checksum += table['a'][2][0] + len(table) + pair[1]
print(checksum)


# never reached
def unreached():
    return None
