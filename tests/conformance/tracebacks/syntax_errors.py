import sys
def show(e):
    sys.excepthook(type(e), e, None)
text = "  abc = = 3\n"
for args in [(3, 5, text, 3, 6), (3, 5, text, 3, 9), (3, 0, text, 3, 0), (3, 1, text, 3, 2), (3, 5, text, 5, 2), (3, 5, text), (3, 50, text, 3, 52),
             (3, None, text), (3, 5, None), (3, 5, "\xe9\xe9\xe9 z z\n", 3, 7), (3, 8, "abc\ndef ghi\n", 3, 9), (3, 5, "", 3, -1), (None, 5, "abc"),
             ("x", 5, "abc")]:
    show(SyntaxError("message", ("file", *args)))
show(SyntaxError("m", (None, 3, 5, "x y z")))
show(SyntaxError("m"))
show(SyntaxError())
show(IndentationError("unexpected indent", ("f.py", 2, 4, "    x\n", 2, -1)))
for source in ("x = = 3", "f(", "if x\n  pass", "a b", "for x in range(3) print(x)", "x = 'abc", "def f(:\n pass", "return 5", "\tif x:\n        y\n"):
    try:
        exec(compile(source, "<source>", "exec"))
    except SyntaxError as e:
        show(e)
show(IndentationError("m", ("f", 2, 2, "print(1)\n", 2, 6)))
show(TabError("m", ("f", 2, 2, "print(1)\n", 2, 6)))
