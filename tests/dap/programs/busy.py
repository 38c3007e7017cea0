total = 0
while True:
    total += 1  # break: loop
