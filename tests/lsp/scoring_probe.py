"""Runs programs under CPython with a probe after each statement, and prints what `sys.getrefcount` said of each name.

Usage: scoring_probe.py FILE...   One line of JSON for each file: {"file", "probes": [...], "bound": [...]}, where a probe is
{"line", "name", "counts", "shared"} or, of a name that the statement lets go, {"line", "name", "released": [[before, after]]}
(after is -1 where holding the object would change what happens).
Each program runs in a process of its own; its output goes nowhere.
"""
import ast
import json
import os
import signal
import sys
import types

PATIENCE = 10  # seconds for one program
kRecords = {}
kReleased = {}
kHeld = {}
kConstants = set()


def names_of(node):
    """The names that a statement mentions itself, as (name, bound)."""
    header = {
        ast.If: ['test'], ast.While: ['test'], ast.For: ['target', 'iter'], ast.AsyncFor: ['target', 'iter'],
        ast.With: ['items'], ast.AsyncWith: ['items'], ast.Match: ['subject'],
        ast.FunctionDef: ['decorator_list'], ast.AsyncFunctionDef: ['decorator_list'], ast.ClassDef: ['bases', 'decorator_list'],
        ast.Try: [], ast.TryStar: [],
    }.get(type(node))
    found = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        found.append((node.name, True))
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            name = alias.asname or alias.name
            if name != '*' and '.' not in name:
                found.append((name, True))
    work = []
    if header is None:
        work = list(ast.iter_child_nodes(node))
    else:
        for field in header:
            value = getattr(node, field)
            work.extend(value if isinstance(value, list) else [value])
    while work:
        at = work.pop()
        if isinstance(at, ast.Name):
            found.append((at.id, not isinstance(at.ctx, ast.Load)))
        elif isinstance(at, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            work.append(at.generators[0].iter)
        elif isinstance(at, ast.Lambda):
            work.extend(at.args.defaults)
        else:
            work.extend(ast.iter_child_nodes(at))
    return found


def released_by(node):
    targets = []
    if isinstance(node, ast.Delete):
        targets = node.targets
    elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Constant) and node.value.value is None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    flat = []
    for target in targets:
        flat.extend(target.elts if isinstance(target, ast.Tuple) else [target])
    return [target.id for target in flat if isinstance(target, ast.Name)]


class Instrument(ast.NodeTransformer):
    def __init__(self):
        self.bound = []

    def guarded(self, code, line):
        (statement,) = ast.parse(code).body
        wrapped = ast.parse('try:\n pass\nexcept NameError:\n pass').body[0]
        wrapped.body = [statement]
        for node in ast.walk(wrapped):
            if hasattr(node, 'lineno'):
                node.lineno = node.end_lineno = line
                node.col_offset = node.end_col_offset = 0
        return wrapped

    def probes(self, names, line):
        return [self.guarded(f'__probe__({line}, {name!r}, __count__({name}), {name})', line) for name in sorted(set(names))]

    def block(self, body, header=()):
        result = list(header)
        docstring = body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        lines = []  # of simple statements, grouped by line
        for node in body:
            if lines and lines[-1][-1].end_lineno == node.lineno and not hasattr(node, 'body'):
                lines[-1].append(node)
            else:
                lines.append([node])
        for group in lines:
            line = group[-1].end_lineno
            first = group[0]
            if isinstance(first, ast.ImportFrom) and first.module == '__future__':
                result.extend(group)
                continue
            names = [pair for node in group for pair in names_of(node)]
            compound = hasattr(first, 'body') and not isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            released = [] if compound else [name for node in group for name in released_by(node)]
            if not compound:
                self.bound.extend([line, name] for name, bound in names if bound)
            for name in released:
                result.append(self.guarded(f'__before__({line}, {name!r}, __count__({name}), {name})', line))
            for node in group:
                result.append(self.visit(node))
            last = group[-1]
            if isinstance(last, (ast.Return, ast.Raise, ast.Break, ast.Continue)) or compound:
                continue
            for name in released:
                result.append(self.guarded(f'__after__({line}, {name!r})', line))
            result.extend(self.probes([name for name, _ in names if name not in released], line))
        return result

    def generic_visit(self, node):
        for field in ('body', 'orelse', 'finalbody'):
            value = getattr(node, field, None)
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                header = []
                if field == 'body' and isinstance(node, (ast.For, ast.With, ast.While, ast.If)):
                    line = node.body[0].lineno
                    if line > node.lineno:
                        header = self.probes([name for name, _ in names_of(node)], self.header_line(node))
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)) and ast.get_docstring(node, False) is not None:
                    setattr(node, field, value[:1] + self.block(value[1:]))
                else:
                    setattr(node, field, self.block(value, header))
        for handler in getattr(node, 'handlers', []):
            handler.body = self.block(handler.body)
        for case in getattr(node, 'cases', []):
            case.body = self.block(case.body)
        return node

    def header_line(self, node):
        parts = []
        for field in ('test', 'target', 'iter', 'items'):
            value = getattr(node, field, None)
            parts.extend(value if isinstance(value, list) else [value] if value is not None else [])
        return max(getattr(part, 'end_lineno', 0) or getattr(getattr(part, 'context_expr', None), 'end_lineno', 0) for part in parts)


