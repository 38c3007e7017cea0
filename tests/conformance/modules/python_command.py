# What sys.executable names takes python's own command line.
import os
import subprocess
import sys


def python(*arguments, input=None, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith('PYTHON')} | variables
    done = subprocess.run([sys.executable, *arguments], input=input, capture_output=True, text=True, env=environment)
    print(done.returncode, done.stdout.rstrip(), done.stderr.rstrip().replace(sys.executable, 'PYTHON').split('\n')[-1])


print(os.path.basename(sys.executable).startswith('python3'))
python('--version')
python('-V')
python('-c', 'import sys; print(sys.argv, sys.flags.isolated, sys.path[0] == "")', 'a', '-b')
python('-I', '-c', 'import sys; print(sys.flags.isolated, sys.flags.ignore_environment, sys.flags.safe_path, "" in sys.path)')
python('-IBSEs', '-uc', 'import sys; f = sys.flags; print(f.dont_write_bytecode, f.no_site, f.ignore_environment, f.no_user_site)')
python('-O', '-c', 'assert False; print(__debug__)')
python('-OO', '-c', 'def f(): "text"\nprint(f.__doc__, eval("__debug__"))')
python('-c', 'assert False, "so"')
python('-X', 'a=b', '-Xflag', '-c', 'import sys; print(sys._xoptions)')
python('-W', 'error', '-c', 'import warnings; warnings.warn("raised")')
python('-W', 'ignore::UserWarning', '-c', 'import sys, warnings; warnings.warn("hidden"); print(sys.warnoptions)')
python('-c', 'import sys; print(sys.warnoptions)', PYTHONWARNINGS='ignore,default::UserWarning')
python('-E', '-c', 'import sys; print(sys.warnoptions, sys.flags.optimize)', PYTHONWARNINGS='ignore', PYTHONOPTIMIZE='2')
python('-c', 'import sys; print(sys.flags.optimize)', PYTHONOPTIMIZE='2')
python('-bb', '-c', 'import sys; print(sys.flags.bytes_warning, sys.warnoptions)')
python('-X', 'int_max_str_digits=700', '-c', 'import sys; print(sys.get_int_max_str_digits(), sys.flags.int_max_str_digits)')
python('-', 'x', input='import sys; print(sys.argv, __name__)')
python(input='print("from standard input")')
python('-m', 'this_module_does_not_exist')
python('/nonexistent/file.py')
python('-c', 'raise SystemExit(9)')
python('-c', 'import sys; sys.stderr.write("told\\n"); print("out")')
python('-c', 'import os, sys; print(os.path.basename(sys.executable).startswith("python3"), len(sys.orig_argv))')
