# A comment, and then a line without code.

def inner(x):
    y = x + 1  # break: inner
    return y


def outer():
    first = inner(1)  # break: outer
    second = inner(first)
    return second


result = outer()  # break: start
print(result)  # break: print
