"""A class: submissions read, marked, reported, and kept from one run to the next."""
