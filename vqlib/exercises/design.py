"""What the exercises of notebook 03_design ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
