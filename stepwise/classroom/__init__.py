"""A whole class: what was handed in, marked one answer at a time, told as reports and to other people's graders."""
