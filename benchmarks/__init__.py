"""What keeping the working costs; see `__main__.py`."""
