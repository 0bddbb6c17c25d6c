"""A stranger's templates, sealed: they arrange what they are shown of a lesson, and reach nothing else.

    seen.py         what they are shown: words, numbers, tuples, and views that have no method
    listed.py       all that they may call, by name
    bounds.py       how much of it they may do
    sandbox.py      Jinja, which is led through the three above and never looks at an object itself
    folders.py      the files that they may be made of

What is not named here is refused. To let templates see one thing more, name its class in `seen.TOLD`, or what they may
call in `listed.py`; a test walks through everything that can be reached, and calls what it finds.
"""

from .folders import Folders
from .sandbox import Sandbox, rendered

__all__ = ["Folders", "Sandbox", "rendered"]
