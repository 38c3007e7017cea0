"""Prints CPython's opcodes: name, number, caches, argument, whether the jump is taken, stack effect."""
import dis
import opcode

for name, number in opcode.opmap.items():
    for arg in range(13) if number >= opcode.HAVE_ARGUMENT else [None]:
        for jump in (False, True):
            try:
                effect = dis.stack_effect(number, arg, jump=jump)
            except ValueError:
                continue
            print(name, number, opcode._inline_cache_entries[number], arg or 0, int(jump), effect)
