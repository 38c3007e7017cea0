import sys

a = []
b = a
pair = [a, b]
print(sys.getrefcount(a) - 1)  # break: counts
del b
pair.clear()
print(sys.getrefcount(a) - 1)  # break: fewer
