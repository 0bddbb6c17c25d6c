"""The names by which notebooks and scripts that were handed out find what stands in `graders/` and `grading/` now."""
