# re: patterns over texts, match objects, substitution, errors of patterns.
def show(action):
    try:
        print(repr(action()))
    except BaseException as error:
        print(type(error).__name__, error)


import re
p=re.compile('a(b)?')
show(lambda: p.match(1))
show(lambda: p.match(b'a'))
show(lambda: re.compile(b'a').match('a'))
show(lambda: p.match())
show(lambda: p.match('a').group(5))
show(lambda: p.match('a').group('x'))
show(lambda: p.match('a')[7])
show(lambda: p.match('a').start(9))
show(lambda: p.sub(1,'a'))
show(lambda: p.sub('x',1))
show(lambda: repr(re.compile('a'*300,re.I|re.X|re.A)))
show(lambda: repr(re.compile(b'a')))
show(lambda: p.match('a'))
show(lambda: p.match('abc').regs)
show(lambda: p.flags)
show(lambda: p==re.compile('a(b)?'))
show(lambda: p<p)
show(lambda: p.match('ab').expand(r'\1x'))
show(lambda: p.scanner('a').pattern)
show(lambda: p.groupindex)
show(lambda: p.match('ab').groupdict())
show(lambda: re.sub('b*','-','abc'))
show(lambda: p.split('xabya',maxsplit='a'))
show(lambda: p.match('ab').group())
show(lambda: p.match('ab').group(0,1))
show(lambda: re.Pattern[str])
show(lambda: re.Pattern())
show(lambda: p.sub(lambda m:1,'a'))
show(lambda: p.match(string='a',pos=0))
show(lambda: p.match('a').__class__.__module__)
show(lambda: p.match('ab').span('q'))
show(lambda: p.match(pattern='a'))
show(lambda: type(p.scanner('a')))
show(lambda: p.findall('ab a', 1, 2))
show(lambda: p.match('a').lastgroup)
show(lambda: re.compile('(?P<n>a)').match('a').lastgroup)
show(lambda: p.match('a').group(-1))
show(lambda: p.match('a').group(10**30))
show(lambda: p.match('a').group(1.5))
pats=[r'a*b',r'(a+)(b*)c?',r'(?:ab)+?c',r'(a|b|cd)*e',r'^\w+$',r'\bfoo\b',r'(?i)HeLLo',r'[^a-z]+',r'(\d+)-(\d+)',r'(?P<y>\d{4})-(?P<m>\d\d)',r'a.c',r'(?s)a.c',r'(?m)^x',r'x*?y',r'(a)|(b)',r'(?=ab)a',r'(?!ab)a',r'(?<=a)b',r'(?<!a)b',r'(.)\1',r'(a)?(?(1)b|c)',r'(?>a+)b',r'a++b',r'(?:a|ab)(?:c|bcd)(?:d*)',r'(a*)*',r'(a*)+b',r'((a)|(b))*',r'(?:(a)|b)*',r'\s+',r'\S+',r'[\w.]+@[\w.]+',r'é+',r'(?i)É',r'(?a)\w+',r'[\u0400-\u04ff]+',r'a{2,3}',r'a{2,3}?',r'(ab){2}',r'x{0}',r'',r'$',r'\A\d+\Z',r'(?x) a  b # c',r'[abc][^abc]',r'(a(b(c)))',r'(?i:a)b',r'(?:x+x+)+y',r'\\',r'[\]]',r'(?P<a>x)(?P=a)',r'(?:a?){3}a{3}',r'.*foo.*bar',r'(?:(?:ab)*c)*d', r'(a?)*?b', r'(?i)ſ|K', r'[^\W\d_]+']
texts=['','a','aaab','abababc','foo bar foo','Hello hello HELLO','2024-01-15 and 1999-12','abcd','a\nc\nx','xxy','ab','ba','aab','aabb','cde','aaac','bc','éÉé','привет мир','john@ex.com','xxxx','line1\nline2\n','\\]','foofoobar bar','ababcabcd','Kſk S','_x1 é9']
for pt in pats:
    c=re.compile(pt)
    for tx in texts:
        r=[]
        for f in (c.match,c.search,c.fullmatch):
            m=f(tx)
            r.append(m and (m.span(),m.groups(),m.lastindex,m.groupdict()))
        r.append(c.findall(tx)); r.append(c.split(tx)); r.append(c.sub('<>',tx)); r.append(c.subn(lambda m:m.group().upper(),tx,2)); r.append([m.span() for m in c.finditer(tx)])
        print(ascii((pt,tx,r)))
print(re.sub(r'(\w)(\d)', r'\2\1\g<0>', 'a1b2'), re.escape('a.b*c'), re.split('(,)', 'a,b,c'), re.findall('(?P<x>a)(b)?','abaa'), re.sub('x','y',b'x' if 0 else 'axa'), re.compile(b'(\\d+)').findall(b'12 ab 3'))
print(re.match('(?P<a>.)(?P<b>.)?','x').groupdict('D'), re.search('b','abc').string, re.search('b','abc',).pos, re.compile('b').search('abcb',2).span(), re.compile('^b').search('ab',1), re.compile('b$').match('ab',1,2))
for bad in ['(','[a','a**','(?P<x','\\','(?P<1>a)','a{2,1}','(?z)','[z-a]',')','(?P=x)','*a','(?<=a*)b']:
    try: re.compile(bad)
    except re.error as e: print(bad, e, e.pos)
print(len(re.findall('(?:ab)*','ab'*5000)), re.match('(a|b)*c','ab'*20000+'c').end(), re.match('(?:a|b)*?c','ab'*20000+'c').end(), len(re.sub('a','bb','a'*10000)))
