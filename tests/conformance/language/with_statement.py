# with: entry, exit, exceptions, several managers.


class Manager:
    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow

    def __enter__(self):
        print('enter', self.name)
        return self.name.upper()

    def __exit__(self, kind, value, traceback):
        print('exit', self.name, kind and kind.__name__, value, traceback is not None)
        return self.swallow


with Manager('a') as a:
    print('body', a)
with Manager('a') as a, Manager('b') as b:
    print('body', a, b)
with (
    Manager('c') as c,
    Manager('d', swallow=True) as d,
):
    raise ValueError('swallowed')
print('goes on')
try:
    with Manager('outer'), Manager('inner'):
        raise KeyError('not swallowed')
except KeyError as error:
    print('caught', error)


def returns():
    with Manager('in function'):
        return 'value'


print(returns())
for i in range(3):
    with Manager(f'loop {i}'):
        if i == 1:
            break
        continue
with Manager('unnamed'):
    pass
with Manager('pair') as (p, a, *rest):
    print(p, a, rest)
try:
    with 5:
        pass
except TypeError as error:
    print(error)


class FailsToEnter:
    def __enter__(self):
        raise RuntimeError('no entry')

    def __exit__(self, *details):
        print('never')


try:
    with Manager('first'), FailsToEnter():
        print('never')
except RuntimeError as error:
    print(error)
