# faulthandler: the stack when asked for, and when a child dies of a signal.
import faulthandler
import os
import subprocess
import sys


def inner():
    faulthandler.dump_traceback(sys.stdout.fileno(), all_threads=False)


def outer():
    inner()


sys.stdout.flush()
outer()
(lambda: faulthandler.dump_traceback(1, False))()
print(faulthandler.is_enabled(), flush=True)
faulthandler.enable()
print(faulthandler.is_enabled(), faulthandler.disable(), faulthandler.disable(), faulthandler.is_enabled())
program = '''
import faulthandler, os, signal
faulthandler.enable()
def deep():
    os.kill(os.getpid(), signal.SIGSEGV)
deep()
'''
done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
lines = done.stderr.split('\n')
print(done.returncode, lines[0], lines[2].split()[:2], lines[3:5])
for call in (lambda: faulthandler.dump_traceback(-5), lambda: faulthandler.dump_traceback('x'), lambda: faulthandler.enable(file=5.5)):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
