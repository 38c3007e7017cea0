import sys

for i in range(5):
    print("out", i)
    print("err", i, file=sys.stderr)
sys.stdout.write("no newline")
x = 1  # break: after
print()
sys.exit(3)
