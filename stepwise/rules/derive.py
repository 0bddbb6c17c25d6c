"""The derivative of a rule, by the rule's own tree: how much the result grows with the tap in hand.

    d(u + v) = du + dv      d(u·v) = du·v + u·dv      d(u / v) = du / v - u·dv / v²      d exp(u) = exp(u)·du
    d ln(u) = du / u        d atan2(u, v) = (v·du - u·dv) / (u² + v²)
    d erf(u) = 2 / sqrt(π)·exp(-u²)·du      d Σ f(x, m) = f_x(x, m)·dx + Σ f_m(x, m)·dm

At a corner, where there is no derivative, that of one side is taken; where a framework takes another, an operation says
so itself (see its own `derivative` or `slopes`). A largest or smallest grows with its winner alone. What is worked out
first, as a mean, grows with every tap. (The largest of a softmax does not matter to it, so it has no winner.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import assert_never

import numpy as np

from .calculate import over
from .tree import (
    Apply,
    Aside,
    Beside,
    Constant,
    Figure,
    Fold,
    IsOwn,
    Known,
    Own,
    Result,
    Rule,
    Tap,
    Weight,
    Where,
    Wins,
    X,
    Y,
    above,
    equal,
    exp,
    parts,
    sqrt,
    total,
    where,
)

ZERO, ONE = Constant(0), Constant(1)


def derivative(rule: Rule, number: int = -1) -> Rule:
    """The derivative with respect to the tap in hand, or outside of folds to the numbered one.

    >>> from .tree import X, exp
    >>> derivative(3 * X) == Constant(3), derivative(exp(X)) == exp(X)
    (True, True)
    """

    def leaf(part: Rule) -> Rule:
        match part:
            case Tap():
                return ONE if part.number == number else ZERO
            case Known():
                return derivative(part.inner, number)
            case Fold(sign="+"):
                return _by_chain(part.body, ONE)
            case Fold():
                return _by_chain(part.body, Wins())
            case Own():
                return _by_chain(part.body, IsOwn())
        return ZERO

    return _through(rule, leaf)


def _by_chain(body: Rule, counts: Rule) -> Rule:
    """The derivative of a sum of bodies, each as often as it counts.

    What stands in them for all taps together, a mean, grows with the tap in hand too, and every body with it.
    """
    slopes = [_product(counts, _held(body, X))]
    for inner in _whole(body):
        share = _product(counts, _held(body, inner))
        slopes.append(ZERO if share == ZERO else _product(total(share), derivative(inner)))
    return _sum(slopes)


def _whole(body: Rule) -> list[Rule]:
    """What is worked out of all taps, in what is worked out for each: once each."""
    match body:
        case Fold() | Own() | Known():
            return [body]
        case Apply():
            inner = body.parts
        case Where():
            inner = (body.then, body.otherwise)
        case Aside():
            inner = (body.inner,)
        case _:
            inner = ()
    return list(dict.fromkeys(found for part in inner for found in _whole(part)))


def _held(body: Rule, part: Rule) -> Rule:
    """The derivative with respect to a part, all others held."""
    return _through(body, lambda leaf: ONE if leaf == part else ZERO)


def _through(rule: Rule, leaf: Callable[[Rule], Rule]) -> Rule:
    """The derivative of what signs make of parts, whose own `leaf` says."""
    match rule:
        case Apply():
            return _of_applied(rule, [_through(part, leaf) for part in rule.parts])
        case Aside():
            return _through(rule.inner, leaf)
        case Where():
            then, otherwise = _through(rule.then, leaf), _through(rule.otherwise, leaf)
            return then if then == otherwise else where(rule.condition, then, otherwise)
    return leaf(rule)


def _of_applied(rule: Apply, slopes: list[Rule]) -> Rule:
    u, du = rule.parts[0], slopes[0]
    match rule.sign:
        case "+":
            return _sum(slopes)
        case "-":
            return _difference(du, slopes[1])
        case "·":
            terms = []
            for i, slope in enumerate(slopes):
                product = slope
                for j, factor in enumerate(rule.parts):
                    product = product if j == i else _product(product, factor)
                terms.append(product)
            return _sum(terms)
        case "/":
            v, dv = rule.parts[1], slopes[1]
            return _difference(_quotient(du, v), _quotient(_product(u, dv), _product(v, v)))
        case "^":  # the exponent is the same for every cell
            return _product(_product(rule.parts[1], u ** (rule.parts[1] - 1)), du)
        case "neg":
            return _product(Constant(-1), du)
        case "| |" | "size":
            return _product(where(above(u, 0), 1, where(above(0, u), -1, 0)), du)
        case "exp":
            return _product(rule, du)
        case "ln":
            return _quotient(du, u)
        case "erf":
            return _product(2 / sqrt(Constant(math.pi)) * exp(-(u * u)), du)
        case "tanh":
            return _product(1 - rule * rule, du)
        case "sqrt":
            return _quotient(du, 2 * rule)
        case "atan2":
            run = rule.parts[1]
            return _quotient(_difference(_product(run, du), _product(u, slopes[1])), u * u + run * run)
        case "max":
            return where(above(rule.parts[1], u), slopes[1], du)
        case "min":
            return where(above(rule.parts[1], u), du, slopes[1])
    assert_never(rule.sign)


def _sum(terms: list[Rule]) -> Rule:
    left = [term for term in terms if term != ZERO]
    found = left[0] if left else ZERO
    for term in left[1:]:
        found = found + term
    return found


def _difference(a: Rule, b: Rule) -> Rule:
    return a if b == ZERO else _product(Constant(-1), b) if a == ZERO else a - b


def _product(a: Rule, b: Rule) -> Rule:
    if ZERO in (a, b):
        return ZERO
    return b if a == ONE else a if b == ONE else a * b


def _quotient(a: Rule, b: Rule) -> Rule:
    return ZERO if a == ZERO else a / b


def share(rule: Rule) -> Rule:
    """What the tap in hand gives to the result, divided by its value: the slope, where the rule is a straight line.

    Elsewhere (f(x) - f(0)) / x, and at 0 the slope.
    """
    slope = derivative(rule)
    if not _curved(slope):
        return slope
    return where(equal(X, 0), slope, _difference(Y, Constant(float(over(rule, np.zeros(()))))) / X)


def is_linear(rule: Rule) -> bool:
    """Whether every tap counts times a number that stays the same, whatever the taps hold.

    >>> from .tree import W, X, larger, total
    >>> is_linear(total(X * W) + Beside("bias")), is_linear(total(X) / Figure("count")), is_linear(larger(0, X))
    (True, True, False)
    """
    return all(isinstance(part, Constant | Weight | Beside | Figure | Apply) for part in parts(derivative(rule)))


def _curved(slope: Rule) -> bool:
    """Whether a slope is not the same all along."""
    match slope:
        case Tap() | Result():
            return True
        case Where():
            return _curved(slope.then) or _curved(slope.otherwise)
        case Apply():
            return any(map(_curved, slope.parts))
        case Fold() | Own():
            return _curved(slope.body)
        case Known() | Aside():
            return _curved(slope.inner)
    return False
