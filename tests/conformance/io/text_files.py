import os, _io
name = "/tmp/refscope-conformance-text-%d" % os.getpid()
with open(name, "w") as f:
    print(f.mode, f.encoding.lower(), f.errors, f.line_buffering, f.closed, f.name == name, f.readable(), f.writable())
    print(f.write("one\ntwo\r\nthree\rfour\u20ac\n"), f.tell())
print(f.closed)
with open(name) as f:
    print(f.readline(), repr(f.read(3)), repr(f.read()), repr(f.read()))
with open(name, newline="") as f:
    print(f.readlines(), f.newlines)
with open(name) as f:
    print(list(f), f.newlines)
with open(name, newline="\r\n") as f:
    print(f.readlines())
with open(name, "rb") as f:
    print(f.read(4), f.tell(), f.seek(0), f.peek(3)[:3], f.readline(), f.read())
with open(name, "a+") as f:
    f.write("more"); f.seek(0); print(len(f.read())); f.seek(3); print(repr(f.readline()))
    print(f.seek(0, 2), f.truncate(4), f.seek(0), repr(f.read()))
with open(name, "w", newline="\r\n") as f:
    f.write("a\nb\n")
print(open(name, "rb").read())
with open(name, "w", encoding="utf-16") as f:
    f.write("hi\n"); f.write("ho\n")
print(open(name, "rb").read())
print(repr(open(name, encoding="utf-16").read()))
with open(name, "wb") as f:
    f.write(b"ok\nbad\xff\nend\n")
try:
    open(name, encoding="utf-8").read()
except UnicodeDecodeError as e:
    print(e)
print(open(name, encoding="utf-8", errors="replace").read(), open(name, encoding="utf-8", errors="surrogateescape").readlines(), open(name, encoding="latin-1").read())
with open(name, "r+", encoding="latin-1") as f:
    f.write("OK"); f.seek(0); print(f.readline())
os.remove(name)
for call in (lambda: open(name), lambda: open("/"), lambda: open(name, "q"), lambda: open(name, "rw"), lambda: open(name, "rb", encoding="x"), lambda: open(-1),
             lambda: open(name, "w", 0), lambda: open(name, newline="x"), lambda: f.read(), lambda: open(1.5), lambda: open(name, "bt")):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, str(e).replace(name, "NAME"))
