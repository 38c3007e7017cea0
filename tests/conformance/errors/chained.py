# Cause and context in the traceback.


def lookup(table, key):
    try:
        return table[key]
    except KeyError as error:
        raise LookupError(f'no {key}') from error


def convert():
    try:
        lookup({}, 'name')
    except LookupError:
        int('not a number')


convert()
