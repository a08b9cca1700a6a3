"""What the exercises of notebook 07_rate_distortion ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
