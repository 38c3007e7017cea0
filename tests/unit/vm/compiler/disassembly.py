"""Prints what `dis` shows of a file's code, without addresses."""
import dis
import io
import re
import sys

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    out = io.StringIO()
    dis.dis(code, file=out)
    sys.stdout.write(re.sub(r" at 0x[0-9a-f]+", "", out.getvalue()))
