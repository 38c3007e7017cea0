def average(numbers):
    total = sum(numbers)
    return (total + 1) * 2 / len(numbers) + total


print(average([1, 2]))
print(average([]))
