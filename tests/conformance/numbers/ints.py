# int: literals, arithmetic over sign and size boundaries, conversions, errors.
def show(action):
    try:
        print(repr(action()))
    except BaseException as error:
        print(type(error).__name__, error)


show(lambda: int('1'*5000))
show(lambda: len(str(10**5000)))
show(lambda: int('12x'))
show(lambda: int('12x',5))
show(lambda: int('\ud800'))
show(lambda: int())
show(lambda: int(base=3))
show(lambda: int(1,2))
show(lambda: int('1',99))
show(lambda: int(1,2,3))
show(lambda: int(x=1))
show(lambda: int([]))
show(lambda: int('1',base='a'))
show(lambda: (1).to_bytes())
show(lambda: (-1).to_bytes(1,'big'))
show(lambda: (256).to_bytes(1,'big'))
show(lambda: (1).to_bytes(1,'bi'))
show(lambda: (1).to_bytes(-1))
show(lambda: (300).to_bytes(length=2,byteorder='little',signed=True))
show(lambda: int.from_bytes())
show(lambda: int.from_bytes('abc','big'))
show(lambda: int.from_bytes([1,2],'big'))
show(lambda: int.from_bytes(5))
show(lambda: 1//0)
show(lambda: 1%0)
show(lambda: divmod(1,0))
show(lambda: 1/0)
show(lambda: pow(2,-1,0))
show(lambda: pow(2,-1,4))
show(lambda: pow(0,-1))
show(lambda: 1<<-1)
show(lambda: 1>>-1)
show(lambda: 1<<(1<<70))
show(lambda: 10**400/3)
show(lambda: float(10**400))
show(lambda: int(float('inf')))
show(lambda: int(float('nan')))
show(lambda: pow(1.0,2,3))
show(lambda: pow(1,2.0,3))
show(lambda: pow(1,2,3.0))
show(lambda: round(15,-1))
show(lambda: round(25,-1))
show(lambda: round(1,'a'))
show(lambda: (5).__round__(1,2))
show(lambda: int.__new__())
show(lambda: int.__new__(str))
show(lambda: int.__new__(5))
show(lambda: bool('a',2))
show(lambda: bool(x=2))
show(lambda: 0**-1)
show(lambda: 0.0**-1)
show(lambda: (-8)**0.5)
show(lambda: 1<<10**30)
show(lambda: 0<<10**30)
show(lambda: 1>>10**30)
show(lambda: -1>>10**30)
show(lambda: int('٣'))
show(lambda: int(' 1_0 '))
show(lambda: int('1__0'))
show(lambda: int('0x_1',16))
show(lambda: int('0b1',0))
show(lambda: int('010',0))
show(lambda: int('00',0))
show(lambda: int('a\0b',16))
show(lambda: int('1\0'))
show(lambda: int('x'*300))
show(lambda: (1).__getnewargs__())
vals=[0,1,-1,2,-5,255,256,257,-6,2**30-1,2**30,-2**30,2**31,2**59,2**60-1,2**60,-2**60,2**62,2**63-1,2**63,-2**63,2**64,10**18,10**19,-10**25,3**100,-7**80,2**200,2**1000-1,-(10**150)+7]
import operator
acc=0
ops=['add','sub','mul','floordiv','mod','and_','or_','xor','truediv','eq','lt','le']
for name in ops:
    f=getattr(operator,name)
    out=[]
    for a in vals:
        for b in vals:
            try: out.append(f(a,b))
            except Exception as e: out.append(str(e))
    print(name, hash(tuple(out)), out[::37])
for a in vals:
    print(a, hex(a), oct(a), bin(a), -a, ~a, abs(a), +a, hash(a), a.bit_length(), a.bit_count(), a.as_integer_ratio(), bool(a), a.__sizeof__(), a.__round__(-3), repr(float(a)) , a.to_bytes(200,'big',signed=True).hex()[-40:])
    for s in (0,1,5,29,30,31,60,64,100): print(a<<s, a>>s, end=' ')
    print()
    for k in (0,1,2,3,7): print(a**k, end=' ')
    print(pow(a,3,97), pow(a,12345,10**20+39), pow(a,5,-7), divmod(a,7), divmod(a,-7), divmod(a, 10**12+1))
    for b in (2,8,16,36,3):
        pass
    assert int(str(a))==a and int(hex(a),16)==a and int(oct(a),0)==a and int.from_bytes(a.to_bytes(200,'little',signed=True),'little',signed=True)==a
class I(int): pass
x=I(5); print(x, repr(x), x+1, type(x+1), type(+x), I(10**30), I('12'), I(), isinstance(True,int), True+True, True&1, True&True, True|False, True^True, ~True)
import sys
print([sys.getsizeof(v) for v in vals], sys.getsizeof(True), sys.getsizeof(I(5)), int.__basicsize__, int.__itemsize__)
print(max(vals), min(vals), sorted(vals)[:5], sum(vals), 5 .real, (5).imag, (5).numerator, (5).denominator, (7).conjugate())
print(1_000_000, 0xff, 0o17, 0b101, 10**25, 123456789012345678901234567890)
