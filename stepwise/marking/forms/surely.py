r"""What stands beside the cells of an answer and was not understood: it is never thrown away.

-[[4, 3], [2, 1]]      np.flip(…)      \begin{pmatrix}…\end{pmatrix}^T      not 4 3; 2 1      Row 2: 4 3

Only words and signs that surely change nothing may be taken away from around the cells: those that are listed here.
Anything else may turn the numbers into others, so that a person has to look at it.

To add a word that changes nothing: to `HARMLESS`, or to `CONSTRUCTORS` where it stands before a bracket.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from ...language import _
from .code import loaded

LONGEST = 20_000
"""Characters that are looked through; what is longer than that is written by a program."""

_CONSTRUCTORS = """
    array matrix matrixform asmatrix asarray mat tensor c list tuple constant variable convert_to_tensor floattensor
    print dataframe parameter rbind double single float float32 float64
"""
CONSTRUCTORS = frozenset(_CONSTRUCTORS.split())
"""What may stand before a bracket and gives just what is in it."""
_HARMLESS = """
    answer answers ans output outputs out result results res final solution solutions value values number
    numbers the a an my our is are be it its this that here there of for to in on at by with and or as so
    therefore thus hence then which i we get gets got have has had found find obtain obtained computed
    calculated think believe came come comes used use using step steps slid would should please see below above
    following follows after all each every me gives give given equals equal looks like full complete completed
    whole done thanks thank you hello hi dear matrix matrices grid grids table tables array arrays tensor list
    lists vector map maps feature image plane planes layer layers conv convolution convolutional pool pooling
    maxpool avgpool average mean max maximum relu softmax flatten dense maxpool1d maxpool2d maxpool3d conv1d
    conv2d conv3d averagepooling2d window windows kernel kernels filter filters stride strides padding pad same
    valid size sizes shape shapes dimension dimensions dim dims cell cells question questions exercise problem
    task part assignment homework name student q ex no1 nr id explanation working row rows column columns col
    sixth seventh eighth ninth tenth
    cols r first second third fourth fifth one two three four last channel channels ch chan depth batch red
    green blue rgb height width np numpy torch tf tensorflow jnp jax keras pd sp sympy cp import from print
    dtype device cuda cpu requires_grad grad_fn float floats int integer integers long const var let static new
    auto true false f32 float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 nrow ncol byrow data end
    begin def return px pixel pixels cm mm km ms kg mv hz khz db unit units pt pts point points
    rounded decimals places hope correct checked hand manually nan inf infinity
    null none note notes remark remarks comment comments
    json python py text txt csv yaml yml markdown latex tex matlab julia html org antwort lösung
    loesung ergebnis ergebnisse ausgabe meine mein mine yours left right top bottom die der das ist also ich
    habe erhalte bekomme zeile zeilen reihe spalten kanal aufgabe und erste zweite dritte lautet réponse reponse
    résultat resultat sortie ma mon la le les est donc voici ligne lignes matrice canal et respuesta resultado
    resultados salida mi el es por lo tanto solución solucion fila filas matriz y 답 정답 정답은 답은 출력 출력은
    결과 결과는 행 채널 제 나의 내 따라서 입니다 이다 행렬
"""
HARMLESS = frozenset(_HARMLESS.split())
"""Words that may stand beside the cells and change nothing about them."""

_OF_ITSELF = """
    student name names id variant version exercise question task title course class group email date time submitted
    submitted_at created created_at updated updated_at language format type dtype layer call file source
