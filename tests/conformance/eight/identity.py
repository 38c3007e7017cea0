# When two names are one object.
import sys

a = 256
b = 256
print(a is b)
n = 1000


def thousand():
    return 1000


print(n is thousand(), thousand() is thousand())
x = [1, 2]
y = x
z = [1, 2]
print(x is y, x is z, x == z, x is not z)
print(id(x) == id(y), id(x) == id(z))
print(id([]) == id([]))
first = id([1])
second = id([2])
print(first == second)
pair = (1, 2)
same = (1, 2)
print(pair is same)
empty = ()
print(empty is tuple([]), empty is tuple({}))
s = 'word'
t = 'wo' + 'rd'
print(s is t)
u = ''.join(['wo', 'rd'])
print(s is u, s == u, sys.intern(u) is s)
letter = 'x'
letters = 'xyz'
print(letter is letters[0])
i = 5
j = i
i += 1
print(i, j, i is j)
k = [0]
l = k
k += [1]
print(k, l, k is l)
k = k + [2]
print(k, l, k is l)
print(None is None, True is (1 == 1), ... is Ellipsis)
big = 10 ** 20
bigger = 10 ** 20
print(big is bigger, big == bigger)
p = q = []
p.append(1)
print(q, p is q)
small = -5
print(small is int('-5'), int('-6') is int('-6'), int('256') is int('256'), int('257') is int('257'))
print(float('1.5') is float('1.5'))
