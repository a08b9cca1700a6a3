"""What the exercises of notebook A1_limits ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
