# Children: subprocess with pipes, descriptors, environments, folders and failures; fork, wait and exec.
import os
import signal
import subprocess
import sys

run = subprocess.run
print(run(['echo', 'one'], capture_output=True))
print(run(['cat'], input='two\n', capture_output=True, text=True).stdout)
print(run(['sh', '-c', 'echo out; echo err >&2; exit 3'], capture_output=True))
print(run('echo $NAME', shell=True, env={'NAME': 'value'}, capture_output=True).stdout)
print(run(['pwd'], cwd='/usr', capture_output=True).stdout, run(['sh', '-c', 'kill -TERM $$']).returncode)
print(run(['sh', '-c', 'echo both; echo here >&2'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout)
for arguments, options in ((['/nonexistent/program'], {}), (['true'], {'cwd': '/nonexistent'}), ([os.devnull], {})):
    try:
        run(arguments, **options)
    except OSError as error:
        print(type(error).__name__, error)
try:
    run(['false'], check=True)
except subprocess.CalledProcessError as error:
    print(error)
try:
    run(['sleep', '5'], timeout=0.05)
except subprocess.TimeoutExpired as error:
    print(str(error)[:40])

read, write = os.pipe()
process = subprocess.Popen(['sh', '-c', f'echo through {"x" * 3} >&{write}'], pass_fds=[write])
os.close(write)
print(process.wait(), os.read(read, 100))
os.close(read)
print(run(['sh', '-c', 'ls /proc/self/fd | wc -l'], capture_output=True, stdin=subprocess.DEVNULL).stdout.strip())
print(run(['sh', '-c', 'umask; ps -o sid= -p $$ | tr -d " " | grep -c "^$$\\$"'], umask=0o27, start_new_session=True, capture_output=True).stdout)
print(run(['true'], preexec_fn=lambda: os.write(1, b'')).returncode)
try:
    run(['true'], preexec_fn=lambda: 1 / 0)
except subprocess.SubprocessError as error:
    print(error)

with subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
    cat.stdin.write(b'line\n' * 3)
    cat.stdin.close()
    print(list(cat.stdout), cat.poll() in (None, 0))
print(cat.returncode)
with subprocess.Popen(['sleep', '10']) as sleeper:
    print(sleeper.poll())
    sleeper.terminate()
print(sleeper.returncode == -signal.SIGTERM, subprocess.getoutput('echo shell'))
print(run(['cat'], input=b'big' * 100_000, capture_output=True).stdout == b'big' * 100_000)

os.register_at_fork(before=lambda: print('before 1'), after_in_parent=lambda: print('parent 1'), after_in_child=lambda: print('child 1'))
os.register_at_fork(before=lambda: print('before 2'), after_in_parent=lambda: print('parent 2'), after_in_child=lambda: print('child 2'))
sys.stdout.flush()
read, write = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(write, repr([pid, os.getppid() > 0]).encode())
    sys.stdout.flush()
    os._exit(7)
os.close(write)
found, status = os.waitpid(pid, 0)
print(os.read(read, 100), found == pid, os.WIFEXITED(status), os.WEXITSTATUS(status), os.waitstatus_to_exitcode(status))
sys.stdout.flush()
pid = os.fork()
if pid == 0:
    os.execv('/bin/echo', ['echo', 'replaced'])
print(os.waitpid(pid, 0)[1])
try:
    os.waitpid(-1, 0)
except ChildProcessError as error:
    print(error)
for call in (lambda: os.execv('/bin/true', []), lambda: os.execv('/bin/true', ['']), lambda: os.execv('/nonexistent/x', ['x']),
             lambda: os.execve('/bin/true', ['x'], 1), lambda: os.register_at_fork()):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
