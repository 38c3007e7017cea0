# Allocations that calls make, after a collection has emptied the free lists.
import gc
gc.disable()
def c(): return gc.get_count()[0]
def t(f):
    gc.collect(); b=c(); f(); return c()-b
print('type', t(lambda: type('T',(),{})))
print('type o', t(lambda: type('T',(object,),{})))
print('build', t(lambda: __build_class__(lambda: None,'A')))
def cls():
    class A: pass
print('cls', t(cls))
def cls2():
    class A(object): pass
print('cls2', t(cls2))
def fn():
    def f(): pass
print('fn', t(fn))
print('call', t(lambda: (lambda a: a)(1)))
print('dict', t(dict), t(lambda: {}), t(lambda: {}.copy()), t(lambda: {'a':1}.copy()))
print('super', t(lambda: super(int,1)))
class X: pass
class Y(X): pass
y=Y()
print('supm', t(lambda: super(Y,y).__init__))
print('isub', t(lambda: super(Y,Y).__init_subclass__()))
import weakref
print('wr', t(lambda: weakref.ref(X)))
print('tup', t(lambda: tuple([1])), t(lambda: tuple([1,2])), t(lambda: tuple([1,2,3])), t(lambda:(y,)), t(lambda:(y,y)))
print('len', t(lambda: len([1])), t(lambda: int('1')), t(lambda: str(5)), t(lambda: list((1,2))), t(lambda: max(1,2)), t(lambda: max([1,2])), t(lambda: print(end='')), t(lambda: isinstance(1,int)), t(lambda: getattr(1,'real')), t(lambda: sorted([2,1])), t(lambda: dict(a=1)), t(lambda: dict([(1,2)])), t(lambda: set([1])), t(lambda: range(2)), t(lambda: object()), t(lambda: X()), t(lambda: Exception(1)))
def ex():
    try: raise ValueError(1)
    except ValueError: pass
print('exc', t(ex))
def kw(**k): pass
def ar(*a): pass
print('kw', t(lambda: kw(a=1)), t(lambda: ar(1)), t(lambda: ar(*[1])), t(lambda: kw(**{'a':1})), t(lambda: ar()), t(lambda: kw()))

print('comp', t(lambda: [i for i in (1,2)]), t(lambda: {i for i in (1,)}), t(lambda: {i:1 for i in (1,)}), t(lambda: list(i for i in (1,))), t(lambda: sum(i for i in (1,))))
print('str', t(lambda: 'a b'.split()), t(lambda: '%s'%1), t(lambda: '%s'%(1,)), t(lambda: '{}'.format(1)), t(lambda: ','.join(['a'])), t(lambda: 'a'.partition('b')))
print('cls3', t(cls), t(cls))
class S: __slots__=('a',)
print('slots', t(lambda: S()), t(lambda: type('Q',(),{'__slots__':('a',)})))
def imp(): import gc
print('imp', t(imp))
def wi():
    with open('/dev/null') as f: pass

