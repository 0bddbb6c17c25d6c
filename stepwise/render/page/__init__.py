"""What a page needs so that its reader can operate it: the record of its traces, and the script that reads it.

`record.py` writes the traces down, `views.py` what the script must know of each; `script.py` puts the script and the
style sheet together, `policy.py` says what a strict host must allow, and `check.py` reads a page back and verifies it.
The script itself is in `templates/html/script`, one concern a file.
"""
