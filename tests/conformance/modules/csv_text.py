# csv: dialects, reading, writing, what is quoted and escaped, errors.
import csv
import io
import pickle
import sys
import _csv


def read(text, **options):
    try:
        return list(csv.reader(io.StringIO(text, newline=''), **options))
    except Exception as error:
        return type(error).__name__, str(error)


def write(row, **options):
    out = io.StringIO()
    try:
        csv.writer(out, **options).writerow(row)
    except Exception as error:
        return type(error).__name__, str(error)
    return out.getvalue()


for text in ('a,b\r\nc,d\r\n', '', '\n', 'a', ',', 'a,"b ""c"" d",e', '"a\nb",c\n', '"open', 'a"b,c', '"a"b,c', ' a, b', 'a\rb\nc\r\n\nd', '""', '"",', 'x\0y', 'é€😀,"é"'):
    print(ascii(text), ascii(read(text)))
print(read("a;'b;c'", delimiter=';', quotechar="'"), read('a, b,  "c d"', skipinitialspace=True), read('1,"2",3.5', quoting=csv.QUOTE_NONNUMERIC))
print(read('a,x', quoting=csv.QUOTE_NONNUMERIC), read('"a,b"', quoting=csv.QUOTE_NONE), read('a\\,b,\\\nc', escapechar='\\'), read('"a\\"b",c', escapechar='\\', doublequote=False))
print(read('"a"b', strict=True), read('"open', strict=True), read('a|b', dialect='excel', delimiter='|'), read('a\tb', dialect='excel-tab'))
for row in (['a', 1, 2.5, None, ''], [], [''], [None], ['a,b', 'c"d', 'e\nf', "g'h", ' i'], ['é', '\0'], 'abc', (1,)):
    print(ascii([write(row), write(row, quoting=csv.QUOTE_ALL), write(row, quoting=csv.QUOTE_NONNUMERIC), write(row, quoting=csv.QUOTE_NONE, escapechar='\\')]))
print(write(['a,b'], quoting=csv.QUOTE_NONE), write(['a"b'], doublequote=False), write(['a"b\\'], doublequote=False, escapechar='\\'), write([''], quoting=csv.QUOTE_NONE))
print(write(['a', 'b'], lineterminator='!'), write(['a!b'], lineterminator='!'), write(5), write(['x', 'y'], delimiter='\t'))
for options in ({'delimiter': ''}, {'delimiter': 'ab'}, {'delimiter': None}, {'delimiter': 5}, {'quotechar': None}, {'quotechar': ''}, {'quotechar': None, 'quoting': 0}, {'escapechar': 'xx'},
                {'lineterminator': None}, {'lineterminator': 5}, {'quoting': 9}, {'quoting': 'x'}, {'strict': []}, {'nothing': 1}, {'dialect': 'unheard'}, {'quoting': csv.QUOTE_NONE}):
    print(options, read('a,"b"', **options))


class Mine(csv.Dialect):
    delimiter = ':'
    quotechar = "'"
    lineterminator = '\n'
    quoting = csv.QUOTE_MINIMAL


csv.register_dialect('mine', Mine)
csv.register_dialect('other', delimiter='+', strict=True)
print(csv.list_dialects(), read("a:'b:c'", dialect='mine'), write(['a:', 'b'], dialect=Mine()), read('a+b', dialect='other'))
mine = csv.get_dialect('mine')
print(mine.delimiter, mine.quotechar, mine.escapechar, repr(mine.lineterminator), mine.quoting, mine.doublequote, mine.skipinitialspace, mine.strict, type(mine))
print(_csv.Dialect(mine) is mine, _csv.Dialect(mine, delimiter='x').delimiter, sys.getsizeof(mine) > 40)
csv.unregister_dialect('mine')
for call in (lambda: csv.get_dialect('mine'), lambda: csv.unregister_dialect('mine'), lambda: csv.register_dialect(5), lambda: csv.reader(), lambda: csv.reader(5), lambda: csv.writer(5),
             lambda: list(csv.reader([b'x'])), lambda: list(csv.reader(['a'], 'excel', 'x')), lambda: pickle.dumps(mine), lambda: csv.field_size_limit('x')):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
limit = csv.field_size_limit(3)
print(limit, read('abc,de'), read('abcd'))
csv.field_size_limit(limit)
reader = csv.reader(['a,"b', 'c",d', 'e'])
print(next(reader), reader.line_num, next(reader), reader.line_num, next(reader, 'end'), reader.dialect.delimiter)
print(list(csv.DictReader(io.StringIO('x,y\n1,2\n3\n4,5,6\n'))))
out = io.StringIO()
writer = csv.DictWriter(out, ['x', 'y'], extrasaction='ignore')
writer.writeheader()
writer.writerows([{'x': 1, 'y': 2}, {'x': 3, 'z': 4}])
print(repr(out.getvalue()), csv.Sniffer().sniff('a;b\n1;2\n').delimiter)
held = []
rows = csv.reader(iter([','.join('ab')]))
held.extend(rows)
print(sys.getrefcount(held[0]), sys.getrefcount(rows))
