# Floats in lists: multiplying matrices, and relaxing a line of temperatures.
import sys

n = int(sys.argv[1])


def matrix(size, seed):
    rows = []
    for i in range(size):
        row = []
        for j in range(size):
            row.append((i * seed + j) % 17 / 3.0)
        rows.append(row)
    return rows


def multiply(a, b):
    size = len(a)
    result = [[0.0] * size for _ in range(size)]
    for i in range(size):
        row = a[i]
        out = result[i]
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += row[k] * b[k][j]
            out[j] = total
    return result


def relax(line, rounds):
    for _ in range(rounds):
        for i in range(1, len(line) - 1):
            line[i] = 0.25 * line[i - 1] + 0.5 * line[i] + 0.25 * line[i + 1]
    return line


product = multiply(matrix(n, 7), matrix(n, 5))
print(sum(product[i][i] for i in range(n)))
line = relax([float(i % 10) for i in range(10 * n)], n)
print(round(sum(line), 9))


# never reached
def unreached():
    return None
