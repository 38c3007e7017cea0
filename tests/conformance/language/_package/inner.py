from . import other
from .other import helper

__all__ = ['public']
public = 'public name'
hidden = 'not exported'


def sibling():
    return helper(), other.__name__
