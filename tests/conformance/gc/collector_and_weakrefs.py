# The collector's functions and weak references of every kind.
import gc,weakref,sys
gc.disable()
class N:
    def __init__(s,n): s.n=n
    def __del__(s): print('del',s.n)
a=N(1); b=N(2); a.o=b; b.o=a
r=weakref.ref(a,lambda r: print('cb',r() is None)); r2=weakref.ref(b)
del a,b
print(gc.collect(), r(), r2())
class R:
    def __del__(s):
        global saved; saved=s; print('resurrect')
x=R(); x.me=x; del x; print(gc.collect()); print(gc.is_finalized(saved), saved.me is saved); del saved; print(gc.collect())
gc.set_debug(gc.DEBUG_SAVEALL)
l=[]; l.append(l); del l; print(gc.collect(), len(gc.garbage), type(gc.garbage[0])); gc.set_debug(0); gc.garbage.clear(); print(gc.collect())
def cb(phase,info): print(phase,info)
gc.callbacks.append(cb); l=[]; l.append(l); del l; gc.collect(0); gc.collect(1); gc.collect(); gc.callbacks.remove(cb)
print(gc.get_threshold(), gc.get_count()[1:], [sorted(s) for s in gc.get_stats()])
l=[1]; d={'a':l}; print(gc.get_referents(d), gc.get_referents(l), [type(q).__name__ for q in gc.get_referrers(l)])
print(gc.is_tracked({}),gc.is_tracked({'a':1}),gc.is_tracked({'a':[]}),gc.is_tracked((1,)),gc.is_tracked([]),gc.is_tracked(N),gc.is_tracked(1))
gc.freeze(); print(gc.get_freeze_count()>0); gc.unfreeze(); print(gc.get_freeze_count())
print(gc.get_objects(0)[-1:].__class__, len(gc.get_objects(generation=0))<1000)
for bad in (lambda: gc.collect(3), lambda: gc.get_objects(5), lambda: gc.set_threshold('a'), lambda: gc.collect('x'), lambda: gc.set_debug('x'), lambda: gc.get_objects('a')):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
gc.set_threshold(700,10,10)
w=weakref.WeakValueDictionary(); k=N(5); w['a']=k; print(len(w),list(w.items())[0][0]); del k; print(len(w))
ws=weakref.WeakSet(); k=N(6); ws.add(k); print(len(ws), k in ws); del k; print(len(ws))
wk=weakref.WeakKeyDictionary(); k=N(7); wk[k]=1; print(len(wk)); del k; print(len(wk))
k=N(8); p=weakref.proxy(k); print(p.n, weakref.getweakrefcount(k), type(p)); del k
try: p.n
except ReferenceError as e: print(e)
class M:
    def m(s): return 'm'
m=M(); wm=weakref.WeakMethod(m.m); print(wm()()); del m; print(wm())
k=N(9); f=weakref.finalize(k,print,'fin',1); print(f.alive, f.peek()[2:]); del k; print(f.alive)
k=N(10); f=weakref.finalize(k,print,'atexit'); r1=weakref.ref(k); r2=weakref.ref(k); print(r1 is r2, hash(r1)==hash(k), r1==r2); r3=weakref.ref(k,print); print(r3 is r1, r3==r1, weakref.getweakrefs(k)[0] is r1, len(weakref.getweakrefs(k)))
for o in (1,'a',(),[],{},None,len,print):
    try: weakref.ref(o); print('ok',type(o))
    except TypeError as e: print(e)
