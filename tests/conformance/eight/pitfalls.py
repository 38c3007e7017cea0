# The surprises that people meet first.


def append_to(item, target=[]):
    target.append(item)
    return target


print(append_to(1), append_to(2), append_to(3, []))
print(append_to.__defaults__)

functions = []
for i in range(3):
    functions.append(lambda: i)
print([f() for f in functions])
functions = [lambda i=i: i for i in range(3)]
print([f() for f in functions])

grid = [[0] * 2] * 3
grid[0][0] = 1
print(grid, grid[0] is grid[1])
grid = [[0] * 2 for _ in range(3)]
grid[0][0] = 1
print(grid)


class Team:
    members = []
    size = 0

    def join(self, name):
        self.members.append(name)
        self.size += 1


red = Team()
blue = Team()
red.join('ann')
blue.join('bob')
print(red.members, blue.members, red.members is blue.members)
print(red.size, blue.size, Team.size)

numbers = [1, 2, 3, 4, 5, 6]
for number in numbers:
    if number % 2 == 0:
        numbers.remove(number)
print(numbers)
numbers = [2, 4, 6, 8]
for number in numbers:
    numbers.remove(number)
print(numbers)

counts = {'a': 1}
try:
    for key in counts:
        counts[key + 'x'] = 1
except RuntimeError as error:
    print('RuntimeError:', error)

t = ([],)
try:
    t[0] += [1]
except TypeError as error:
    print('TypeError:', error)
print(t)


def scope():
    try:
        print(value)
    except UnboundLocalError as error:
        print(error)
    value = 1


scope()
print(0.1 + 0.2 == 0.3, 0.1 + 0.2)
print([] == False, not [], 1 == True, {1: 'int', True: 'bool'})
shallow = [[1], [2]]
copy = shallow[:]
copy[0].append('shared')
print(shallow, copy)
