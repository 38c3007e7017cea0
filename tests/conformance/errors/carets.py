# Which part of a line failed.
data = {'a': [1, 2, {'b': None}]}


def middle(x):
    return 1 + x['a'][2]['b']['c'] + 2


def outer():
    return middle(
        data,
    )


outer()
