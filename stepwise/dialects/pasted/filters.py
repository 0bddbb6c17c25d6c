"""Filters of images joined in pasted code: `gx = ndimage.sobel(x, axis=0)`, `gy = …`, `mag = np.hypot(gx, gy)`.

What two filters of one image give is joined by one call with theirs in it, as `signals/joins.py` understands it; so is
`np.sqrt(gx**2 + gy**2)`. To read another way of writing a square: a case in `squared`.
"""

import ast
from typing import Any

from ...layers.calls import Call, quoted
from .networks import Arguments, Keywords, Networks
from .values import Applied, Made, Named, Squared, Squares

DEGREES = ("degrees", "rad2deg")
SQUARES = ("square", "power")


class Filters(Networks):
    """Reads what joins filters."""

    def squared(self, node: ast.expr, value: Any, power: Any = 2) -> Any:
        """A filter's output squared, cell by cell; it only matters where a root is taken of the sum of two."""
        if not isinstance(value, Applied) or power != 2 or not self.words.of_signals(value.layer.call.path):
            return self.unread(node, value)
        doubt = self.unread(node, value)
        return Squared(value, doubt)

    def root(self, node: ast.expr, squares: Squares) -> Any:
        """`np.sqrt(gx**2 + gy**2)`, as the magnitude that it is."""
        for one in (squares.first, squares.second):
            if one.doubt in self.strange:
                self.strange.remove(one.doubt)
        pair = (squares.first.flow, squares.second.flow)
        texts = [f"{one.layer.call.text}**2" for one in pair]
        calls = tuple(one.layer.call for one in pair)
        return self._joined(node, pair, Call(("np", "hypot"), calls, {}, f"np.sqrt({' + '.join(texts)})"))

    def filters_joined(self, owner: Named, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        """A function of what two filters gave, or of the angle that came of it."""
        name = owner.path[-1]
        if name in DEGREES:
            return self._in_degrees(owner, node, arguments)
        pair = [self.flow(one) for one in arguments[:2]]
        rest = [self.argument(node, one) for one in arguments[2:]]
        named = {key: self.argument(node, value, key) for key, value in keywords.items()}
        if len(pair) != 2 or not all(isinstance(one, Applied) for one in pair):
            raise self.error(
                node,
                f"{quoted(self.text(node))} joins what two filters of one image give; paste the lines that make them, "
                "too, such as gx = cv2.Sobel(img, cv2.CV_64F, 1, 0)",
            )
        both = tuple(one for one in pair if isinstance(one, Applied))
        call = self.call_of(node, owner.path, [*(one.layer.call for one in both), *rest], named, owner.spelled)
        return self._joined(node, both, call)

    def _in_degrees(self, owner: Named, node: ast.Call, arguments: Arguments) -> Any:
        angle = arguments[0] if len(arguments) == 1 else None
        if not isinstance(angle, Applied) or angle.layer.call.name != "arctan2":
            return self.unread(node, *arguments)
        self._take((angle,))
        inner = angle.layer.call
        call = Call(owner.path, (inner,), {}, f"{owner.spelled}({inner.text})")
        return self.applied(Made(call, node.lineno), node, angle.inputs)

    def _joined(self, node: ast.expr, pair: tuple[Applied, ...], call: Call) -> Any:
        """One layer for two filters and their join. Raises `CallError` where they are not of one image."""
        one, other = pair
        same = one.inputs == other.inputs and len(one.inputs) == 1
        if not same or not all(self.words.of_signals(each.layer.call.path) for each in pair):
            raise self.error(
                node,
                f"{quoted(self.text(node))} is read where both are a filter of the same image; {one.layer.call.text} "
                f"and {other.layer.call.text} are not",
            )
        self._take(pair)
        return self.applied(Made(call, node.lineno), node, one.inputs)

    def _take(self, flows: tuple[Applied, ...]) -> None:
        """What goes into a join is no end of its own."""
        for flow in flows:
            if flow in self.flows:
                self.flows.remove(flow)
