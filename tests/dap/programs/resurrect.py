saved = []


class Phoenix:
    def __del__(self):
        if not saved:
            saved.append(self)


bird = Phoenix()
print("lives")  # break: lives
del bird
print("saved", len(saved))
saved.clear()
print("ends")
