print('importing', __name__)
value = 'original'


def function():
    return value
