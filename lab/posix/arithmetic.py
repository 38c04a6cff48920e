"""`$((…))` of ash: whole numbers, variables, comparisons."""

import ast
import operator
from collections.abc import Callable, Mapping


class ShellError(Exception):
    """An error that ends a command, in ash's words."""


_BINARY: Mapping[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda a, b: int(a / b),
    ast.Div: lambda a, b: int(a / b),
    ast.Mod: lambda a, b: a - b * int(a / b),
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}
_COMPARE: Mapping[type, Callable[[int, int], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def arithmetic(expression: str, variables: Mapping[str, str]) -> int:
    """Return the value of `$((…))`; raises ShellError for what ash would refuse."""
    try:
        return _evaluate(ast.parse(expression.strip() or "0", mode="eval").body, variables)
    except (SyntaxError, ValueError, ZeroDivisionError):
        raise ShellError("arithmetic syntax error") from None


def _evaluate(node: ast.expr, variables: Mapping[str, str]) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        return int(variables.get(node.id) or "0")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand, variables)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _evaluate(node.left, variables), _evaluate(node.right, variables)
        return _BINARY[type(node.op)](left, right)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
        left, right = _evaluate(node.left, variables), _evaluate(node.comparators[0], variables)
        return int(_COMPARE[type(node.ops[0])](left, right))
    raise ValueError(ast.dump(node))
