"""What the exercises of notebook 00_start_here ask for."""

from .kinds import Exercises

EXERCISES: Exercises = {}
