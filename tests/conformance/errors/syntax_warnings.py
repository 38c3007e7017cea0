# Warnings of the compiler appear before the program runs.
x = 5
print('running')
if x is 5:
    print('same')
assert (x, 'always true')
print([1, 2] [0], '\d')
