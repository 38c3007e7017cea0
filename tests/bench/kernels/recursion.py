# Calls of Python functions: Fibonacci without a table.
import sys

n = int(sys.argv[1])


def fib(k):
    if k < 2:
        return k
    return fib(k - 1) + fib(k - 2)


print(fib(n))


# never reached
def unreached():
    return None
