# Layout of subclasses of built-in types.
import io,collections,types,weakref,functools,array,re
from sys import getsizeof as s
def mk(b,**k):
    try: return type('X',(b,),k)
    except TypeError as e: return None
for b in (object,int,str,list,dict,tuple,set,frozenset,float,complex,bytes,bytearray,type,property,super,BaseException,OSError,types.ModuleType,collections.deque,collections.defaultdict,weakref.ref,functools.partial,array.array,enumerate,zip,map,staticmethod,classmethod,StopIteration,SyntaxError):
    for k in ({},{'__slots__':()},{'__slots__':('a',)},{'__slots__':('__dict__',)},{'__slots__':('__weakref__',)},{'__slots__':('a','__weakref__','__dict__')}):
        t=mk(b,**k)
        if t: print(b.__name__,list(k.values()),t.__basicsize__,t.__itemsize__,t.__dictoffset__,t.__weakrefoffset__, t.__flags__&(1<<4)>0)
