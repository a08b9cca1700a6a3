"""What the exercises of notebook 06_blocks ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
