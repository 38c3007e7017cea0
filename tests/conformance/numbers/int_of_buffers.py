# int() and float() read the digits of anything that lends its bytes.
from array import array

for value in (b' 12 ', bytearray(b'3_0'), memoryview(b'x123')[1:3], array('B', b'11'), memoryview(bytearray(b'7'))):
    print(int(value), float(value) if not isinstance(value, array) else '')
for value in (memoryview(b'12x'), bytearray(b''), b'\xff', memoryview(b'123456')[::2], None, [], object):
    for convert in (int, float):
        try:
            print(convert(value))
        except (TypeError, ValueError, BufferError) as error:
            print(type(error).__name__, error)
import operator


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


print(operator.index(True), type(operator.index(True)), [10, 20][True], hex(True), 'ab' * True, range(True), range(Index(2)))
