def inner(x):
    return {"a": 1}[x]
def outer():
    try:
        inner("b")
    except KeyError as e:
        raise ValueError("second") from e
try:
    try:
        outer()
    finally:
        undefined_name
except NameError as e:
    e.add_note("first note\nof two lines")
    e.add_note("second")
    raise RuntimeError("last")
