# The line that a frame shows after it has ended by an exception: that of the instruction which raised, not of the cleanup.
import sys


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        pass


def named():
    try:
        1 / 0
    except Exception as error:
        1 / 0
        pass


def within():
    with Quiet():
        1 / 0
        pass


def nested():
    try:
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise
    except ValueError as other:
        pass
    finally:
        x = 1


def starred():
    try:
        raise ExceptionGroup('g', [ValueError(1), TypeError(2)])
    except* ValueError as group:
        pass


async def later():
    async with Manager():
        1 / 0


class Manager:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *details):
        return None


def run():
    later().send(None)


for function in (named, within, nested, starred, run):
    try:
        function()
    except Exception as error:
        traceback = error.__traceback__
        while traceback := traceback.tb_next:
            frame = traceback.tb_frame
            print(function.__name__, frame.f_code.co_name, traceback.tb_lineno - frame.f_code.co_firstlineno, frame.f_lineno and frame.f_lineno - frame.f_code.co_firstlineno,
                  frame.f_lasti == traceback.tb_lasti)
error = ImportError('text', name='n', path='p')
error.__init__()
print(error.msg, error.name, error.path, error.args)
code = named.__code__
print(code.replace() == code, code.replace(co_name='other').co_name, code.replace(co_firstlineno=99).co_firstlineno, code.replace(co_flags=code.co_flags) is code)
named.__code__ = code.replace(co_filename='elsewhere.py', co_consts=tuple(3 if c == 1 else c for c in code.co_consts))
try:
    named()
except ZeroDivisionError as error:
    print(error.__traceback__.tb_next.tb_frame.f_code.co_filename, sys.getrefcount(code))
adder = (lambda a, b: a + b)
adder.__code__ = adder.__code__.replace(co_code=(lambda a, b: a - b).__code__.co_code)
print(adder(5, 3))
for changes in ({'co_argcount': -1}, {'co_code': b'abc'}, {'co_nlocals': 9}, {'co_name': 5}, {'co_consts': []}, {'nothing': 1}, {'co_varnames': ()}):
    try:
        code.replace(**changes)
        print('fine')
    except (TypeError, ValueError, SystemError) as error:
        print(type(error).__name__)
