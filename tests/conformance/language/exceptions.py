# try in all its forms.


def flow(kind):
    log = []
    try:
        log.append('try')
        if kind == 'value':
            raise ValueError('v', 1)
        if kind == 'key':
            {}['missing']
        if kind == 'return':
            return log
    except ValueError as error:
        log.append(('except', error.args))
    except (KeyError, IndexError) as error:
        log.append(('lookup', str(error), repr(error)))
    else:
        log.append('else')
    finally:
        log.append('finally')
    log.append('after')
    return log


for kind in ('none', 'value', 'key', 'return'):
    print(kind, flow(kind))


def overriding():
    try:
        raise ValueError
    finally:
        return 'finally wins'


print(overriding())


def nested():
    try:
        try:
            raise KeyError('inner')
        except ValueError:
            print('no')
        finally:
            print('inner finally')
    except KeyError as error:
        print('outer', error)
        try:
            raise TypeError('second') from error
        except TypeError as second:
            print(second.__cause__, second.__context__ is error, second.__suppress_context__)


nested()


class Custom(Exception):
    def __init__(self, code):
        super().__init__(f'code {code}')
        self.code = code


class Special(Custom):
    pass


try:
    raise Special(7)
except Custom as error:
    print(type(error).__name__, error, error.code, error.args, isinstance(error, Exception))
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise
except ArithmeticError as error:
    print('reraised', error)
try:
    raise ValueError
except ValueError as error:
    print(repr(error), str(error) == '')
for i in range(3):
    try:
        if i == 1:
            continue
        if i == 2:
            break
        print('body', i)
    finally:
        print('finally', i)
try:
    raise 'text'
except TypeError as error:
    print(error)
try:
    [].pop()
except IndexError as error:
    print(error)
try:
    [1][5]
except LookupError as error:
    print(error)
try:
    number = 1
    number()
except TypeError as error:
    print(error)


def deep(n):
    if n == 0:
        raise RuntimeError('deep')
    deep(n - 1)


try:
    deep(5)
except RuntimeError as error:
    depth = 0
    tb = error.__traceback__
    while tb is not None:
        depth += 1
        tb = tb.tb_next
    print(error, depth)


def forever():
    return forever()


try:
    forever()
except RecursionError as error:
    print(error)
