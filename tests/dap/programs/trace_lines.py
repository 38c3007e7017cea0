# Prints the line events of the program given as argument, as sys.settrace reports them: `function line`.
import contextlib
import io
import sys

path = sys.argv[1]
with open(path) as file:
    code = compile(file.read(), path, 'exec')
seen = []


def trace(frame, event, argument):
    if frame.f_code.co_filename != path:
        return None
    if event == 'line':
        seen.append(f'{frame.f_code.co_name} {frame.f_lineno}')
    return trace


with contextlib.redirect_stdout(io.StringIO()):
    sys.settrace(trace)
    try:
        exec(code, {'__name__': '__main__'})
    finally:
        sys.settrace(None)
print('\n'.join(seen))
