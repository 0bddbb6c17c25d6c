"""Questions: what is asked, how it is worded, what an answer to it earns."""
