"""Layers one after the other, and branching: chains, networks, functional calls."""
