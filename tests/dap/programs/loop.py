# A loop for conditions, hit counts and log messages.
class Item:
    def __init__(self, number):
        self.number = number

    def is_even(self):
        return self.number % 2 == 0


def visit(item):
    return item.number  # in visit


total = 0
for number in range(10):
    item = Item(number)
    total += visit(item)  # in the loop
print(total)
