import gc

gc.disable()
a = []
b = [a]
a.append(b)
print("made")  # break: made
del a
del b
print("collecting")
gc.collect()  # break: collect
print("done")
