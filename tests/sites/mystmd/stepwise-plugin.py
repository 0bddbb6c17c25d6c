#!/usr/bin/env python3
from stepwise.sites.mystmd import main

main()
