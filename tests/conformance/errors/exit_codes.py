import sys


class Noisy:
    def __del__(self):
        print('freed at exit')


n = Noisy()
try:
    print('leaving')
    sys.exit(3)
finally:
    print('finally')
