class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def work():
    local = Node("local")
    print("in work")  # break: work
    return 1


keep = Node("kept")  # break: keep
work()  # break: call
keep = None  # break: drop
print("end")  # break: end
