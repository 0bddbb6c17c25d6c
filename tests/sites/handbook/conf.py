"""A small course site, as an author would set it up; the tests build it with every builder."""

project = "Convolution by hand"
author = "A course"
version = "1"
copyright = "2026, a course"
extensions = ["myst_parser", "sphinx_exercise", "stepwise.sites.sphinx"]
myst_enable_extensions = ["colon_fence"]
html_theme = "furo"
