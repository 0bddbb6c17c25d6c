"""Other people's graders and learning systems."""
