# Descriptors that must not block: raw and buffered writes to a full pipe, reads from an empty one; decoders before their start.
import _io
import io
import os

read, write = os.pipe()
os.set_blocking(read, False)
os.set_blocking(write, False)
print(os.get_blocking(read), os.get_blocking(write))
try:
    os.read(read, 1)
except BlockingIOError as error:
    print(type(error).__name__, error)
raw_reader, raw_writer = open(read, 'rb', buffering=0), open(write, 'wb', buffering=0)
print(raw_reader.read(1), raw_reader.readinto(bytearray(3)))
total = 0
while (count := raw_writer.write(b'x' * 4096)) is not None:
    total += count
print(total, raw_writer.write(b'more'))
try:
    os.write(write, b'x')
except BlockingIOError as error:
    print(type(error).__name__)
buffered = io.BufferedWriter(raw_writer, 16)
try:
    buffered.write(b'y' * 100)
    print('written')
except BlockingIOError as error:
    print(type(error).__name__, error.characters_written)
got = 0
while chunk := raw_reader.read(65536):
    got += len(chunk)
print(got == total, raw_reader.read(1))
buffered.flush()
print(raw_reader.read(200))
buffered.close()
print(raw_reader.read(1), raw_reader.read(5))
raw_reader.close()

decoder = _io.IncrementalNewlineDecoder.__new__(_io.IncrementalNewlineDecoder)
for call in (lambda: decoder.decode(b'bar'), lambda: decoder.getstate(), lambda: decoder.setstate((b'foo', 0)), lambda: decoder.reset(), lambda: decoder.newlines):
    try:
        print(call())
    except ValueError as error:
        print(error)
decoder = io.IncrementalNewlineDecoder(None, translate=True)
print(decoder.getstate(), decoder.decode('a\r\nb\r'), decoder.getstate(), decoder.newlines)
