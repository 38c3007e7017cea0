# Strings of one character: shared or not.
def shared(value):
    return value is 'zx7éÉ'[['z', 'x', '7', 'é', 'É'].index(value)] if value in ('z', 'x', '7', 'é', 'É') else (len(value), value is chr(ord(value[0])) if len(value) == 1 else None)


word = 'xy'
X = 'X'
for name, make in {
    'upper': lambda: 'x'.upper(), 'lower': lambda: X.lower(), 'title': lambda: 'x'.title(), 'capitalize': lambda: 'x'.capitalize(),
    'swapcase': lambda: X.swapcase(), 'casefold': lambda: X.casefold(), 'upper é': lambda: 'é'.upper(), 'lower É': lambda: 'É'.lower(), 'casefold É': lambda: 'É'.casefold(),
    'center': lambda: ''.center(1, 'x'), 'ljust': lambda: ''.ljust(1, 'x'), 'strip': lambda: ' x '.strip(), 'replace': lambda: 'y'.replace('y', 'x'), 'replace longer': lambda: 'yy'.replace('yy', 'x'),
    'replace to': lambda: 'xy'.replace('y', ''), 'translate': lambda: 'y'.translate({121: 'x'}), 'translate é': lambda: 'y'.translate({121: 'é'}), 'zfill': lambda: '7'.zfill(1), 'expandtabs': lambda: 'x'.expandtabs(), 'index': lambda: word[0],
    'slice': lambda: word[:1], 'split': lambda: 'x y'.split()[0], 'rsplit': lambda: 'x,y'.rsplit(',')[0], 'partition': lambda: 'x,y'.partition(',')[0], 'splitlines': lambda: 'x\ny'.splitlines()[0],
    'decode': lambda: b'x'.decode(), 'decode ascii': lambda: b'x'.decode('ascii'), 'decode latin': lambda: b'\xe9'.decode('latin1'), 'decode utf8': lambda: 'é'.encode().decode(), 'decode utf16': lambda: 'x'.encode('utf-16').decode('utf-16'), 'str bytes': lambda: str(b'x', 'ascii'),
    'chr': lambda: chr(120), 'chr é': lambda: chr(233), 'str int': lambda: str(7), 'repr int': lambda: repr(7), '%d': lambda: '%d' % 7, '%s int': lambda: '%s' % 7, '%c': lambda: '%c' % 'x', '%c int': lambda: '%c' % 120, '%s': lambda: '%s' % word[0], '%r': lambda: '%r' % 7,
    'format': lambda: '{}'.format(7), 'f': lambda: f'{7}', 'f str': lambda: f'{word[0]}', 'format()': lambda: format(7), 'format d': lambda: format(7, 'd'), 'format str': lambda: format('x', ''), 'format spec': lambda: format('x', 's'), 'format x': lambda: format(7, 'x'), 'format n': lambda: f'{7:n}', 'format c': lambda: f'{120:c}',
    'join': lambda: ''.join(['x', '']), 'join one': lambda: ','.join([word[0]]), 'join chars': lambda: ''.join(['', 'x']), 'mul': lambda: 'x' * 1, 'mul word': lambda: word[:1] * 1, 'add': lambda: word[:1] + '', 'radd': lambda: '' + word[:1], 'removeprefix': lambda: 'yx'.removeprefix('y'), 'iter': lambda: next(iter(word)), 'list': lambda: list(word)[0],
    'min': lambda: min(word), 'reversed': lambda: ''.join(reversed('x')), 'ascii': lambda: ascii(7), 'oct': lambda: f'{7:o}', 'bin': lambda: f'{1:b}'.replace('1', 'x'), 'str float': lambda: f'{7.0:.0f}', 'str float g': lambda: f'{7.0:g}', 'divmod': lambda: str(divmod(57, 10)[1]), 'int str': lambda: str(int('7')), 'json': lambda: __import__('json').loads('"x"'), 're': lambda: __import__('re').match('.', word).group(), 're sub': lambda: __import__('re').sub('y', '', word), 'input': lambda: __import__('io').StringIO('x').read(), 'readline': lambda: __import__('io').StringIO('x').readline(), 'getvalue': lambda: __import__('io').StringIO('x').getvalue(), 'str()': lambda: str('x'), 'swap': lambda: word[::-1][1], 'step': lambda: 'xay'[::2][:1], 'rjust': lambda: 'x'.rjust(1), 'lstrip': lambda: '  x'.lstrip(), 'maketrans': lambda: 'y'.translate(str.maketrans('y', 'x')), 'title é': lambda: 'é'.title(), 'hex': lambda: hex(7)[2:], 'True': lambda: str(True)[:1].replace('T', 'x'), 'chained': lambda: 'x'.upper().lower(),
}.items():
    value = make()
    print(name, value, shared(value))
