"""Writes CPython's code objects in the form that code_dump.cpp writes ours.

usage: dump_code.py MODE LIST
MODE is exec, eval, single, or await (exec with top-level await), with an optional -O level: exec:2. LIST names a file with one source path a line.
For each path: a line `file PATH`, then `warning ...` lines and a block of `key=value` lines for each code object, parents first, or `error ...`.
"""
import sys
import warnings


def constant(value):
    if value is None or value is True or value is False or value is Ellipsis:
        return repr(value)
    kind = type(value)
    if kind is int:
        return "i:" + format(value, "x")
    if kind is float:
        return "f:" + number(value)
    if kind is complex:
        return "c:" + number(value.real) + "," + number(value.imag)
    if kind is str:
        return "s:" + value.encode("utf-8", "surrogatepass").hex()
    if kind is bytes:
        return "b:" + value.hex()
    if kind is tuple:
        return "(" + " ".join(map(constant, value)) + ")"
    if kind is frozenset:
        return "{" + " ".join(sorted(map(constant, value))) + "}"
    return "code"


def number(value):
    import struct
    return "nan" if value != value else struct.pack(">d", value).hex()


def interned(value):
    """One digit for each string of at least two characters, in order, also inside tuples."""
    if type(value) is tuple:
        return "".join(map(interned, value))
    if type(value) is not str or len(value) < 2:
        return ""
    return "1" if sys.intern("".join(list(value))) is value else "0"


def names(values):
    return " ".join(values)


def dump(code, out):
    fields = [
        ("code", code.co_qualname),
        ("name", code.co_name),
        ("line", code.co_firstlineno),
        ("args", f"{code.co_argcount} {code.co_posonlyargcount} {code.co_kwonlyargcount} {code.co_nlocals}"),
        ("flags", format(code.co_flags, "x")),
        ("bytecode", code.co_code.hex()),
        ("consts", " ".join(map(constant, code.co_consts))),
        ("interned", interned(code.co_consts)),
        ("names", names(code.co_names)),
        ("varnames", names(code.co_varnames)),
        ("cellvars", names(code.co_cellvars)),
        ("freevars", names(code.co_freevars)),
        ("stacksize", code.co_stacksize),
        ("exceptions", code.co_exceptiontable.hex()),
        ("lines", code.co_linetable.hex()),
    ]
    for key, value in fields:
        out.write(f"{key}={value}\n")
    for value in code.co_consts:
        if hasattr(value, "co_code"):
            dump(value, out)


def main():
    mode, _, level = sys.argv[1].partition(":")
    sys.setrecursionlimit(1000)
    out = sys.stdout
    out.reconfigure(encoding="utf-8", errors="surrogatepass", newline="\n")
    for path in open(sys.argv[2], encoding="utf-8").read().splitlines():
        out.write(f"file {path}\n")
        with open(path, "rb") as file:
            source = file.read()
        try:
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
                flags = 0x2000 if mode == "await" else 0
                code = compile(source, path, "exec" if flags else mode, flags, True, int(level or 0))
        except SyntaxError as error:
            out.write(f"error {type(error).__name__}: {error.msg} ({error.lineno}, {error.offset}, "
                      f"{error.end_lineno}, {error.end_offset})\n")
        except (ValueError, RecursionError, MemoryError) as error:
            out.write(f"error {type(error).__name__}\n")
        else:
            for warning in seen:
                out.write(f"warning {warning.category.__name__} {warning.lineno} {warning.message}\n")
            dump(code, out)
    out.write("end\n")


main()