"""
_ABOUT_ITSELF = frozenset(_OF_ITSELF.split())
"""Keys under which an object says whose answer it is, and to what: nothing there changes what the cells say."""

_STRUCK = re.compile(
    r"<(?:del|s|strike)\b|line-through|~~|\\(?:sout|cancel|xcancel|bcancel|st)\b|\u0336", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_][^\W_]*(?:_[^\W_]+)*")
_HIDDEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]{0,11}(?:\s[^<>]{0,400})?/?>|<![a-zA-Z][^<>]{0,80}>|&[a-z]{2,8};"
    r"|<(?=tf\.)|<[A-Za-z]\w*Backward\d*>"
)
_HEAD = re.compile(r"<(th|caption)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_COMMAND = re.compile(
    r"^#\+title:|\\(?:documentclass|usepackage)(?:\[[^\]]{0,200}\])?\{[^{}]{0,200}\}"
    r"|\\(?:begin|end)\{[a-zA-Z]{1,12}\*?\}(?:\[[^\]]{0,20}\])?(?:\{[lcr|@{}. ]{0,60}\})?|\\[a-zA-Z]+",
    re.I | re.M,
)
_CALL = re.compile(r"(?<!\\)(?<![\w.])([^\W\d_][\w.]{0,60})[ ]?\(")
_PLACED = re.compile(r"^[ \t]*[A-Za-z]\w{0,20}\(\d{1,3},[ ]?\d{1,3}\)(?=[ \t]*:?=)", re.MULTILINE)
_TURNED = re.compile(
    r"(?P<sign>[-−~!%√∑¬∂±]|(?<![\w)\]])\+{2,})[ \t]*(?=[\[({]|\\left|\\begin|\\[pbvBV]?matrix|[A-Za-z][\w.]*[ ]?\()"
    r"|[\])](?:[ \t]*(?:\^|\*\*|\.\^)|\.[HT]\b|[ \t]*[*/·×%][ \t]*[\d.(\[A-Za-z])"
    r"|(?:\]\]|\)\))[ \t]*[-+][ \t]*[\d.(\[A-Za-z]"
    r"|[\d.)\]][ \t]*[*·×x][ \t]*(?=[\[({\\]|[A-Za-z][\w.]*\()"
    r"|(?<![\w.])[x×*·][ \t]*10\b"
)
_DECLARED = re.compile(r"\bdouble(?=\s?\[|\s\w{1,40}\s?(?:\[[^\[\]\n]{0,10}\]\s?){0,4}=)")
_RENAMED = re.compile(
    r"^[ \t]*(?:-[A-Za-z]\w{0,40}[ \t]?[:=]|\d{1,9}[ ]?[/*·]?[ ]?[A-Za-z]\w{0,40}[ \t]?="
    r"|[A-Za-z]\w{0,40}[ ]?(?:[/*·^][ ]?[-\w.]{1,9}|')[ ]?=|\|[A-Za-z]\w{0,40}\|[ ]?=|[²³√]"
    r"|(?:x|kernels?|filters?)[ \t]?[:=])|!=|≠|[<>]=?(?=[ ]?[\[\d])",
    re.IGNORECASE | re.MULTILINE,
)
_LATEX_PRIMED = re.compile(r"\\end\{\w{1,12}\*?\}\s?(?:\\right.)?\s?'")
_BULLETS = re.compile(r"^[ \t]*-[ ]+(?=\[)", re.MULTILINE)
_PRIMED = re.compile(r"[\])]\.?'")
_MATRIX_AROUND = re.compile(
    r"\\begin\{((?:[pbB]|small)?matrix\*?|array|tabular)\}.*?\\end\{\1\}|\\[pb]?matrix\{.*\}", re.DOTALL
)
_DETERMINANT = re.compile(r"\\begin\{[vV]matrix\*?\}")
_LATEX_PLAIN = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?)\s*(?:\\[{}|]|[\[\](){}|.])"
    r"|\\(?:text(?:bf|it|rm)?|math(?:rm|bf|it)|boldsymbol|bm|hat|boxed|ensuremath|underline|color\{\w{1,20}\})\b"
    r"|\\(?:quad|qquad|displaystyle|implies|Rightarrow|therefore|hline|centering|item|noindent|newline|par)\b"
    r"|\\(?:documentclass|usepackage|renewcommand)(?:\[[^\]]*\])?\{[^{}]*\}(?:\{[^{}]*\})?"
    r"|\\(?:begin|end)\{[a-z]{1,12}\*?\}(?:\[[^\]]{0,20}\])?"
    r"|_\{?\w{1,5}\}?|\\(?![A-Za-z])|[$~&=:.,;()\s{}#'\"`>|\[\]_]"
)
_NUMBERS_TURN = re.compile(r"[\d^*/+\-'√]|\\[A-Za-z]+")
_ROWS = re.compile(
    r"(?:^\(?|[;\"',\n{|&>]\(?)[ \t#*\"']*(?P<kind>row|zeile|reihe|ligne|fila|행|r|channel|kanal|canal|ch|c|line)?"
    r"[ \t_-]?(?P<number>\d{1,3}|(?<![A-Za-z])[a-h](?=[).]))[\"' ]*(?P<mark>[:=)]|\.[ \t])(?=[ \t\"']*[-+\[(.\d_?\n])",
    re.IGNORECASE,
)
_COLUMNS = re.compile(
    r"^[ \t]*(?:col|cols|column|columns|spalte|spalten|colonne|colonnes|columna|columnas|열)[ \t_.]*\w{0,6}[ \t]*[:=]",
    re.IGNORECASE | re.MULTILINE,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL_ROW = re.compile(rf"\b({'|'.join(_ORDINALS)}) row\b", re.IGNORECASE)
_OUTPUT = r"^[ \t]*(?:the |my )?(?:final )?(?:outputs?|answer|result|y)\b[ \t]*[:=]"
_INPUT = re.compile(rf"^[ \t]*(?:the )?(?:inputs?|x)[ \t]*[:=].*?(?={_OUTPUT})", re.I | re.M | re.S)
_NUMBERS_ALONE = re.compile(r"(?:[\d\s;,+-]|\.(?=\d))*+")  # nearly every answer: nothing in it needs a second look
_UNIT = re.compile(r"[0-9.][ ]?(px|pixels?|cm|mm|km|m|s|ms|kg|g|V|mV|A|Hz|kHz|dB|units?|pts?|points?)")


def without_input(text: str) -> str:
    """Without the input, where it is written before the output and both are named.

    >>> without_input("input: 9 8\\noutput: 4 3")
    'output: 4 3'
    """
    return _INPUT.sub("", text) if len(text) <= LONGEST else text


def in_doubt(odd: str) -> str:
    """What is said of an answer with something beside its cells that was not understood."""
    doubt = _("{word} stands beside the cells, and may change what they say; hand in the cells alone")
    return doubt.format(word=repr(odd[:40]))


def not_understood(text: str, data: Any) -> str:
    """Why an answer is not surely what was read of it; nothing where it is.

    >>> not_understood("my answer: 4 3; 2 1", [["4", "3"], ["2", "1"]])
    ''
    >>> not_understood("not 4 3; 2 1", [["4", "3"], ["2", "1"]])
    "'not' stands beside the cells, and may change what they say; hand in the cells alone"
    """
    if len(text) > LONGEST or _NUMBERS_ALONE.fullmatch(text):
        return ""
    cells = list(_cells(data))
    odd = next(_odd(text, cells), "")
    if odd:
        return in_doubt(odd)
    if _COLUMNS.search(text):
        return _("its lines are named as columns; write the grid row by row")
    if not _in_order(text):
        return _("its rows are not numbered in order; write them from the first to the last, without numbers")
    units = {match[1].rstrip("s") or "s" for cell in cells if (match := _UNIT.search(cell)) and cell.endswith(match[1])}
    if len(units) > 1:
        return _("its cells have different units: {units}").format(units=", ".join(sorted(units)))
    return ""


def _odd(text: str, cells: list[str]) -> Iterator[str]:
    """What stands in a text beside its cells and is not known to change nothing."""
    if struck := _STRUCK.search(text):
        yield struck[0]
    written = " ".join(cells)
    if text.lstrip().startswith("{") and '"' in text:
        found = _object(text)
        if odd := odd_beside(found):
            yield odd
        lists = re.findall(r'"([^"\n]{1,60})"\s*:\s*\[', text)
        text = "" if "answer" in found else " ".join(lists)  # what its lists are called
    if "\\begin{" in text or re.search(r"\\[pb]?matrix\{", text):
        yield from _odd_latex(text)
    text = _TAG.sub(" ", _HEAD.sub(" ", _HIDDEN.sub(" ", text)))
    plain = _BULLETS.sub("", text) if len(_BULLETS.findall(text)) > 1 else text
    for turned in _TURNED.finditer(plain):
        fragment = turned[0].strip()
        if fragment not in written and not _is_rule(plain, turned.start()):
            yield fragment + plain[turned.end() :][:10].split("\n")[0]
    for renamed in _RENAMED.finditer(plain):
        if renamed[0].strip() not in written and not (renamed[0] == ">" and _quoted(plain, renamed.start())):
            yield renamed[0].strip()
    if text.count("'") % 2 and (primed := _PRIMED.search(text)):
        yield primed[0]
    for call in _CALL.finditer(_PLACED.sub(" ", text)):
        name = call[1].rpartition(".")[2].lower()
        if name not in CONSTRUCTORS and f"{call[1]}(" not in written and not call[1].isdigit() and " (" not in call[0]:
            yield call[1]
    words = Counter(word.casefold() for word in _WORD.findall(_DECLARED.sub(" ", _COMMAND.sub(" ", text))))
    words -= Counter(word.casefold() for cell in cells for word in _WORD.findall(cell))
    known = HARMLESS | CONSTRUCTORS - {"double", "single"}
    for written_word in words:
        word = written_word.rstrip("0123456789_")
        if word and word not in known and (len(word) > 1 or word == "t"):
            yield written_word


def odd_beside(found: Mapping[Any, Any]) -> str:
    """What stands in an object of JSON or YAML beside its answer, and may change what that says; nothing where none.

    Who handed it in, when and to what may stand there, and other grids with a name of their own.

    >>> odd_beside({"answer": [[4, 3]], "note": "minus"}), odd_beside({"answer": [[4, 3]], "student": "Mia Minus"})
    ('minus', '')
    """
    for key, value in found.items():
        name = str(key).casefold()
        if name in _ABOUT_ITSELF or name in ("answer", "parts"):
            continue
        words = [word for word in _cells(value) if re.search(r"[^\W\d_]", word)]
        scalar = not isinstance(value, list | dict) and value not in (None, "", "null")
        if words or scalar:
            word = next(_odd(" ".join([name.replace("_", " ") if scalar else "", *words]), []), "")
            if word:
                return word
    return ""


def _object(text: str) -> Mapping[str, Any]:
    """The object of JSON that a text is; none where it is none."""
    try:
        found = loaded(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _quoted(text: str, at: int) -> bool:
    """Whether a `>` begins a line, is an arrow's or a prompt's, or ends what a program says of an array."""
    return at == 0 or text[at - 1] in "\n =->" or text[at - 1].isspace()


def _is_rule(text: str, at: int) -> bool:
    """Whether a sign is one of a line of them, or part of a prompt or an arrow."""
    around = text[max(0, at - 1) : at + 2]
    return "--" in around or "~~" in around or "->" in around or "<-" in around


def _odd_latex(text: str) -> Iterator[str]:
    """What stands around a matrix of LaTeX and may turn it into another."""
    if determinant := _DETERMINANT.search(text):
        yield determinant[0]
    if primed := _LATEX_PRIMED.search(text):
        yield primed[0]
    around = _MATRIX_AROUND.sub(" ", text)
    if "\\begin{" in around or around == text:
        around = _COMMAND.sub(" ", around) if around != text else ""
    around = _LATEX_PLAIN.sub(" ", around)
    around = re.sub(r"(?<![\\A-Za-z])[^\W\d_]+[ ]?\d+[ ]*[):.]?", " ", around)  # Exercise 3
    if found := _NUMBERS_TURN.search(around):
        yield around[found.start() :].strip()[:12]


def _in_order(text: str) -> bool:
    """Whether what numbers rows counts from 0 or 1 up, again and again."""
    counted: dict[str, list[int]] = {}
    for match in _ROWS.finditer(text):
        number = match["number"].lower()
        if match["kind"] is None and match["mark"] == "=":
            continue
        place = int(number) if number.isdigit() else ord(number) - ord("a")
        counted.setdefault((match["kind"] or "").lower() + ("" if number.isdigit() else "a"), []).append(place)
    first = {kind: numbers[0] for kind, numbers in counted.items()}
    for kind, numbers in counted.items():
        if len(numbers) > 1 and first[kind] not in (0, 1):
            return False
        if any(b != a + 1 and b != first[kind] for a, b in pairwise(numbers)):
            return False
        if len(numbers) > 1 and len(set(numbers)) == 1:
            return False
    named = [_ORDINALS.index(word.lower()) for word in _ORDINAL_ROW.findall(text)]
    return named == sorted(named)


def _cells(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for entry in data:
            yield from _cells(entry)
    elif isinstance(data, dict):
        yield from _cells(list(data.values()))
    elif isinstance(data, str):
        yield data
