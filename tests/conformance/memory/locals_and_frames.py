# locals(), frames and what they keep.
import sys
from sys import getrefcount as count


def snapshot():
    x = []
    before = count(x)
    names = locals()
    after = count(x)
    del x
    kept = 'x' in names
    again = sorted(locals())
    return before, after, kept, again


print(snapshot())


def frame_of(x):
    frame = sys._getframe()
    return count(x), frame.f_code.co_name, frame.f_back.f_code.co_name, frame.f_lineno > 0


print(frame_of([]))


def keeps_frame():
    x = []
    return sys._getframe(), count(x)


f, n = keeps_frame()
print(n, f.f_code.co_name, f.f_locals['x'], count(f))
f.clear()
print(f.f_locals)
del f
x = []
print(count(x))
g = globals()
print(count(x), g['x'] is x)
g['y'] = x
print(count(x), y is x)
del y
print(count(x), 'y' in g)
exec('z = x')
print(count(x), z is x)
del z
print(count(x), eval('count(x)'))
code = compile('w = x', '<string>', 'exec')
namespace = {'x': x}
exec(code, namespace)
print(count(x), namespace['w'] is x)
namespace.clear()
print(count(x))


def vararg(*args, **kwargs):
    return count(args), count(kwargs), count(x)


print(vararg(x, x, k=x))
print(vararg(*[x], **{'a': x}))


def closure_cell():
    cell = []

    def inner():
        return cell
    c = inner.__closure__[0]
    print(count(cell), count(c), c.cell_contents is cell)
    del cell
    try:
        inner()
    except NameError as error:
        print(error)
    try:
        c.cell_contents
    except ValueError as error:
        print(error)


closure_cell()
