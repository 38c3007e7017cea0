# Integer arithmetic in a loop, once with the names of a module and once with the locals of a function.
import sys

n = int(sys.argv[1])

total = 0
state = 12345
i = 0
while i < n:
    state = (state * 1103 + 12345) % 65521
    if state & 1:
        total += state
    else:
        total -= i
    i += 1
print(total, state)


def in_function(count):
    total = 0
    state = 54321
    for i in range(count):
        state = (state * 1103 + 12345) % 65521
        if state & 1:
            total += state
        else:
            total -= i
    return total, state


print(in_function(n))


# never reached
def unreached():
    return None
