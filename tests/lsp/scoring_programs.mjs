// Programs for the scoring of static counts: straight-line code of all kinds, at module level and in functions, and some
// branches. The same seed gives the same program. Each runs to its end under CPython: what a name holds is modelled here
// as far as that needs.

const kPrelude = `import gc
import sys
import weakref


class Node:
    def __init__(self, name, next=None):
        self.name = name
        self.next = next

    def link(self, other):
        self.next = other
        return self

    def me(self):
        return self


class Plain:
    pass


class Slotted:
    __slots__ = ('left', 'right')


class Child(Node):
    tag = []

    def __init__(self, name):
        super().__init__(name)
        self.own = [self.tag]


def same(value):
    return value


def wrap(value, times=2):
    inner = [value] * times
    return inner


def pair(first, second=None, *rest, **named):
    return first, second, rest, named


def maker(value):
    kept = [value]

    def get():
        return kept

    return get


def count_up(start):
    yield start
    yield start


registry = []


def register(value):
    registry.append(value)
    return len(registry)


def drop(value):
    del value


`;

export const kPreludeLines = kPrelude.split('\n').length - 1;

function random(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

class Program {
    #next;
    #lines = [];
    #indent = '';
    #names = new Map(); // to what each is bound: {kind, size, keys}
    #counter = 0;

    constructor(seed) {
        this.#next = random(seed);
        this.seed = seed;
    }

    below(limit) {
        return Math.floor(this.#next() * limit);
    }
    chance(share) {
        return this.#next() < share;
    }
    pick(items) {
        return items[this.below(items.length)];
    }
    line(text) {
        this.#lines.push(this.#indent + text);
    }
    fresh() {
        const pool = ['a', 'b', 'c', 'data', 'node', 'item', 'box', 'rest', 'value', 'other', 'x', 'y', 'z', 'größe'];
        if (this.chance(0.6)) return this.pick(pool);
        return `v${this.#counter++}`;
    }
    of(kind) {
        return [...this.#names].filter(([, bound]) => bound.kind === kind);
    }
    bind(name, bound) {
        this.#names.set(name, bound);
        return name;
    }
    any() {
        const all = [...this.#names].filter(([, bound]) => bound.kind !== 'iterator');
        return all.length ? this.pick(all) : undefined;
    }

    let(expression, bound) {
        const name = this.fresh();
        this.line(`${name} = ${expression}`);
        this.bind(name, bound);
    }

    // An expression for an element: a name mostly.
    atom() {
        const named = this.any();
        if (named && this.chance(0.7)) return named[0];
        return this.pick(['1', "'text'", 'None', '[]', '{}', '3000', '2.5', '()', "'two words'", '(1, 2)', 'True', '[[]]', 'Plain()']);
    }
    atoms(limit = 4) {
        return Array.from({ length: this.below(limit) + 1 }, () => this.atom());
    }

    statement(depth = 0) {
        const lists = this.of('list');
        const dicts = this.of('dict');
        const nodes = this.of('node');
        const numbers = this.of('number');
        const any = this.any();
        const forms = [
            () => {
                const items = this.atoms();
                this.let(`[${items.join(', ')}]`, { kind: 'list', size: items.length });
            },
            () => this.let(`[]`, { kind: 'list', size: 0 }),
            () => {
                const one = this.fresh();
                const other = this.fresh();
                const bound = { kind: 'list', size: 0 };
                this.line(`${one} = ${other} = []`);
                this.bind(one, bound);
                this.bind(other, bound);
            },
            () => {
                const items = this.atoms(3).concat(this.any() ? [this.any()[0]] : []);
                this.let(`(${items.join(', ')},)`, { kind: 'tuple', size: items.length });
            },
            () => {
                const keys = ['k', 'l', 'm'].slice(0, this.below(3) + 1);
                this.let(`{${keys.map((key) => `'${key}': ${this.atom()}`).join(', ')}}`, { kind: 'dict', keys: new Set(keys) });
            },
            () => {
                const [a, b] = [this.atom(), this.atom()];
                const one = this.fresh();
                const other = this.fresh();
                if (one === other) return;
                this.line(`${one}, ${other} = ${a}, ${b}`);
                this.bind(one, { kind: 'object' });
                this.bind(other, { kind: 'object' });
            },
            () => {
                const head = this.fresh();
                const tail = this.fresh();
                if (head === tail) return;
                const items = this.atoms();
                this.line(`${head}, *${tail} = ${items.join(', ')}${items.length === 1 ? ',' : ''}`);
                this.bind(head, { kind: 'object' });
                this.bind(tail, { kind: 'list', size: items.length - 1 });
            },
            () => {
                const first = this.chance(0.5) ? this.atom() : this.atom();
                const expression = this.chance(0.7) ? `Node('n')` : `Node('n', ${first})`;
                this.let(`${expression}`, { kind: 'node' });
            },
            () => this.let(`${this.pick(['Plain()', "Child('c')", 'Slotted()', 'object()'])}`, { kind: 'object' }),
            () => this.let(`${this.pick(['1', '1000', '-7', '300 + 1', '2.5'])}`, { kind: 'number' }),
            () => this.let(`${this.pick(["'text'", "'two words'", "''", "'q'", "'ab' * 3"])}`, { kind: 'text' }),
            () => this.let(`{1, 2, ${this.pick(['3', "'s'", 'Plain()', 'None'])}}`, { kind: 'set' }),
            () => {
                const expression = `[${this.atom()}, ${this.atom()}, 1]`;
                this.line(`${this.bind(this.fresh(), { kind: 'list', size: 3 })}: list = ${expression}`);
            },
            () => {
                const item = this.atom();
                this.line(`print((${this.bind(this.fresh(), { kind: 'list', size: 1 })} := [${item}]) is None, 1)`);
            },
            () => this.let(`lambda: ${this.pick(['1', '[]'])}`, { kind: 'object' }),
            () => this.let(`object; ${this.bind(this.fresh(), { kind: 'list', size: 0 })} = []`, { kind: 'object' }),
            () => {
                const size = this.below(3) + 1;
                this.let(`[${this.atom()} for _ in range(${size})]`, { kind: 'list', size });
            },
            () => this.let(`iter([${this.atom()}, ${this.atom()}])`, { kind: 'iterator' }),
            () => this.let(`count_up(${this.atom()})`, { kind: 'iterator' }),
            () => this.line(`gc.collect()`),
            () => this.let(`ValueError(${this.atom()})`, { kind: 'object' }),
        ];
        if (any) {
            const [name, bound] = any;
            forms.push(
                () => this.let(`${name}`, bound),
                () => this.let(`same(${name})`, bound),
                () => this.let(`wrap(${name})`, { kind: 'list', size: 2 }),
                () => this.let(`pair(${name}, ${this.atom()}, 3, key=${this.atom()})`, { kind: 'tuple', size: 4 }),
                () => this.let(`maker(${name})`, { kind: 'maker' }),
                () => this.line(`register(${name})`),
                () => this.line(`drop(${name})`),
                () => this.line(`print(len([${name}]), isinstance(${name}, list), id(${name}) > 0)`),
                () => this.line(`print(sys.getrefcount(${name}))`),
                () => this.let(`f'{${name}!r:.5} of {1}'`, { kind: 'text' }),
                () => {
                    this.#names.delete(name);
                    this.line(`del ${name}`);
                },
                () => {
                    this.bind(name, { kind: 'object' });
                    this.line(`${name} = None`);
                },
                () => this.let(`[${name}] * 3`, { kind: 'list', size: 3 }),
                () => this.let(`lambda kept=${name}: kept`, { kind: 'object' }),
                () => this.let(`[[${name}], {'in': (${name}, [])}]`, { kind: 'object' }),
                () => this.let(`${name} if ${this.pick(['True', '0', 'len(sys.argv) > 9'])} else ${this.atom()}`, { kind: 'object' }),
                () => {
                    const function_name = `keep${this.#counter++}`;
                    this.line(`def ${function_name}(value=${name}, *, more=${this.atom()}):`);
                    this.line(`    return value`);
                    this.bind(function_name, { kind: 'object' });
                },
                () => {
                    const class_name = `Holder${this.#counter++}`;
                    this.line(`class ${class_name}${this.pick(['', '(Node)', '(Plain)'])}:`);
                    this.line(`    shared = ${name}`);
                    this.bind(class_name, { kind: 'class' });
                },
            );
            const second = this.any();
            if (second && second[0] !== name) {
                forms.push(() => {
                    this.line(`${name}, ${second[0]} = ${second[0]}, ${name}`);
                    this.bind(name, second[1]);
                    this.bind(second[0], bound);
                });
            }
        }
        for (const [name, bound] of lists.slice(0, 3)) {
            forms.push(
                () => {
                    bound.size++;
                    this.line(`${name}.append(${this.atom()})`);
                },
                () => {
                    bound.size++;
                    this.line(`${name}.insert(${this.pick(['0', '1', '-1', '99'])}, ${this.atom()})`);
                },
                () => {
                    bound.size += 2;
                    this.line(`${name}.extend([${this.atom()}, ${this.atom()}])`);
                },
                () => {
                    bound.size += 1;
                    this.line(`${name} += [${this.atom()}]`);
                },
                () => {
                    bound.size = 0;
                    this.line(`${name}.clear()`);
                },
                () => {
                    const size = bound.size;
                    this.let(`${this.pick([`${name}.copy()`, `list(${name})`, `${name}[:]`, `${name} + []`, `[*${name}]`])}`, { kind: 'list', size });
                },
                () => {
                    bound.size = 1;
                    this.line(`${name}[:] = [${this.atom()}]`);
                },
                () => {
                    if (bound.size < 12) bound.size *= 2;
                    else return;
                    this.line(`${name} *= 2`);
                },
                () => this.line(`${name}.reverse()`),
                () => {
                    bound.size++;
                    this.line(`${name}.append(${name})`);
                },
                () => this.let(`${name}.append`, { kind: 'object' }),
                () => this.let(`[[one] for one in ${name}]`, { kind: 'list', size: bound.size }),
                () => this.let(`(one for one in ${name})`, { kind: 'iterator' }),
                () => this.let(`enumerate(${name})`, { kind: 'iterator' }),
            );
            if (bound.size > 0) {
                forms.push(
                    () => {
                        bound.size--;
                        this.let(`${name}.pop(${this.pick(['', '0', '-1'])})`, { kind: 'object' });
                    },
                    () => this.let(`${name}[${this.pick(['0', '-1'])}]`, { kind: 'object' }),
                    () => this.line(`${name}[0] = ${this.atom()}`),
                    () => {
                        bound.size--;
                        this.line(`del ${name}[0]`);
                    },
                    () => {
                        bound.size--;
                        this.line(`${name}.remove(${name}[0])`);
                    },
                );
            }
        }
        for (const [name, bound] of dicts.slice(0, 2)) {
            const key = this.pick([...bound.keys, 'n']);
            forms.push(
                () => {
                    bound.keys.add(key);
                    this.line(`${name}['${key}'] = ${this.atom()}`);
                },
                () => this.let(`${name}.get('${key}')`, { kind: 'object' }),
                () => {
                    bound.keys.add(key);
                    this.let(`${name}.setdefault('${key}', ${this.atom()})`, { kind: 'object' });
                },
                () => {
                    bound.keys.delete(key);
                    this.let(`${name}.pop('${key}', None)`, { kind: 'object' });
                },
                () => {
                    bound.keys.add(key);
                    this.line(`${name}.update(${key}=${this.atom()})`);
                },
                () => this.let(`${this.pick([`dict(${name})`, `{**${name}}`, `${name}.copy()`])}`, { kind: 'dict', keys: new Set(bound.keys) }),
                () => {
                    bound.keys.clear();
                    this.line(`${name}.clear()`);
                },
                () => this.let(`${name}.${this.pick(['keys', 'values', 'items'])}()`, { kind: 'iterator' }),
            );
            if (bound.keys.has(key)) {
                forms.push(
                    () => this.let(`${name}['${key}']`, { kind: 'object' }),
                    () => {
                        bound.keys.delete(key);
                        this.line(`del ${name}['${key}']`);
                    },
                );
            }
        }
        for (const [name] of nodes.slice(0, 3)) {
            forms.push(
                () => this.line(`${name}.next = ${this.atom()}`),
                () => this.line(`${name}.extra = ${this.atom()}`),
                () => this.line(`${name}.link(${this.atom()})`),
                () => this.let(`${name}.next`, { kind: 'object' }),
                () => this.let(`${name}.me()`, { kind: 'node' }),
                () => this.let(`${name}.me`, { kind: 'object' }),
                () => this.let(`${this.pick([`type(${name})`, `${name}.__class__`])}`, { kind: 'class' }),
                () => {
                    this.let(`weakref.ref(${name})`, { kind: 'object' });
                },
                () => this.let(`weakref.ref(${name})()`, { kind: 'object' }),
                () => this.line(`setattr(${name}, 'name', ${this.atom()})`),
                () => this.let(`getattr(${name}, 'name')`, { kind: 'object' }),
            );
        }
        for (const [name] of numbers.slice(0, 2)) {
            forms.push(
                () => this.line(`${name} ${this.pick(['+=', '-=', '*='])} ${this.pick(['1', '1000', '0.5'])}`),
                () => this.let(`${name} * 1000 + 7`, { kind: 'number' }),
            );
        }
        for (const [name] of this.of('maker').slice(0, 1)) {
            forms.push(() => this.let(`${name}()`, { kind: 'list', size: 1 }));
        }
        for (const [name] of this.of('text').slice(0, 1)) {
            forms.push(
                () => this.line(`${name} += ' and more'`),
                () => this.let(`f'{${name}}'`, { kind: 'text' }),
                () => this.let(`${name}.upper()`, { kind: 'text' }),
            );
        }
        if (depth === 0 && this.chance(0.08)) return this.block();
        this.pick(forms)();
    }

    // Branches, loops, handlers: what they bind is of no known kind afterwards.
    block() {
        const before = new Map(this.#names);
        const head = this.pick([
            'if len(sys.argv) > 7:',
            'for step in range(2):',
            `for step in [${this.atom()}, ${this.atom()}]:`,
            'while len(registry) > 10**6:',
            'try:',
            'with open(__file__) as file:',
            'if True:',
        ]);
        this.line(head);
        const outer = this.#indent;
        this.#indent += '    ';
        // Inside, names change so that the next round of a loop still runs.
        const count = this.below(3) + 1;
        for (let i = 0; i < count; i++) {
            const named = this.any();
            const form = this.below(5);
            const inner = `t${this.#counter++}`;
            if (form === 0 || !named) this.line(`${inner} = []`);
            else if (form === 1) this.line(`${inner} = [${named[0]}]`);
            else if (form === 2) this.line(`${inner} = ${named[0]}`);
            else if (form === 3) this.line(`registry.append(${named[0]})`);
            else this.line(`print(same(${named[0]}) is None)`);
        }
        this.#indent = outer;
        if (head === 'try:') {
            this.line('except ValueError as error:');
            this.line('    failed = error');
        } else if (this.chance(0.4) && head.startsWith('if')) {
            this.line('else:');
            this.line(`    ${this.pick([...before.keys(), 'other'])} = []`);
            for (const [name, bound] of [...this.#names]) {
                if (bound.kind !== 'class') this.#names.set(name, { kind: 'object' });
            }
        }
    }

    function(size) {
        const name = `work${this.#counter++}`;
        const outer = this.#names;
        this.#names = new Map();
        this.line('');
        this.line('');
        this.line(`def ${name}(given, more=None):`);
        this.#indent = '    ';
        const start = this.#lines.length;
        for (let i = 0; i < size; i++) this.statement(this.chance(0.5) ? 0 : 1);
        if (this.#lines.length === start) this.line('pass');
        if (this.any() && this.chance(0.5)) this.line(`return ${this.any()[0]}`);
        this.#indent = '';
        this.line('');
        this.line('');
        this.#names = outer;
        const result = this.fresh();
        this.line(`${result} = ${name}([1])`);
        this.#names.set(result, { kind: 'object' });
    }

    text() {
        const statements = 14 + this.below(20);
        for (let i = 0; i < statements; i++) this.statement();
        if (this.chance(0.7)) this.function(6 + this.below(10));
        for (let i = 0; i < 6; i++) this.statement();
        const newline = this.seed % 10 === 3 ? '\r\n' : '\n';
        return (kPrelude + this.#lines.join('\n') + '\n').replaceAll('\n', newline);
    }
}

export function scoringProgram(seed) {
    return new Program(seed).text();
}
