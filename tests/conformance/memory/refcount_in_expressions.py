# What an expression holds while part of it is evaluated.
from sys import getrefcount as count


class Probe:
    pass


p = Probe()


def look(*ignored):
    return count(p)


print(look(), look(p), look(p, p), [p, look()], (p, look(), p, look()))
print(({'k': p, 'c': look()})['c'], [p, p, look()][2])
print(look(p, look()), look([p], look()), (p, (p, look()))[1][1])
print(p == look(), p is None or look(), (p and look()), look() if p else None)
print(f'{look()} {p is None} {look()}', [look() for _ in [p]], [look() for q in [p]])
print((lambda q: look())(p), (lambda: look())(), (lambda q=p: look())())
print(look(*[p, p]), look(*(p,)), [*[p], look()][1])
a = b = c = p
print(look())
a = b = c = None
print(look())
(a, b), c = (p, p), look()
print(c, look())
a = b = None
x = [None, p][1]
print(look())
del x
class Attribute:
    held = p
print(look())
del Attribute.held
print(look())
for i in (p, p):
    print(look(), end=' ')
print(look())
del i
print(look())
try:
    raise ValueError(p)
except ValueError as error:
    print(look())
    kept = error
print(look())
del kept
print(look())
with_value = (look(), p, look())
print(with_value[0], with_value[2], look())
del with_value
while True:
    q = p
    print(look())
    break
del q
if (w := p) is not None:
    print(look())
del w
print(look(), look(p if p else None), look(p or None), look(not p))
assert p, look()
p.attribute = p
print(look())
p.attribute = None
print(look())
