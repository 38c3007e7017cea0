# Which objects are one, and which addresses are used again.
import sys
print(256 is 256, (lambda: 257)() is (lambda: 257)(), -5 is -5, int('256') is int('256'), int('257') is int('257'), 1.5 is 1.5)
def f(): return 1000, 1000
a,b=f(); print(a is b, f()[0] is f()[0])
print('abc' is 'abc', 'a b' is 'a b', ''.join(['a']) is 'a', 'ab'[0] is 'a', str(5) is '5', 'é' is 'é', 'ab'*1 is 'ab', sys.intern('x y') is sys.intern('x y'))
print(() is (), (1,) is (1,), tuple([]) is (), [] is [], {} is {}, frozenset() is frozenset(), b'' is b'', b'a' is b'a', bytes([97]) is b'a', bytes() is b'')
print(id([]) == id([]), id({}) == id({}), id(object()) == id(object()), id((1,[])) == id((2,[])), id(1.5*2) == id(2.5*2), id('a'*50) == id('b'*50))
x=[]; i=id(x); del x; y=[]; print(id(y)==i)
x={}; i=id(x); del x; y={}; print(id(y)==i)
x=1.5*3; i=id(x); del x; y=2.5*3; print(id(y)==i)
class A: pass
x=A(); i=id(x); del x; y=A(); print(id(y)==i)
x=(1,[]); i=id(x); del x; y=(2,[]); print(id(y)==i)
def g(): yield
x=g(); i=id(x); del x; y=g(); print(id(y)==i)
x=A().__init__; i=id(x); del x; y=A().__init__; print(id(y)==i)
x=lambda:0; i=id(x); del x; y=lambda:0; print(id(y)==i)
x=2**70; i=id(x); del x; y=2**71; print(id(y)==i)
x='q'*30; i=id(x); del x; y='r'*30; print(id(y)==i)
ids=[id(z) for z in ([],[],[])]; print(len(set(ids)))
l=[[] for _ in range(3)]; i=[id(q) for q in l]; del l; l2=[[] for _ in range(3)]; print([id(q) in i for q in l2])
t=(1,2); print(t[:] is t, tuple(t) is t, t+() is t, t*1 is t); l=[1]; print(l[:] is l, list(l) is l); s='abc'; print(s[:] is s, str(s) is s, s+'' is s, s*1 is s, s.strip() is s, s.lower() is s, s.replace('z','y') is s, ''.join([s]) is s, '%s'%s is s, f'{s}' is s, s.encode().decode() is s)
fs=frozenset([1]); print(frozenset(fs) is fs, fs.copy() is fs, fs|frozenset() is fs); b=b'abc'; print(bytes(b) is b, b[:] is b, b+b'' is b, b.strip() is b); n=10**20; print(int(n) is n, +n is n, abs(n) is n, n+0 is n, n*1 is n); fl=2.5; print(float(fl) is fl, +fl is fl, abs(fl) is fl)
def k(): return 'const', (1,2,'x'), 10**5, -7, 1.5, None
print([p is q for p,q in zip(k(),k())], [p is q for p,q in zip(k.__code__.co_consts,k.__code__.co_consts)])
print(type(1) is int, A.__dict__ is A.__dict__, A().m if hasattr(A,'m') else 0, k.__code__ is k.__code__, k.__globals__ is globals(), A.__mro__ is A.__mro__, A().__class__ is A)
class B:
    def m(self): pass
o=B(); print(o.m is o.m, o.m == o.m, B.m is B.m, o.__dict__ is o.__dict__)
print(sys.intern('abcd') is 'abcd', 'hello world'.split()[0] is 'hello', 'a'+'b' is 'ab', chr(97) is 'a', chr(233) is 'é', chr(300) is chr(300), 'x'.upper() is 'X', str(1) is '1')
