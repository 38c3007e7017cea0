values = [1, 2,
def function():
    return values
