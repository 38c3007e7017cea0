# A module that was compiled before is not compiled again, unless its source has changed or what was kept is damaged.
import importlib
import os
import sys
import tempfile

sys.dont_write_bytecode = False
sys.pycache_prefix = None


def fresh(name):
    sys.modules.pop(name, None)
    importlib.invalidate_caches()
    return __import__(name)


def write(path, text, time):
    with open(path, 'w') as file:
        file.write(text)
    os.utime(path, (time, time))


with tempfile.TemporaryDirectory() as folder:
    sys.path.insert(0, folder)
    source = os.path.join(folder, 'kept.py')
    cache = os.path.join(folder, '__pycache__')
    text = 'value = {}\nwords = {{"alpha", "beta", "gamma"}}\ndef f(a, *b, c=(1, 2.5, "x", b"y", None, 1j, 10**30)):\n    return a, b, c\n'
    write(source, text.format(1), 1000)
    first = fresh('kept')
    kept = os.listdir(cache)
    print(first.value, first.f(0), sorted(first.words), len(kept), kept[0].startswith('kept.'), kept[0].endswith('.pyc'))
    again = fresh('kept')
    print(again is first, again.value, again.f(1, 2), sorted(again.words), again.f.__code__.co_filename == source, again.f.__code__ == first.f.__code__)
    write(source, text.format(2), 2000)
    print(fresh('kept').value)
    with open(os.path.join(cache, kept[0]), 'wb') as file:
        file.write(b'damaged')
    print(fresh('kept').value)
    write(source, 'value = (', 3000)
    try:
        fresh('kept')
    except SyntaxError as error:
        print(error.msg, error.lineno, 'kept' in sys.modules)
    sys.dont_write_bytecode = True
    write(os.path.join(folder, 'other.py'), 'value = 3', 1000)
    print(fresh('other').value, len(os.listdir(cache)))
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.path.join(folder, 'elsewhere')
    write(os.path.join(folder, 'third.py'), 'value = 4', 1000)
    print(fresh('third').value, len(os.listdir(cache)), os.path.exists(sys.pycache_prefix))
    sys.path.remove(folder)
