"""Runs what `script` parsed, on one router."""

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lab.devices.routeros import script, syntax
from lab.devices.routeros.menus import COMPUTED, MENUS
from lab.devices.routeros.store import Item
from lab.devices.routeros.words import Complaint, seconds, shown

if TYPE_CHECKING:
    from lab.devices.routeros import RouterOs


class Quit(Exception):
    """The session is to end."""


class Interpreter:
    """One scope of variables, and where output goes."""

    def __init__(self, device: "RouterOs", write: Callable[[str], None]) -> None:
        self.device = device
        self.write = write
        self.variables: dict[str, Any] = {}

    async def run(self, block: syntax.Block) -> Any:
        """Run statements; the value is that of the last one."""
        value: Any = None
        for statement in block.statements:
            value = await self._statement(statement)
        return value

    async def _statement(self, statement: object) -> Any:
        match statement:
            case syntax.Block():
                return await self.run(statement)
            case syntax.Command():
                return await self._command(statement)
            case syntax.Assign(name, value):
                self.variables[name] = await self._value(value)
            case syntax.If(condition, then, otherwise):
                chosen = then if await self._value(condition) is True else otherwise
                await self.run(chosen or syntax.Block([]))
            case syntax.Attempt():
                await self._attempt(statement)
            case syntax.Call(name):
                await self.run(self.variables[name])
            case syntax.Function(name, value):
                return await self._function(name, value)
        return None

    async def _attempt(self, attempt: syntax.Attempt) -> None:
        try:
            await self.run(attempt.body)
        except Complaint:
            if attempt.on_error is None:
                raise
            await self.run(attempt.on_error)

    async def _function(self, name: str, value: object) -> Any:
        if name == "execute":
            source = value.source if isinstance(value, syntax.Code) else await self._text(value)
            self.device.execute_soon(source)
            return "*1"
        given = await self._value(value)
        if name == "len":
            return len(given)
        if name == "put":
            self.write(f"{_worded(given)}\n")
        elif name == "error":
            raise Complaint(_worded(given))
        elif name == "delay":
            await asyncio.sleep(self.device.scaled(seconds(_worded(given))))
        elif name == "parse":
            return script.parse(_worded(given))
        return None

    # -- values

    async def _text(self, value: object) -> str:
        return _worded(await self._value(value))

    async def _value(self, value: object) -> Any:
        match value:
            case syntax.Text(parts):
                pieces = [p if isinstance(p, str) else await self._text(p) for p in parts]
                return "".join(pieces)
            case syntax.Variable(name):
                return self.variables.get(name, "")
            case syntax.Block():
                return await self.run(value)
            case syntax.Operation(operator, left, right):
                return _operated(operator, await self._value(left), await self._value(right))
            case syntax.Code(block):
                return block
        return value

    # -- commands

    async def _command(self, command: syntax.Command) -> Any:
        if command.menu == "" or command.menu in {"/system backup", "/system", "/system resource"}:
            return await self._special(command)
        if command.menu == "/system script" and command.verb == "run":
            for item in await self._targets(command):
                await self.run(script.parse(item.values["source"]))
            return None
        if command.menu == "/file" and command.verb == "remove":
            for item in await self._targets(command):
                self.device.files.pop(item.values["name"], None)
            return None
        return await getattr(self, f"_{command.verb}")(command)

    async def _special(self, command: syntax.Command) -> Any:
        device = self.device
        values = {name: await self._text(value) for name, value in command.values.items()}
        if command.verb == "export":
            self.write(device.exported(sensitive="show-sensitive" in command.flags))
        elif command.verb == "quit":
            raise Quit
        elif command.verb == "save":
            device.save_backup(values.get("name", "backup"))
            self.write("Saving system configuration\nConfiguration backup saved\n")
        elif command.verb == "load":
            device.load_backup(values.get("name", ""))
        elif command.verb == "reboot":
            device.reboot_soon()
        elif command.verb == "print":
            self.write(f"  version: {device.version_text} (stable)\n")
        else:
            raise Complaint("failure: cannot open file")
        return None

    async def _export(self, _command: syntax.Command) -> None:
        raise Complaint("failure: the lab exports everything or nothing")

    async def _add(self, command: syntax.Command) -> str:
        values = await self._checked(command)
        item = self.device.store.add(command.menu, values)
        self.device.settings_changed(command.menu, item)
        return f"*{item.number:X}"

    async def _set(self, command: syntax.Command) -> None:
        values = await self._checked(command)
        items = await self._targets(command)
        for item in items:
            self.device.store.set(command.menu, item, values)
            self.device.settings_changed(command.menu, item)

    async def _enable(self, command: syntax.Command) -> None:
        for item in await self._targets(command):
            self.device.store.set(command.menu, item, {"disabled": "no"})
            self.device.settings_changed(command.menu, item)

    async def _disable(self, command: syntax.Command) -> None:
        for item in await self._targets(command):
            self.device.store.set(command.menu, item, {"disabled": "yes"})
            self.device.settings_changed(command.menu, item)

    async def _unset(self, command: syntax.Command) -> None:
        *places, name = command.targets
        attribute = await self._text(name)
        if attribute not in MENUS[command.menu].attributes:
            raise Complaint("input does not match any value of value-name")
        command = syntax.Command(command.menu, "unset", targets=places)
        for item in await self._targets(command):
            item.values.pop(attribute, None)
            self.device.settings_changed(command.menu, item)

    async def _remove(self, command: syntax.Command) -> None:
        for item in await self._targets(command):
            self.device.store.remove(command.menu, item)
            self.device.settings_changed(command.menu, item)

    async def _find(self, command: syntax.Command) -> list[str]:
        return [f"*{item.number:X}" for item in await self._chosen(command)]

    async def _get(self, command: syntax.Command) -> str:
        *places, name = command.targets
        command_of = syntax.Command(command.menu, "get", targets=places)
        items = await self._targets(command_of) if places else self._items(command.menu)
        return items[0].values.get(await self._text(name), "") if items else ""

    async def _print(self, command: syntax.Command) -> None:
        for place, item in enumerate(await self._chosen(command)):
            flags = self.device.flags(command.menu, item)
            told = " ".join(f"{n}={shown(v).strip(chr(34))}" for n, v in item.values.items() if v)
            self.write(f"{place:>2} {flags:<3} {told}\n")

    def _items(self, menu: str) -> list[Item]:
        return self.device.computed(menu) if menu in COMPUTED else self.device.store.items(menu)

    async def _chosen(self, command: syntax.Command) -> list[Item]:
        found = self._items(command.menu)
        for name, operator, value in command.where:
            wanted = await self._text(value)
            found = [item for item in found if _fits(item, name, operator, wanted)]
        return found

    async def _targets(self, command: syntax.Command) -> list[Item]:
        """Return the items that a command names: by find, by name, or by number."""
        items = self._items(command.menu)
        if command.menu in MENUS and MENUS[command.menu].settings:
            return items
        chosen: list[Item] = []
        for target in command.targets:
            named = await self._value(target)
            if isinstance(named, list):
                chosen += [item for item in items if f"*{item.number:X}" in named]
                continue
            known = {item.fixed: item for item in items if item.fixed}
            known |= {item.values.get("name", item.fixed): item for item in items}
            known |= {f"*{item.number:X}": item for item in items}
            known |= {str(place): item for place, item in enumerate(items)}
            if named not in known:
                raise Complaint("no such item")
            chosen.append(known[named])
        return chosen

    async def _checked(self, command: syntax.Command) -> dict[str, str]:
        values = {name: await self._text(value) for name, value in command.values.items()}
        attributes = MENUS[command.menu].attributes
        for name, value in values.items():
            attributes[name](name, value, self.device.names)
        return values


def _fits(item: Item, name: str, operator: str, wanted: str) -> bool:
    value = item.values.get(name, "")
    if name in item.fixed.split("=")[0]:
        value = item.fixed.partition("=")[2]
    if operator == "~":
        return re.search(wanted, value) is not None
    return (value == wanted) == (operator == "=")


def _operated(operator: str, left: Any, right: Any) -> Any:
    if operator == ".":
        return _worded(left) + _worded(right)
    if operator in {"and", "&&"}:
        return left is True and right is True
    if operator == "=":
        return _worded(left) == _worded(right)
    if operator == "!=":
        return _worded(left) != _worded(right)
    numbers = int(left), int(right)
    results = {
        ">": numbers[0] > numbers[1],
        "<": numbers[0] < numbers[1],
        ">=": numbers[0] >= numbers[1],
        "<=": numbers[0] <= numbers[1],
        "+": sum(numbers),
        "-": numbers[0] - numbers[1],
    }
    return results[operator]


def _worded(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)
