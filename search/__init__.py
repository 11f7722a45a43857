"""Frugal searches for the best small network under a hard budget."""

from search.architecture import Architecture, Block, Head
from search.candidate import Budget, Candidate, Task
from search.recipe import Augmentation, Recipe, Schedule

__all__ = [
    "Architecture",
    "Augmentation",
    "Block",
    "Budget",
    "Candidate",
    "Head",
    "Recipe",
    "Schedule",
    "Task",
]
