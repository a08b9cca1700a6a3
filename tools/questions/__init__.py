"""The bank of questions in teaching/questions/: read, proven, and written as files for a course."""
