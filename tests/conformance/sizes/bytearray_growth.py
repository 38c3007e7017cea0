# bytearray's room.
from sys import getsizeof as s
class CBA(bytearray): pass
class CB(bytearray): __slots__=()
for x in (b'',b'a',b'abc',5,[1,2],'é'.encode()): print(s(CBA(x)),s(CB(x)),s(bytearray(x)),CBA(x).__sizeof__(),CBA.__basicsize__)
print(s(CBA('é','utf8')))
