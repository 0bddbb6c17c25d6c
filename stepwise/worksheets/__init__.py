"""Sheets of exercises with their keys: variants, banks, forms to fill in."""
