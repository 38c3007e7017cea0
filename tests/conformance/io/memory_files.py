import _io
b = _io.BytesIO(b"hello\nworld\n")
print(b.read(2), b.readline(), b.tell(), b.readlines(), b.read(), b.getvalue())
print(b.seek(3), b.write(b"XYZ"), b.getvalue(), b.seek(0, 2), b.seek(-2, 2), b.read(), b.truncate(4), b.getvalue())
b.seek(8); b.write(b"!"); print(b.getvalue())
v = b.getbuffer(); v[0] = 65
try:
    b.write(b"x" * 100)
except BufferError as e:
    print(e)
v.release(); print(b.getvalue()[:2], list(_io.BytesIO(b"a\nb")))
b.close()
try:
    b.read()
except ValueError as e:
    print(e)
s = _io.StringIO("one\ntwo\nthree")
print(repr(s.read(2)), repr(s.readline()), s.tell(), list(s), repr(s.read()), repr(s.getvalue()))
s.seek(0); s.write("ONE"); print(repr(s.getvalue()), s.seek(0, 2), s.write("\u20ac\U0001f600"), repr(s.getvalue()), s.truncate(2), repr(s.getvalue()))
print(repr(_io.StringIO("a\r\nb\rc\n", newline=None).read()), repr(_io.StringIO("a\r\nb\rc\n").read()), _io.StringIO("a\r\nb\rc\n", newline="").readlines(),
      repr(_io.StringIO("a\nb", newline="\r\n").getvalue()))
t = _io.TextIOWrapper(_io.BytesIO(), encoding="utf-8", write_through=True)
print(t.write("abc\u20ac"), t.buffer.getvalue(), t.detach() is not None)
r = _io.BufferedReader(_io.BytesIO(b"0123456789"), 4)
print(r.read(3), r.peek()[:1], r.read1(), r.read(2), r.seek(1), r.read(), r.tell())
w = _io.BytesIO(); bw = _io.BufferedWriter(w, 4)
bw.write(b"ab"); print(w.getvalue()); bw.write(b"cde"); print(w.getvalue()); bw.flush(); print(w.getvalue())
class Raw(_io._RawIOBase):
    def __init__(self, data): self.data = data
    def readable(self): return True
    def readinto(self, b):
        n = min(len(b), len(self.data), 3); b[:n] = self.data[:n]; self.data = self.data[n:]
        return n
print(_io.BufferedReader(Raw(b"abcdefgh")).read(5), Raw(b"xyz123").read(2), Raw(b"xyz123").readall(), list(_io.BufferedReader(Raw(b"a\nbb\nc"))))
d = _io.IncrementalNewlineDecoder(None, True)
print(repr(d.decode("a\r")), repr(d.decode("\nb\r")), repr(d.decode("c", final=True)), d.newlines)
for o in (_io.BytesIO(), _io.StringIO()):
    print(type(o), o.readable(), o.writable(), o.seekable(), o.isatty(), o.closed)
    try:
        o.fileno()
    except Exception as e:
        print(type(e).__mro__[:3], e)
