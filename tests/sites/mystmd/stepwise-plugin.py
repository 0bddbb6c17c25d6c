#!/usr/bin/env python3
from stepwise.sites.mystmd import main

if __name__ == "__main__":  # pytest imports it, too, where it looks for docstrings
    main()
