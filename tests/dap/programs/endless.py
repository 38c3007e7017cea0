# Runs until `running` is set to false from outside, by a debugger.
import time

running = True
rounds = 0


def turn():
    global rounds
    kept = [rounds]
    rounds += 1  # stop here
    time.sleep(0.001)
    return kept


deadline = time.time() + 30
while running and time.time() < deadline:
    turn()
    if rounds == 5:
        print("on the way", flush=True)
