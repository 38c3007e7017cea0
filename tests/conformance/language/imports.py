# Modules that lie beside the program.
import sys
import _package
import _package.inner
import _module
import _module as again
from _module import value, function as f
from _package import inner as renamed
from _package.inner import *

print(_module.__name__, _module is again, value, f(), __name__)
print(_package.__name__, _package.inner.__name__, renamed is _package.inner, public)
_module.value = 'changed'
print(value, again.value, f())
print('_module' in sys.modules, sys.modules['_package.inner'] is renamed)
print(_package.inner.sibling())
try:
    import _no_such_module
except ModuleNotFoundError as error:
    print(error, error.name)
try:
    from _module import missing
except ImportError as error:
    print(str(error).split(' (')[0])
try:
    hidden
except NameError as error:
    print(error)


def local_import():
    import _module as inside
    return inside is _module


print(local_import())
