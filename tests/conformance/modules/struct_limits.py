# struct, partial, buffers and patterns at their edges.
import array
import binascii
import copy
import functools
import io
import pickle
import re
import struct
import sys

half = sys.maxsize // 2
for format in (f'{half}b{half}H', f'{sys.maxsize + 1}b', f'{half}b', f'{sys.maxsize}s', '99999999999999999999b', '0b', '3b0i', '2s2b'):
    try:
        print(struct.calcsize(format))
    except struct.error as error:
        print(error)
buffer = bytearray(10)
for call in (lambda: struct.pack_into('i', buffer, sys.maxsize, 1), lambda: struct.unpack_from('i', buffer, sys.maxsize), lambda: struct.pack('3b', 1, 2), lambda: struct.pack('0b', 1)):
    try:
        print(call())
    except struct.error as error:
        print(error)
print(struct.pack('2b0i3s2H', 1, 2, b'abcd', 3, 4), struct.unpack('<3bxH', b'\1\2\3\0\4\0'), list(struct.iter_unpack('2b', b'abcdef')))
first = functools.partial(print, 1, sep='-')
first.attr = []
second = copy.copy(first)
print(second.attr is first.attr, second.args is first.args, second.keywords is first.keywords, copy.deepcopy(first).attr is first.attr)


class Slotted(bytearray):
    __slots__ = ('x', 'y', '__dict__')


made = Slotted(b'abc')
made.x, made.z = 5, [6]
for again in (copy.copy(made), *(pickle.loads(pickle.dumps(made, protocol)) for protocol in range(2, 6))):
    print(again, again.x, again.z, hasattr(again, 'y'))
for file in (io.BytesIO(b'abc'), io.BufferedReader(io.BytesIO(b'abc')), open('/dev/null', 'rb', buffering=0)):
    with file:
        for target in (b'', 5, memoryview(b'x')):
            try:
                file.readinto(target)
            except TypeError as error:
                print(error)
text = 'x' * 10 ** 6
print(re.search(r'\Ay', text), re.findall(r'^y', text), re.sub(r'\Ax', 'z', text)[:3], re.search('^x', text).span(), re.compile('^b').search('ab', 1), re.findall('(?m)^y', 'y\ny\nx'))
print(bool(re.match('\ufb05', '\ufb06', re.I)), bool(re.match('[\ufb04-\ufb05]', '\ufb06', re.I)), bool(re.match('\u03c3', '\u03c2', re.I)), bool(re.match('\u0130', 'i', re.I)))
for data in (b'!!!!', b'\xff\x00', b'"\n!', b'#86)\n'):
    try:
        print(binascii.a2b_uu(data))
    except binascii.Error as error:
        print(error)
