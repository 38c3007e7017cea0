# The wording of common TypeErrors.


def attempt(action):
    try:
        action()
    except Exception as error:
        print(type(error).__name__ + ':', error)


class C:
    pass


c = C()
attempt(lambda: 1 + 'a')
attempt(lambda: 'a' + 1)
attempt(lambda: [] + 1)
attempt(lambda: None + 1)
attempt(lambda: c + c)
attempt(lambda: -c)
attempt(lambda: ~1.5)
attempt(lambda: c < c)
attempt(lambda: c[0])
attempt(lambda: c.x)
attempt(lambda: c())
attempt(lambda: len(c))
attempt(lambda: iter(c))
items = [1, 2]
attempt(lambda: items['a'])
attempt(lambda: {}[[]])
text = 'abc'
attempt(lambda: text['a'])
attempt(lambda: (1, 2)[1.0:])
attempt(lambda: C(1))
attempt(lambda: c.method())
attempt(lambda: None.x)
attempt(lambda: print(sep=1))
attempt(lambda: int('1', 99))
attempt(lambda: [].append())
attempt(lambda: [].append(1, 2))
attempt(lambda: ''.join(5))
attempt(lambda: sorted(5))
attempt(lambda: isinstance(1, 'int'))
attempt(lambda: setattr(1, 'x', 1))
attempt(lambda: 5 in 5)
attempt(lambda: {}.missing)
attempt(lambda: [].pop('x'))
attempt(lambda: range('a'))
attempt(lambda: 2 ** 'a')
attempt(lambda: float([]))
attempt(lambda: abs(None))
attempt(lambda: sum([1, 'a']))
attempt(lambda: max(1))
attempt(lambda: enumerate())
attempt(lambda: (lambda x: x)())
attempt(lambda: len())
attempt(lambda: len(1, 2))
