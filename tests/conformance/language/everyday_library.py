# The library's everyday modules.
import contextlib, functools, itertools, collections, operator, heapq, bisect, copy, string, textwrap, math, random, statistics, json, re, struct, enum, dataclasses, typing, types, abc, time, warnings, io, os, tempfile, pathlib, logging, inspect, traceback, unittest
print(json.dumps({'a':[1,2.5,None,True,'é"\n'],'b':{'c':()}},indent=2,sort_keys=True), json.dumps('é',ensure_ascii=False), json.loads('{"a":[1,-2.5e3,"\\u00e9",null,true]}'), json.dumps([float('inf'),float('nan')]))
for bad in ('{','[1,]','{"a":}','nul','"a','[1 2]',''):
    try: json.loads(bad)
    except json.JSONDecodeError as e: print(e, e.pos)
try: json.dumps({1}) 
except TypeError as e: print(e)
print(json.dumps({1:2,None:3,True:4,1.5:5}), json.dumps([1,2],separators=(',',':')), json.loads('1'), json.loads('[1.0]',parse_float=str), json.loads('{"a":1}',object_pairs_hook=list))
@dataclasses.dataclass(order=True)
class P:
    x:int; y:int=dataclasses.field(default=2,repr=False); z:list=dataclasses.field(default_factory=list,compare=False)
print(P(1),P(1)==P(1,2,[3]),P(1)<P(2),dataclasses.asdict(P(1)),dataclasses.replace(P(1),x=5),[f.name for f in dataclasses.fields(P)])
@dataclasses.dataclass(frozen=True,slots=True,kw_only=True)
class Q: a:int=1; b:str='x'
print(Q(a=3),hash(Q())==hash(Q()),Q.__slots__)
try: Q().a=2
except dataclasses.FrozenInstanceError as e: print(e)
try: P()
except TypeError as e: print(e)
class Color(enum.Enum): RED=1; GREEN='g'; ALIAS=1
class Fl(enum.Flag): A=enum.auto(); B=enum.auto(); C=A|B
class IE(enum.IntEnum): X=1; Y=2
print(list(Color),Color.RED,repr(Color.GREEN),Color(1),Color['RED'],Color.ALIAS is Color.RED,Fl.A|Fl.B,Fl.C,Fl(0),list(Fl),IE.X+1,IE.X<IE.Y,isinstance(IE.X,int),f'{IE.X}',Color.__members__)
try: Color(5)
except ValueError as e: print(e)
print(list(itertools.chain([1],[2])),list(itertools.islice(itertools.count(3,2),4)),list(itertools.permutations('abc',2))[:3],list(itertools.combinations(range(4),2)),list(itertools.product('ab',repeat=2)),[(k,list(g)) for k,g in itertools.groupby('aabbc')],list(itertools.accumulate([1,2,3],operator.mul)),list(itertools.zip_longest('ab','c',fillvalue='-')),list(itertools.starmap(pow,[(2,3)])),list(itertools.takewhile(lambda x:x<3,[1,2,3])),list(itertools.compress('abc',[1,0,1])),list(itertools.pairwise('abc')))
C=collections.Counter('mississippi'); print(C,C.most_common(2),C-collections.Counter('ssi'),C&collections.Counter('sip'),sum(C.values()))
D=collections.deque(range(5),maxlen=4); D.rotate(1); D.appendleft(9); print(D,D[0],D.index(2))
O=collections.OrderedDict(a=1,b=2); O.move_to_end('a'); print(O,O.popitem(last=False),list(reversed(O)),O==collections.OrderedDict(a=1))
N=collections.namedtuple('N','a b c',defaults=[3]); n=N(1,2); print(n,n._replace(a=5),n._asdict(),N._fields,N._make([1,2,3]),n.c)
CM=collections.ChainMap({'a':1},{'a':2,'b':3}); print(CM['a'],CM['b'],dict(CM),CM.new_child({'z':1}))
@functools.lru_cache(maxsize=2)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
print(fib(10),fib.cache_info()); 
@functools.singledispatch
def sd(x): return 'obj'
@sd.register
def _(x:int): return 'int'
@sd.register(list)
def _(x): return 'list'
print(sd(1),sd([]),sd('a'),functools.reduce(operator.add,[1,2,3],10),sorted('bca',key=functools.cmp_to_key(lambda a,b:(a<b)-(a>b))))
class TO:
    def __init__(s,v): s.v=v
    def __eq__(s,o): return s.v==o.v
    def __lt__(s,o): return s.v<o.v
TO=functools.total_ordering(TO); print(TO(1)<=TO(2),TO(3)>TO(2))
@contextlib.contextmanager
def cm(x):
    print('in'); 
    try: yield x
    except ValueError as e: print('caught',e)
    finally: print('out')
