# Formatted strings.
name = 'Ann'
n = 42
pi = 3.14159265
print(f'{name} {n} {pi}', f"{name!r} {name!s} {'é'!a}")
print(f'{n:5}|{n:<5}|{n:^5}|{n:>5}|{n:05}|{n:+}|{n:x}|{n:#x}|{n:b}|{n:o}|{n:,}|{-n:5}')
print(f'{pi:.2f}|{pi:8.3f}|{pi:<8.3f}|{pi:e}|{pi:g}|{pi:.0f}|{1e10:g}|{0.5:%}|{1234567.891:,.2f}')
print(f'{name:10}|{name:>10}|{name:^10}|{name:*^10}|{name:.2}|{name!r:>10}')
width = 8
precision = 2
print(f'{pi:{width}.{precision}f}|{name:{"<"}{width}}|')
print(f'{n=} {n = } {name=} {n + 1=} {pi=:.2f} {name=!s}')
print(f'{{literal}} {n}{n}', f'{n if n > 1 else 0}', f'{(lambda x: x * 2)(n)}', f'{[1, 2][0]}', f"{ {'a': 1}['a'] }")
print(f'a' 'b' f'{n}' "c", f'''{
    n
}''')
print(f'{n:>{width}}', f'{"nested " + f"{name}"}', rf'\n{n}', f'\t|{n}\x41')


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __format__(self, spec):
        return f'{self.amount}{spec or "EUR"}'

    def __str__(self):
        return 'money'

    def __repr__(self):
        return 'Money()'


m = Money(5)
print(f'{m} {m:USD} {m!s} {m!r:>10} {m!s:<8}|')
print('{0} {1} {0} {name}'.format(1, 2, name='x'))
print('%s %d %5.1f %r %x %%' % ('a', 3, 2.25, 'q', 255), '%s' % (1,), '%(k)s' % {'k': 'v'})
print(format(3.5, '.2f'), format('x', '>3'), str(1.0), repr('it\'s'), repr("both ' and \""), ascii('é'))
try:
    f'{n:q}'
except ValueError as error:
    print(error)
try:
    f'{undefined}'
except NameError as error:
    print(error)
