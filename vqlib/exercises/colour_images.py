"""What the exercises of notebook 05_colour_images ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
