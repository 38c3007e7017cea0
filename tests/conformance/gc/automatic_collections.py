# When the collector starts by itself, and what it finds.
import gc
log=[]
gc.callbacks.append(lambda p,i: log.append((p,i['generation'],i['collected'])))
gc.collect()
gc.set_threshold(50,3,3)
class N: pass
for i in range(600):
    n=N(); n.me=n
gc.set_threshold(0)
print(len(log), [g for p,g,c in log if p=='stop'])
print([c for p,g,c in log if p=='stop'])
gc.callbacks.clear()
print(gc.collect())
