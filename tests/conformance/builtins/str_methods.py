# str methods and operators.
s = 'Hello, World'
print(s.lower(), s.upper(), s.swapcase(), s.title(), 'hello'.capitalize(), s.replace('l', 'L'), s.replace('l', '_', 1))
print(s.split(', '), 'a b  c'.split(), 'a,b,,c'.split(','), 'a b c'.split(' ', 1), 'a b c'.rsplit(' ', 1), 'l1\nl2\n'.splitlines())
print(s.find('o'), s.rfind('o'), s.find('x'), s.index('W'), s.count('l'), s.startswith('Hell'), s.endswith(('x', 'ld')))
print('  x '.strip(), '|', ' x '.lstrip(), '|', ' x '.rstrip(), '|', 'xxaxx'.strip('x'))
print(','.join(['a', 'b']), ''.join('abc'), '-'.join(str(n) for n in range(3)))
print('abc'.center(9, '*'), 'abc'.ljust(5) + '|', 'abc'.rjust(5), '42'.zfill(5), '-42'.zfill(5))
print('a1'.isalnum(), 'a'.isalpha(), '1'.isdigit(), ' '.isspace(), 'a'.islower(), 'A'.isupper(), 'a_1'.isidentifier())
print('a' + 'b', 'ab' * 3, 'b' in 'abc', 'abc' < 'abd', len('é€😀'), 'é€😀'[2], '😀é'[::-1])
print('key=value=x'.partition('='), 'key=value=x'.rpartition('='), 'none'.partition('='))
print(ord('a'), chr(97), ord('😀'), chr(0x1f600), repr('\n\t\\\'\x00\x7f'), repr('é\u200b\U0001f600'), '\x41\u0042\N{BULLET}')
print('abc'.encode(), b'abc'.decode(), 'prefix-x'.removeprefix('prefix-'), 'x.py'.removesuffix('.py'), 'a\tb'.expandtabs(4))
print('abc'.translate({97: 'X', 98: None}), 'x'.__eq__('x'), 'ß'.upper(), 'ß'.casefold(), 'ŉ'.upper())
print("it's", 'say "x"', 'both \' "', r'raw\n', '''three
lines''', 'joined ' 'text')
for action in (lambda: 'abc'.index('x'), lambda: 'a' + 1, lambda: 'a' * 'b', lambda: 'abc'[9], lambda: ','.join([1]),
               lambda: chr(-1), lambda: ord('ab')):
    try:
        action()
    except (ValueError, TypeError, IndexError) as error:
        print(type(error).__name__, error)
