# Integers of any size, floats, and their mixture.
print(7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 % -3, divmod(-7, 2), divmod(7, -2))
print(7 / 2, 6 / 3, 7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2)
print(2 ** 10, 2 ** -1, (-2) ** 3, 2 ** 0.5, 0 ** 0)
print(2 ** 100, -(2 ** 100), 2 ** 100 // 3, 2 ** 100 % 1000, (2 ** 100) * (2 ** 100))
print(10 ** 30 - 10 ** 30 + 1, 10 ** 30 // 10 ** 28, -10 ** 30 // 7, -10 ** 30 % 7)
print(1 << 70, (1 << 70) >> 68, -1 >> 5, ~5, ~(2 ** 70), 6 & 3, 6 | 3, 6 ^ 3, -6 & 0xff, (2 ** 70 + 5) & 7)
print(1 + True, True + True, 3 - 1.5, 2 * 1.5, 10 ** 20 + 0.5)
print(1e16, 1e15, 1.0, 0.1, 1e-5, 0.0001, -0.0, 1e300 * 1e10, 123456789.123456789)
print(float('nan') == float('nan'), float('inf') > 10 ** 400, 2 ** 53 == float(2 ** 53), 2 ** 53 + 1 == float(2 ** 53 + 1))
print(1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, 3 != 3.0, 2 ** 70 > 1e20)
print(0b1010, 0o17, 0xff, 1_000_000, 1_0.0_1)
print(round(2.5), round(3.5), round(2.675, 2), round(-0.5), round(1234, -2), abs(-3), abs(-2.5))
print(int(3.9), int(-3.9), int('42'), int('ff', 16), int('  -7 '), int('0b11', 0), float('1e3'))
print(pow(3, 4, 5), pow(2, 1000, 7), (10 ** 18).bit_length(), (255).bit_length())
a = 5
a += 2
a *= 3
a -= 1
a //= 2
a **= 2
a %= 7
a <<= 3
a |= 1
a ^= 3
a &= 0xfe
print(a)


def attempt(name, function):
    try:
        print(name, function())
    except (ZeroDivisionError, ValueError, OverflowError) as error:
        print(name, type(error).__name__, error)


attempt('1 // 0', lambda: 1 // 0)
attempt('1 % 0', lambda: 1 % 0)
attempt('1 / 0', lambda: 1 / 0)
attempt('1.0 // 0', lambda: 1.0 // 0)
attempt('0 ** -1', lambda: 0 ** -1)
attempt('1 << -1', lambda: 1 << -1)
attempt('float(10 ** 400)', lambda: float(10 ** 400))
attempt("int('x')", lambda: int('x'))
attempt("float('x')", lambda: float('x'))