def constants_of(code, found):
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            constants_of(constant, found)
        else:
            collect(constant, found)


def collect(constant, found):
    found.add(id(constant))
    if isinstance(constant, (tuple, frozenset)):
        for item in constant:
            collect(item, found)


def is_shared(value):
    if value is None or value is True or value is False or value is Ellipsis:
        return True
    if isinstance(value, int) and -5 <= value <= 256:
        return True
    if isinstance(value, (str, bytes)) and len(value) <= 1:
        return True
    if isinstance(value, (types.ModuleType, types.BuiltinFunctionType)) or value == () and type(value) is tuple:
        return True
    if isinstance(value, type) and not value.__flags__ & (1 << 9):  # not a heap type: built in
        return True
    if type(value) is float:
        import math
        if value is math.pi or value is math.e or value is math.inf or value is math.tau:
            return True
    return id(value) in kConstants


def probe(line, name, count, value):
    counts, shared = kRecords.setdefault((line, name), (set(), []))
    counts.add(count - 1)
    if not shared or shared[0]:
        shared[:] = [is_shared(value)]


def before(line, name, count, value):
    kHeld[line, name] = (count - 1 - held(value), value)


def held(value):
    return sum(1 for _, other in kHeld.values() if other is value)


def after(line, name):
    if (line, name) in kHeld:
        count, value = kHeld.pop((line, name))
        now = sys.getrefcount(value) - 2 - held(value)
        if hasattr(type(value), '__del__'):
            now = -1  # held here it does not die, so that nothing is known of after
        kReleased.setdefault((line, name), set()).add((count, now))


def run(path, out):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    tree = ast.parse(text)
    instrument = Instrument()
    tree = instrument.visit(tree)
    code = compile(tree, path, 'exec')
    del tree
    constants_of(code, kConstants)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    module = types.ModuleType('__main__')
    sys.modules['__main__'] = module
    sys.argv = [path]
    sys.path.insert(0, os.path.dirname(path))
    space = module.__dict__
    space.update(__probe__=probe, __count__=sys.getrefcount, __before__=before, __after__=after, __file__=path)
    signal.alarm(PATIENCE)
    problem = None
    try:
        exec(code, space)
    except BaseException as error:
        problem = f'{type(error).__name__}: {error}'
    signal.alarm(0)
    probes = [{'line': line, 'name': name, 'counts': sorted(counts), 'shared': shared[0]}
              for (line, name), (counts, shared) in list(kRecords.items())]
    probes += [{'line': line, 'name': name, 'released': sorted(pairs)} for (line, name), pairs in list(kReleased.items())]
    os.write(out, json.dumps({'file': path, 'probes': probes, 'bound': instrument.bound, 'problem': problem}).encode() + b'\n')


def main(paths):
    out = os.dup(1)
    for path in paths:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                run(path, out)
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        if status != 0:
            left = {'file': path, 'probes': [], 'bound': [], 'problem': f'ended with status {status}'}
            os.write(out, json.dumps(left).encode() + b'\n')


main(sys.argv[1:])
