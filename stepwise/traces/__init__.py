"""What an operation must be, and the record of one: taps, steps, replay, what fed what."""
