"""What the exercises of notebook 04_grey_images ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
