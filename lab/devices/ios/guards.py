"""The two timers of IOS: a rollback of unconfirmed changes, and a scheduled reload."""

import asyncio
import copy
from typing import TYPE_CHECKING

from lab.command_line import CliError
from lab.devices.ios.config import Config

if TYPE_CHECKING:
    from lab.devices.ios import Ios


class Guards:
    """The timers of one switch."""

    def __init__(self, device: "Ios") -> None:
        self._device = device
        self._revert: asyncio.Task[None] | None = None
        self._before: Config | None = None
        self._reload: asyncio.Task[None] | None = None

    @property
    def waits(self) -> bool:
        """Whether one of them has yet to act."""
        return self._revert is not None or self._reload is not None

    def start_revert(self, minutes: int) -> str:
        """Keep the running configuration and put it back unless confirmed."""
        path = self._device.config.archive_path
        if path is None:
            raise CliError("% Archive path is not configured: Rollback Confirmed Change is off.")
        if self._revert is not None:
            raise CliError("%Rollback Confirmed Change already in progress")
        self._before = copy.deepcopy(self._device.config)
        self._revert = self._device.spawn(self._expire(minutes))
        return (
            "Rollback Confirmed Change: Backing up current running config to "
            f"{path}-Nov--2-10-00-00.000-0\n"
        )

    def confirm_revert(self) -> None:
        """Keep what was changed."""
        if self._revert is None:
            raise CliError("%No Rollback Confirmed Change pending")
        self._revert.cancel()
        self._revert, self._before = None, None

    def revert_now(self) -> None:
        """Put the old configuration back at once."""
        if self._before is None or self._revert is None:
            raise CliError("%No Rollback Confirmed Change pending")
        self._revert.cancel()
        self._restore()

    def start_reload(self, minutes: int) -> None:
        """Restart after so many minutes; another schedule takes the place of the first."""
        if self._reload is not None:
            self._reload.cancel()
        self._reload = self._device.spawn(self._restart(minutes))

    def cancel_reload(self) -> None:
        """Forget the scheduled restart."""
        if self._reload is None:
            raise CliError("%No reload is scheduled.")
        self._reload.cancel()
        self._reload = None

    def forget(self) -> None:
        """End both, as a restart does."""
        for task in (self._revert, self._reload):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self._revert, self._before, self._reload = None, None, None

    async def _expire(self, minutes: int) -> None:
        await asyncio.sleep(minutes * self._device.spec.minute_s)
        self._restore()

    def _restore(self) -> None:
        before = self._before
        self._revert, self._before = None, None
        if before is not None:
            self._device.restore(before)

    async def _restart(self, minutes: int) -> None:
        await asyncio.sleep(minutes * self._device.spec.minute_s)
        self._reload = None
        await self._device.reboot()
