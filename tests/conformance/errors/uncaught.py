# A traceback through several frames.


class Problem(Exception):
    pass


def inner(value):
    if value > 2:
        raise Problem(f'too large: {value}')
    return [inner(value + 1) for _ in range(1)]


class Worker:
    def run(self):
        return inner(1)


print('before')
Worker().run()
print('never')
