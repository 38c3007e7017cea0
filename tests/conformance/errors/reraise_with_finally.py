# The traceback of an exception that passed through finally and with.


class Context:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        print('exit')


def passes():
    with Context():
        try:
            fails()
        finally:
            print('finally')


def fails():
    raise OSError(2, 'No such thing')


try:
    passes()
except OSError as error:
    print(error, error.args, error.errno)
    raise
