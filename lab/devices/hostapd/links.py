"""The network interfaces of the machine, as the kernel has them: all of it is gone at a restart."""

from dataclasses import dataclass

from lab.posix.filesystem import FileSystem

UPLINK, BRIDGE, RADIOS = "eth0", "br0", ("wlan0", "wlan1")
_MOST_CHARACTERS = 15  # IFNAMSIZ


class NoLink(Exception):
    """What iproute2 prints, and its exit status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


@dataclass
class Link:
    """One interface; `vlan` are the interface below a VLAN and its number."""

    index: int
    kind: str = ""
    up: bool = False
    master: str | None = None
    vlan: tuple[str, int] | None = None


class Links:
    """All interfaces by name, also as /sys/class/net shows them."""

    def __init__(self, files: FileSystem) -> None:
        self._files = files
        self._next = 1
        self.by_name: dict[str, Link] = {}
        self.restart()

    def restart(self) -> None:
        """Have what the machine's own network configuration makes: a bridge over the uplink."""
        self._next, self.by_name = 1, {}
        for name in ("lo", UPLINK, *RADIOS):
            self._add(name, "")
        self._add(BRIDGE, "bridge")
        self.by_name[UPLINK].master = BRIDGE
        for name in (UPLINK, BRIDGE):
            self.by_name[name].up = True
        self._show()

    def _add(self, name: str, kind: str, vlan: tuple[str, int] | None = None) -> None:
        self.by_name[name] = Link(self._next, kind, vlan=vlan)
        self._next += 1

    def add(self, name: str, kind: str, vlan: tuple[str, int] | None = None) -> None:
        """Make an interface; raises NoLink."""
        if not name or len(name) > _MOST_CHARACTERS:
            raise NoLink(f'Error: argument "{name}" is wrong: "name" not a valid ifname', 255)
        if name in self.by_name:
            raise NoLink("RTNETLINK answers: File exists", 2)
        if vlan and vlan[0] not in self.by_name:
            raise NoLink(f'Cannot find device "{vlan[0]}"', 1)
        if vlan and any(each.vlan == vlan for each in self.by_name.values()):
            raise NoLink("RTNETLINK answers: File exists", 2)
        self._add(name, kind, vlan)
        self._show()

    def set(self, name: str, *, up: bool | None = None, master: str | None = None) -> None:
        """Change an interface; raises NoLink."""
        link = self.get(name)
        if master is not None:
            if self.get(master).kind != "bridge":
                raise NoLink("RTNETLINK answers: Operation not supported", 2)
            link.master = master
        link.up = link.up if up is None else up
        self._show()

    def free(self, name: str) -> None:
        """Take an interface out of its bridge."""
        if name in self.by_name:
            self.by_name[name].master = None
            self._show()

    def remove(self, name: str) -> None:
        """Remove an interface with the VLANs on it; raises NoLink."""
        self.get(name)
        gone = {name} | {
            each for each, link in self.by_name.items() if (link.vlan or "")[:1] == (name,)
        }
        self.by_name = {each: link for each, link in self.by_name.items() if each not in gone}
        for link in self.by_name.values():
            link.master = None if link.master in gone else link.master
        self._show()

    def get(self, name: str) -> Link:
        """Return an interface; raises NoLink."""
        if name not in self.by_name:
            raise NoLink(f'Cannot find device "{name}"', 1)
        return self.by_name[name]

    def _show(self) -> None:
        """Write /sys anew."""
        files = self._files
        files.remove("/sys")
        for number, radio in enumerate(RADIOS):
            of_phy = f"/sys/class/ieee80211/phy{number}/device/net"
            own = [n for n in self.by_name if n == radio or n.startswith(f"{radio}-")]
            for name in own:
                files.make_directory(f"{of_phy}/{name}", parents=True)
                files.files[f"{of_phy}/{name}/ifindex"] = f"{self.by_name[name].index}\n"
                files.make_directory(f"/sys/class/net/{name}/phy80211", parents=True)
        for name, link in self.by_name.items():
            folder = f"/sys/class/net/{name}"
            files.make_directory(folder, parents=True)
            files.files[f"{folder}/ifindex"] = f"{link.index}\n"
            if link.kind == "bridge":
                files.make_directory(f"{folder}/bridge")
                files.make_directory(f"{folder}/brif")
        for name, link in self.by_name.items():
            if link.master:
                files.make_directory(f"/sys/class/net/{link.master}/brif/{name}")
