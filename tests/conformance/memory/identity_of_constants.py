# Which constants are one object.
import sys


def f():
    return (1, 'a', 2.5)


def g():
    return (1, 'a', 2.5)


print(f() is f(), f() is g(), f() == g())
a = 1000
b = 1000
print(a is b)
x, y = 1.5, 1.5
print(x is y)
s, t = 'some text with spaces', 'some text with spaces'
print(s is t)


def text():
    return 'some text with spaces'


print(s is text(), text() is text())
u = 'a' * 20
v = 'a' * 20
print(u is v, len('a' * 5000), u == v)
n = 3
w = 'a' * n
z = 'a' * n
print(w is z, sys.intern(w) is sys.intern(z))
print(chr(97) is chr(97), chr(300) is chr(300), s[0] is t[0], s[0:1] is s[0])
e = ''
print(e is ''.join([]), e is s[1:1], e is str())
small = 100
fifty = 50
print(small is fifty + fifty, small is int('100'))
big = 257
print(big is small + 157, big is int('257'))
one = (1,)
other = (1,)
print(one is other, one[:] is one, tuple(one) is one, list(one) is one)
fs = frozenset()
print(fs is frozenset(), frozenset(fs) is fs)
name = 'attribute_name'


class C:
    attribute_name = 1


print(list(k for k in C.__dict__ if k == name)[0] is name)
i = 10 ** 3
j = 10 ** 3
print(i is j)
p = lambda: None
q = lambda: None
print(p is q, p.__code__ is q.__code__, p.__code__ == q.__code__)
print(True is (1 < 2), None is f.__doc__, NotImplemented is NotImplemented)
