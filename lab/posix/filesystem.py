"""The file system of one access point, in memory: an overlay in flash and a /tmp in RAM."""

import fnmatch
import posixpath
from collections.abc import Callable


class FileError(Exception):
    """What the kernel says, in its words: No such file or directory."""


class FileSystem:
    """Files are text, directories are names; `/var` is a link to `/tmp`, as on the device."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.directories: set[str] = {"/"}
        self.computed: dict[str, Callable[[], str]] = {}
        self.links: dict[str, str] = {}
        """Symbolic links to files, with their targets as absolute paths."""
        self.refuses: Callable[[str], bool] = lambda _line: False
        for name in ("/etc/config", "/etc/init.d", "/root", "/proc", "/dev", "/bin", "/sbin"):
            self.make_directory(name, parents=True)
        self.make_directory("/usr/bin", parents=True)
        self.make_directory("/tmp", parents=True)  # noqa: S108 - the false device's own

    def resolve(self, path: str, directory: str = "/") -> str:
        """Return the absolute path."""
        full = posixpath.normpath(posixpath.join(directory, path))
        if full.startswith("//"):
            full = full[1:]
        return "/tmp" + full[4:] if full == "/var" or full.startswith("/var/") else full  # noqa: S108

    def is_file(self, path: str) -> bool:
        """Whether a file is there."""
        return self.links.get(path, path) in {*self.files, *self.computed}

    def is_directory(self, path: str) -> bool:
        """Whether a directory is there."""
        return path in self.directories

    def exists(self, path: str) -> bool:
        """Whether anything is there."""
        return self.is_file(path) or self.is_directory(path) or path == "/dev/null"

    def read(self, path: str) -> str:
        """Return a file's text; raises FileError."""
        path = self.links.get(path, path)
        if path == "/dev/null":
            return ""
        if path in self.computed:
            return self.computed[path]()
        if self.is_directory(path):
            raise FileError("Is a directory")
        try:
            return self.files[path]
        except KeyError:
            raise FileError("No such file or directory") from None

    def write(self, path: str, text: str, *, append: bool = False) -> None:
        """Write a file; raises FileError, also where a fault refuses what goes to /etc/config."""
        if path in {"/dev/null", "/dev/console", "/dev/kmsg"}:
            return
        if self.is_directory(path):
            raise FileError("Is a directory")
        if not self.is_directory(posixpath.dirname(path)):
            raise FileError("nonexistent directory")
        if path.startswith("/etc/config/") and any(map(self.refuses, text.splitlines())):
            raise FileError("I/O error")
        self.files[path] = (self.files.get(path, "") if append else "") + text

    def make_directory(self, path: str, *, parents: bool = False) -> None:
        """Make a directory; raises FileError."""
        if self.exists(path):
            if parents and self.is_directory(path):
                return
            raise FileError("File exists")
        above = posixpath.dirname(path)
        if not self.is_directory(above):
            if not parents:
                raise FileError("No such file or directory")
            self.make_directory(above, parents=True)
        self.directories.add(path)

    def make_link(self, path: str, target: str) -> None:
        """Make a symbolic link, or let the one that is there lead elsewhere."""
        self.make_directory(posixpath.dirname(path), parents=True)
        self.links[path] = target

    def children(self, path: str) -> list[str]:
        """Return the names in a directory, sorted."""
        prefix = path.rstrip("/") + "/"
        names = {
            entry[len(prefix) :].split("/", 1)[0]
            for entry in [*self.files, *self.directories, *self.computed, *self.links]
            if entry.startswith(prefix) and entry != "/"
        }
        return sorted(names)

    def remove(self, path: str) -> None:
        """Remove a file or link, or a directory with all that is in it."""
        prefix = path.rstrip("/") + "/"
        self.links = {
            name: target
            for name, target in self.links.items()
            if name != path and not name.startswith(prefix)
        }
        self.files = {
            name: text
            for name, text in self.files.items()
            if name != path and not name.startswith(prefix)
        }
        self.directories = {
            name for name in self.directories if name != path and not name.startswith(prefix)
        }
        self.directories.add("/")

    def copy(self, source: str, target: str) -> None:
        """Copy a file or a tree to exactly this path; raises FileError."""
        if not self.is_directory(source):
            self.write(target, self.read(source))
            return
        self.make_directory(target, parents=True)
        for name in self.children(source):
            self.copy(f"{source.rstrip('/')}/{name}", f"{target.rstrip('/')}/{name}")

    def lose_ram(self) -> None:
        """Forget /tmp, as a restart does."""
        self.remove("/tmp")  # noqa: S108
        self.make_directory("/tmp")  # noqa: S108

    def glob(self, pattern: str, directory: str) -> list[str]:
        """Return the paths that fit a pattern, as written; none fits: none."""
        full = self.resolve(pattern, directory)
        absolute = pattern.startswith("/")
        names = sorted({*self.files, *self.computed, *self.directories, *self.links} - {"/"})
        depth = full.count("/")
        found = [
            name
            for name in names
            if name.count("/") == depth
            and all(
                fnmatch.fnmatchcase(part, wanted) and part.startswith(".") <= wanted.startswith(".")
                for part, wanted in zip(name.split("/"), full.split("/"), strict=True)
            )
        ]
        prefix = directory.rstrip("/") + "/"
        return found if absolute else [name.removeprefix(prefix) for name in found]
