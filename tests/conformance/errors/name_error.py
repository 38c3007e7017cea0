counter = 1


def increase():
    return countr + 1


increase()
