"""From what was copied to lines of Python: prompts, output, fences and indentation are not code.

    >>> python("In [3]: x = pool(x)\\nOut[3]: tensor([[4]])")
    'x = pool(x)\\n'

Every line keeps its number, so that a message can name it. To add a kind of prompt: a line in `PROMPTS`.
"""

from __future__ import annotations

import re
import textwrap

FENCE = re.compile(r"\s*(```|~~~)")
PROMPTS = (
    (re.compile(r"^\s*>>> ?"), re.compile(r"^\s*\.\.\. ?")),  # Python's own
    (re.compile(r"^\s*In ?\[[\d* ]*\]: ?"), re.compile(r"^\s*\.\.\.+: ?")),  # IPython's, and a notebook's
)
"""How a line of code begins where somebody's typing is shown, and how it goes on; what begins otherwise is output."""
OUTPUT = re.compile(r"\s*Out ?\[[\d* ]*\]:")
MAGIC = re.compile(r"\s*[%!?]")


def python(text: str) -> str:
    """The lines of code in a text, each on the line where it stood; other lines are empty."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    lines = [line.expandtabs(4) for line in text.split("\n")]
    lines = _without_numbers(_in_fences(lines))
    for first, further in PROMPTS:
        if any(first.match(line) for line in lines):
            lines = _after_prompts(lines, first, further)
            break
    lines = ["" if MAGIC.match(line) else line for line in lines]
    return "\n".join(_level(lines)).rstrip() + "\n"


def _in_fences(lines: list[str]) -> list[str]:
    """What stands between Markdown's fences, where there are any."""
    if not any(FENCE.match(line) for line in lines):
        return lines
    kept, inside = [], False
    for line in lines:
        fence = FENCE.match(line) is not None
        inside ^= fence
        kept.append(line if inside and not fence else "")
    return kept


def _without_numbers(lines: list[str]) -> list[str]:
    """A listing without the numbers of its lines: 1, 2, 3 … before each."""
    numbered = [re.match(r"\s*(\d{1,9})(?:[:.|)] ?| |$)", line) for line in lines]
    found = [int(one[1]) for one in numbered if one]
    if len(found) < 2 or found != list(range(found[0], found[0] + len(found))):
        return lines
    if any(line.strip() and not one for line, one in zip(lines, numbered)):
        return lines
    return [line[one.end() :] if one else line for line, one in zip(lines, numbered)]


def _after_prompts(lines: list[str], first: re.Pattern[str], further: re.Pattern[str]) -> list[str]:
    """What was typed at a prompt. A notebook's prompt may stand alone, above a whole cell."""
    kept, cell = [], False
    for line in lines:
        if begins := first.match(line):
            kept.append(line[begins.end() :])
            cell = not kept[-1].strip() and "[" in begins.group()
        elif OUTPUT.match(line):
            kept.append("")
            cell = False
        elif goes_on := further.match(line):
            kept.append(line[goes_on.end() :])
        else:
            kept.append(line if cell else "")
    return kept


def _level(lines: list[str]) -> list[str]:
    """Lines of a function or a class begin at the edge; the first may have been copied from its own first letter on."""
    level = textwrap.dedent("\n".join(lines)).split("\n")
    full = [number for number, line in enumerate(level) if line.strip()]
    if len(full) > 1 and not level[full[0]].startswith(" ") and not _open(level[full[0]]):
        rest = level[full[0] + 1 :]
        deeper = textwrap.dedent("\n".join(rest)).split("\n")
        if deeper != rest and level[full[1]].startswith(" "):
            return [*level[: full[0] + 1], *deeper]
    return level


def _open(line: str) -> bool:
    """Whether what a line begins goes on, deeper, on the next."""
    code = line.partition("#")[0].rstrip()
    return code.endswith((":", ",", "(", "[", "{", "\\", "=")) or any(
        code.count(a) != code.count(b) for a, b in ("()", "[]", "{}")
    )
