# An exception that nobody can catch is told, and the program goes on.


class Bad:
    def __del__(self):
        helper()


def helper():
    raise RuntimeError('from __del__')


Bad()
print('goes on')
items = [Bad()]
items.clear()
print('still goes on')
