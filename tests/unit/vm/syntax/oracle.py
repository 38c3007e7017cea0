"""Answers the unit tests of the parser as CPython 3.11 does.

oracle.py errors MODE SNIPPETS OUT  SNIPPETS: source texts, each ended by a NUL; OUT: a line for each
oracle.py dumps FILES OUT           FILES: a path a line; OUT/N: ast.dump of the N-th
"""
import ast
import sys
import warnings

warnings.simplefilter("ignore")


def describe(error):
    return "|".join(str(part) for part in (type(error).__name__, error.msg, error.lineno, error.offset,
                                           error.end_lineno, error.end_offset))


def answer(source, mode, name="<string>"):
    try:
        tree = compile(source, name, mode, ast.PyCF_ONLY_AST)
    except SyntaxError as error:
        return describe(error)
    except MemoryError:
        return "MemoryError"
    return "OK " + ast.dump(tree, include_attributes=True)


def main():
    if sys.argv[1] == "errors":
        with open(sys.argv[3], encoding="utf-8", newline="") as file:
            snippets = file.read().split("\0")[:-1]
        with open(sys.argv[4], "w", encoding="utf-8", errors="surrogatepass") as out:
            for snippet in snippets:
                out.write(answer(snippet, sys.argv[2]).replace("\n", "\\n") + "\n")
        return
    sys.setrecursionlimit(20000)
    with open(sys.argv[2], encoding="utf-8") as file:
        paths = file.read().splitlines()
    for number, path in enumerate(paths):
        with open(path, "rb") as file:
            source = file.read()
        with open(f"{sys.argv[3]}/{number}", "w", encoding="utf-8", errors="surrogatepass") as out:
            out.write(answer(source, "exec", path))


main()
