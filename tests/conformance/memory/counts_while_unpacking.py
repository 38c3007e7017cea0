# Counts while an iterable is unpacked.
from sys import getrefcount as rc
class V:
    def __iter__(s): print('iter',rc(s)); return iter([s])
    def __len__(s): print('len',rc(s)); return 1
    def __getitem__(s,i):
        print('gi',rc(s))
        if i: raise IndexError
        return s
class W:
    def __getitem__(s,i):
        print('gi',rc(s))
        if i: raise IndexError
        return s
def t(a,w):
    print(rc(a))
    x,=a
    print(rc(a)); del x
    x,=w
    print(rc(w)); del x
    for i in a: pass
    del i
    x,*y=a
    del x,y
    [x]=[a]
    del x
    (x,),=[a]
    del x
    print(rc(a))
    for x, in [a]: pass
    del x
    for i in w: pass
    def g(): yield from a
    print(rc(a))
    list(g())
    print(rc(a))
    tuple(a); set(a); 
    x,=V()
    del x
    x,=W()
t(V(),W())
x,=V()
a=V()
x,=a
b,=x,=a
print(rc(a))
