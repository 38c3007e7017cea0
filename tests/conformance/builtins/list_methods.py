# list and tuple methods.
a = [3, 1, 2]
a.append(4)
a.extend('xy')
a.insert(0, 'first')
a.insert(-1, 'near the end')
a.insert(100, 'last')
print(a, len(a), a.index(4), a.count(1))
print(a.pop(), a.pop(0), a)
a.remove('x')
a.reverse()
print(a)
b = a.copy()
print(b == a, b is a)
b.clear()
print(b)
numbers = [5, 3, 9, 1]
numbers.sort()
print(numbers, numbers.sort(reverse=True), numbers)
words = ['bb', 'a', 'ccc', 'dd']
words.sort(key=len)
print(words)
print([1] + [2], [1, 2] * 2, 2 * [0], [] * 5, [1] * -1)
x = [1]
x += (2, 3)
x *= 2
print(x)
for action in (lambda: a.remove('nothing'), lambda: a.index('nothing'), lambda: [].pop(), lambda: [1] + (2,),
               lambda: [1, 'a'].sort()):
    try:
        action()
    except (ValueError, IndexError, TypeError) as error:
        print(type(error).__name__, error)
t = (1, 2, 1)
print(t.count(1), t.index(2), t + (3,), t * 2, (1,), (), hash(t) == hash((1, 2, 1)))
nested = [1, [2, [3]]]
nested[1][1].append(nested[1])
print(nested)
print(list('abc'), list(range(3)), tuple([1]), list({'a': 1}), list((i for i in 'z')))
print(len([None] * 3), [[]] * 2, list(reversed([1, 2, 3])))
