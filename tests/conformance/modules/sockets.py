# Sockets: pairs, connections, datagrams, timeouts, addresses and errors; waiting with select, poll, epoll and selectors.
import errno
import gc
import os
import select
import selectors
import socket
import sys
import time
import warnings
import _socket

a, b = socket.socketpair()
print(a.send(b'hello'), b.recv(3), b.recv(10), a.sendall(b'x' * 10), b.recv_into(bytearray(4)))
buffer = bytearray(8)
print(b.recv_into(buffer, 3), buffer, b.recvfrom(2), b.recv(100))
print(a.family.name, a.type.name, a.proto, a.gettimeout(), a.getblocking(), a.fileno() >= 0)
b.settimeout(0.01)
try:
    b.recv(1)
except TimeoutError as error:
    print(type(error).__name__, error, error.errno)
b.setblocking(False)
try:
    b.recv(1)
except BlockingIOError as error:
    print(type(error).__name__, error.errno == errno.EAGAIN, b.gettimeout(), b.getblocking())
b.setblocking(True)
a.shutdown(socket.SHUT_WR)
print(b.recv(1), a.sendmsg.__name__)
print(b.sendmsg([b'one', b'two'], []), a.recvmsg(10))
a.close()
b.close()
print(a.fileno(), a._closed)
try:
    a.recv(1)
except OSError as error:
    print(error)

server = socket.create_server(('127.0.0.1', 0))
host, port = server.getsockname()
print(host, port > 0)
client = socket.create_connection((host, port), timeout=5)
peer, address = server.accept()
print(address == client.getsockname(), client.getpeername() == (host, port), client.gettimeout(), peer.gettimeout())
with client, peer:
    client.sendall(b'line 1\nline 2\n')
    with peer.makefile('r') as lines:
        print(lines.readline(), end='')
        print(lines.readline(), end='')
    big = b'0123456789' * 100
    client.sendall(big)
    client.shutdown(socket.SHUT_WR)
    got = b''
    while data := peer.recv(64):
        got += data
    print(got == big)
server.close()
try:
    socket.create_connection((host, port), timeout=1)
except ConnectionRefusedError as error:
    print(type(error).__name__)
probe = socket.socket()
print(probe.connect_ex((host, port)) == errno.ECONNREFUSED)
probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
print(probe.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR), len(probe.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
for call in (lambda: probe.bind(1), lambda: probe.bind(('127.0.0.1',)), lambda: probe.bind(('127.0.0.1', 70000)), lambda: probe.connect(('', 'x')),
             lambda: probe.recv(-1), lambda: probe.settimeout(-1), lambda: probe.settimeout('x'), lambda: socket.socket(fileno=-5),
             lambda: socket.inet_aton('300.1'), lambda: socket.inet_ntoa(b'123'), lambda: socket.htons(1 << 20), lambda: socket.htons(-1),
             lambda: socket.getservbyname('no such service'), lambda: socket.inet_pton(socket.AF_INET, 'x'), lambda: probe.sendto(b'')):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
probe.close()

one, two = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
for each in (one, two):
    each.bind(('127.0.0.1', 0))
one.sendto(b'datagram', two.getsockname())
data, sender = two.recvfrom(100)
print(data, sender == one.getsockname())
one.sendto(b'more', 0, two.getsockname())
print(two.recvfrom_into(buffer)[0], buffer)
one.close()
two.close()

print(socket.inet_aton('127.0.0.1'), socket.inet_ntoa(b'\x7f\0\0\1'), socket.inet_pton(socket.AF_INET6, '::1')[-1], socket.inet_ntop(socket.AF_INET6, bytes(15) + b'\1'))
print(socket.htons(1), socket.ntohs(256), socket.htonl(1), socket.ntohl(1 << 24), socket.getservbyport(80), socket.getservbyname('http', 'tcp'), socket.getprotobyname('tcp'))
print(socket.getaddrinfo('127.0.0.1', 80, type=socket.SOCK_STREAM))
print(socket.getaddrinfo('::1', '443', proto=socket.IPPROTO_TCP), socket.getnameinfo(('127.0.0.1', 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
try:
    socket.getaddrinfo('127.0.0.1', 80, family=socket.AF_INET6, flags=socket.AI_NUMERICHOST)
except socket.gaierror as error:
    print(type(error).__mro__, error)
print(socket.gethostbyname('127.0.0.1'), socket.getdefaulttimeout(), socket.CMSG_LEN(4), socket.CMSG_SPACE(4), socket.has_ipv6)

with socket.socket(socket.AF_UNIX) as listener:
    listener.bind('\0refscope-%d' % os.getpid())
    print(type(listener.getsockname()).__name__, listener.getsockname().startswith(b'\0refscope'))
listener = socket.socket(socket.AF_UNIX)
print(repr(listener.getsockname()))
fd = listener.detach()
again = socket.socket(fileno=fd)
print(again.family == socket.AF_UNIX, again.type == socket.SOCK_STREAM, os.get_inheritable(fd))
again.close()
raw = _socket.socket()
print(sys.getsizeof(raw), sys.getrefcount(raw), gc.is_tracked(raw), repr(raw) == f'<socket object, fd={raw.fileno()}, family=2, type=1, proto=0>')
raw.close()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    left = _socket.socket()
    del left
    print([w.category.__name__ + ' ' + str(w.message).split(',')[0] for w in caught])

read, write = os.pipe()
print(select.select([read], [], [], 0), select.select([read], [write], [], 1) == ([], [write], []))
os.write(write, b'!')
print(select.select([read], [write], []) == ([read], [write], []), select.select([], [], [], 0.001))
for call in (lambda: select.select([-1], [], []), lambda: select.select(1, [], []), lambda: select.select([], [], [], -1), lambda: select.select(['x'], [], []),
             lambda: select.select([], [], [], 'x'), lambda: select.poll().poll('x'), lambda: select.poll().modify(read, 1), lambda: select.poll().unregister(3),
             lambda: select.poll().register(read, -1), lambda: select.epoll(0), lambda: select.epoll(5, 3)):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
poll = select.poll()
poll.register(read)
poll.register(write, select.POLLOUT)
print(sorted((fd == read, event) for fd, event in poll.poll()), sys.getsizeof(poll))
poll.modify(read, 0)
poll.unregister(write)
print(poll.poll(10))
with select.epoll() as epoll:
    epoll.register(read, select.EPOLLIN)
    print([(fd == read, event) for fd, event in epoll.poll(1)], epoll.closed)
    epoll.modify(read, 0)
    print(epoll.poll(0.001))
    epoll.unregister(read)
    try:
        epoll.unregister(read)
    except OSError as error:
        print(error)
print(epoll.closed)
try:
    epoll.fileno()
except ValueError as error:
    print(error)
for kind in (selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector):
    with kind() as selector:
        selector.register(read, selectors.EVENT_READ, 'data')
        start = time.monotonic()
        print(kind.__name__, [(key.data, mask) for key, mask in selector.select(1)], time.monotonic() - start < 0.5)
os.close(write)
os.close(read)
