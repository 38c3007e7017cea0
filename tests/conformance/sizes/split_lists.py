# What split() reserves shows in the size of its lists.
from sys import getsizeof as size

for text in ('', 'a', 'a b', 'a b c', 'a ' * 11, 'a ' * 12, 'a ' * 13, 'a ' * 40, 'é,b', 'a€'):
    print(repr(text[:8]), [size(part) for part in (
        text.split(), text.rsplit(), text.split(' '), text.rsplit(' '), text.split(','), text.split(None, 1), text.split(' ', 3),
        text.rsplit(None, 12), text.split('€'), text.split('abc' * 20), text.splitlines(), list(text))])
for text in (b'', b'a b', b'a ' * 13):
    print(text[:8], [size(part) for part in (text.split(), text.rsplit(b' '), text.split(b' ', 2), text.splitlines(), bytearray(text).split())])
