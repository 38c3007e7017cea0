import sys
def show(f):
    try:
        f()
    except Exception as e:
        sys.excepthook(type(e), e, None)
        e.__traceback__ and sys.excepthook(type(e), e, e.__traceback__)
class Thing:
    blech = 1
    some_attribute = 2
    def method(self): pass
t = Thing()
alphabet = 1
def f1(): t.bluch
def f2(): t.someattribute
def f3(): t.methods
def f4(): t.zzzzzz
def f5():
    alphabets = 2
    return alphabeta
def f6(): return alphabte
def f7(): return pritn
def f8(): "".upperr
def f9(): [].apend
def f10(): sys.pathh
def f11(): return BLECH
def f12(): Thing.METHOD
for i in range(1, 13):
    show(globals()[f"f{i}"])
