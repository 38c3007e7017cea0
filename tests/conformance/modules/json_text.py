# json with its accelerators: texts, errors with their places, hooks, counts of what it makes.
import gc
import json
import sys
import _json
from json import scanner, encoder, decoder

print(scanner.c_make_scanner is _json.make_scanner, encoder.c_make_encoder is _json.make_encoder, decoder.scanstring is _json.scanstring)
for text in ('null', ' true ', '[]', '{}', '[1, -2.5, 1e3, 0, -0, -0.0, 1E-2]', '"a\\u00e9\\n\\"\\/\\ud83d\\ude00 \\ud83d x"', '{"a": {"b": [true, false, null]}}',
             'NaN', '[Infinity, -Infinity]', '12345678901234567890123', '"\u20ac\U0001f600"', '[[[[]]]]', '{"k": 1, "k": 2}'):
    print(ascii(json.loads(text)))
for text in ('', ' ', '[', '[1', '[1,', '[1,]', '[1 2]', '{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{1:2}', '{"a" 1}', '"abc', '"a\\', '"\\x"', '"\\u12"', '"\\u12G4"',
             '"\\ud800\\u12"', '"a\nb"', 'nul', 'tru', '-', '01', '1.', '.5', '1e', '+1', '[1] x', '"\\ud800\\uZZZZ"x', '\ufeff[]', 'Inf', '{"a":1 "b":2}'):
    try:
        print(repr(text), json.loads(text))
    except ValueError as error:
        print(repr(text), type(error).__name__, error)
print(json.loads('"a\nb"', strict=False), json.loads('[1.5, 2]', parse_float=str, parse_int=lambda t: 'i' + t, parse_constant=str))
print(json.loads('{"a": 1, "b": {"c": 2}}', object_pairs_hook=list), json.loads('{"a": {}}', object_hook=lambda d: ('hooked', d)))
keys = [list(d)[0] for d in json.loads('[{"shared key": 1}, {"shared key": 2}]')]
print(keys[0] is keys[1], sys.getrefcount(keys[0]))

print(json.dumps([None, True, False, 1, -2.5, 1e100, 'text', 'q"\\\b\f\n\r\t\x01\x7f', 'é€😀', {}, [], (), (1,)]))
print(ascii(json.dumps('é€😀\u2028\x00"', ensure_ascii=False)), json.dumps({'b': 1, 'a': [2, {'c': None}]}, sort_keys=True))
print(json.dumps({1: 1, 2.5: 2, True: 3, None: 4, False: 5}), json.dumps({(1,): 1, 'a': 2}, skipkeys=True), json.dumps([1, {'a': 2}], separators=(',', ':')))
print(json.dumps([float('inf'), float('-inf'), float('nan')]), json.dumps({'a': [1, 2], 'b': {}}, indent=2))


class Number(int):
    def __repr__(self): return 'no'


class Text(str):
    pass


class Real(float):
    def __repr__(self): return 'no'


print(json.dumps([Number(3), Text('x'), Real(1.5)]), json.dumps({Number(3): Number(4)}), json.dumps({1, 2}, default=sorted))
loop = []
loop.append(loop)
own = {}
own['own'] = own
for value, options in ((loop, {}), (own, {}), (object, {}), ({(1,): 1}, {}), (float('nan'), {'allow_nan': False}), ({'a': 1, 2: 3}, {'sort_keys': True}), (b'', {}), ({1}, {'default': lambda o: o})):
    try:
        print(json.dumps(value, **options))
    except Exception as error:
        print(type(error).__name__, error)
deep = '[' * 100000
for call in (lambda: json.loads(deep), lambda: json.loads('{"a":' * 100000)):
    try:
        call()
    except RecursionError as error:
        print(error)
nested = []
for _ in range(100000):
    nested = [nested]
try:
    json.dumps(nested)
except RecursionError as error:
    print(error)
while nested:
    nested = nested[0]

make = json.JSONEncoder()
encode = _json.make_encoder({}, None, _json.encode_basestring_ascii, None, ': ', ', ', False, False, True)
print(encode([1, {'a': 'b'}], 0), sys.getsizeof(encode), gc.is_tracked(encode), encode.key_separator, encode.skipkeys)
scan = json.JSONDecoder().scan_once
print(scan('[1, 2] rest', 0), sys.getsizeof(scan), scan.strict, scan.parse_int)
for call in (lambda: scan('', 0), lambda: scan('x', 0), lambda: scan('1', -1), lambda: scan(b'1', 0), lambda: _json.scanstring('abc', 7), lambda: _json.scanstring(b'', 0),
             lambda: _json.encode_basestring(1), lambda: _json.encode_basestring_ascii(b''), lambda: _json.make_encoder([], 1, 2, 3, '', '', 1, 1, 1), lambda: _json.scanstring('a"', -1)):
    try:
        print(call())
    except StopIteration as error:
        print('StopIteration', error.value)
    except Exception as error:
        print(type(error).__name__, error)
print(_json.scanstring('a\\n"rest', 0), _json.encode_basestring('a"é'), _json.encode_basestring_ascii('a"é'))
value = object()
made = json.JSONEncoder(default=lambda o: 'made').encode([value, value])
print(made, sys.getrefcount(value))
