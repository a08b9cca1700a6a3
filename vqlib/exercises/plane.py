"""What the exercises of notebook 02_plane ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
