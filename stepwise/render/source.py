"""Words that are the source of a format, among words that are only words."""


class Source(str):
    """Words that are markup already, made by a filter: they are printed as they stand."""