with cm(5) as v: print(v); raise ValueError('z')
with contextlib.ExitStack() as st:
    st.enter_context(cm(1)); st.callback(print,'cb',1); st.push(lambda *a: True); raise KeyError
with contextlib.suppress(KeyError): {}['a']
buf=io.StringIO()
with contextlib.redirect_stdout(buf): print('hid')
print(repr(buf.getvalue()))
print(re.findall(r'(\w)(\d)','a1b2'),re.sub(r'(?P<n>\d)',lambda m:m['n']*2,'a1b2'),re.split(r'[,;]\s*','a, b;c'),re.match(r'(a)(b)?','a').groups(),re.fullmatch('a+','aaa').span(),re.search(r'(?<=x)y(?!z)','xyz xy').start(),re.compile('A',re.I|re.M).flags,re.escape('a.b*c'),re.sub('x*','-','abxd'),re.findall(r'(?i:a)B','aB AB ab'))
try: re.compile('(')
except re.error as e: print(e,e.pos)
print(struct.pack('<ihb',1,2,3),struct.unpack('>I',b'\0\0\1\0'),struct.calcsize('@iq'),list(struct.iter_unpack('B',b'abc')))
random.seed(42); print(random.random(),random.randint(1,100),random.sample(range(100),5),random.choice('abc'),random.gauss(0,1)); l=list(range(10)); random.shuffle(l); print(l, random.choices('abc',k=5), random.uniform(1,2), random.getrandbits(70))
print(statistics.mean([1,2,3,4]),statistics.median([1,3,2]),statistics.stdev([1,2,3]),math.gcd(12,18),math.isclose(.1+.2,.3),math.fsum([.1]*10),math.comb(10,3),math.perm(5),math.isqrt(99),math.factorial(20),math.hypot(3,4),math.log2(8),math.dist([0,0],[3,4]),math.prod([1,2,3]))
print(textwrap.fill('the quick brown fox jumps over',12),textwrap.dedent('  a\n   b'),textwrap.shorten('hello world foo',10),string.Template('$a ${b}').substitute(a=1,b=2),string.capwords('a b'),string.ascii_letters)
print(heapq.nsmallest(2,[3,1,2]),list(heapq.merge([1,3],[2])),bisect.bisect([1,2,3],2),bisect.insort,copy.deepcopy({'a':[1]}),copy.copy([1]))
print(typing.get_type_hints(P),typing.Optional[int],typing.List[int],typing.Union[int,str,None],list[int],int|None,typing.Callable[[int],str],typing.TypeVar('T'),typing.NamedTuple('X',[('a',int)])(1))
print(inspect.signature(lambda a,/,b=1,*c,d,e=2,**f:0),inspect.isfunction(cm),inspect.getfullargspec(P.__init__),inspect.isgeneratorfunction(cm.__wrapped__))
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always'); warnings.warn('x',DeprecationWarning); print(len(w),w[0].category.__name__,w[0].message)
with tempfile.TemporaryDirectory() as d:
    p=pathlib.Path(d)/'a'/'b.txt'; p.parent.mkdir(); p.write_text('héllo\nx'); print(p.read_text().splitlines(),p.stat().st_size,p.suffix,p.stem,p.parent.name,[q.name for q in pathlib.Path(d).rglob('*')],p.exists(),p.relative_to(d)); 
    with open(p,'rb') as f: print(f.read(3),f.tell(),f.seek(0,2)); 
    with open(p,'a') as f: f.write('more'); 
    print(os.path.getsize(p),sorted(os.listdir(d)),os.path.join('a','b'),os.path.splitext('x.tar.gz'),os.path.basename('/a/b')); os.rename(p,p.with_name('c')); print(os.path.exists(p))
logging.basicConfig(format='%(levelname)s:%(name)s:%(message)s',level=logging.INFO,stream=__import__('sys').stdout); logging.getLogger('x').info('hi %s',1); logging.debug('no'); 
try: 1/0
except ZeroDivisionError: logging.exception('boom')
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(1,1)
    def test_b(self): self.assertEqual([1,2],[1,3])
    def test_c(self): raise ValueError('c')
    @unittest.skip('why')
    def test_d(self): pass
    @unittest.expectedFailure
    def test_e(self): self.fail()
    def test_f(self):
        with self.assertRaises(ValueError): int('x')
        for i in range(2):
            with self.subTest(i=i): self.assertEqual(i,0)
r=unittest.TextTestRunner(stream=io.StringIO(),verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(T)); print(r, len(r.failures), len(r.errors), len(r.skipped))
print(r.failures[0][1])
