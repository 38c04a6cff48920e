"""The image of the WiFi VM: built from Debian packages, kept until its recipe changes.

Everything comes from the Debian archive that this machine's apt is set up with. The parts: a kernel
that QEMU can start without a loader, an initrd that mounts, and the root as one squashfs file.
"""

import hashlib
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inventory.errors import InvalidInput

_HERE = Path(__file__).parent
GUEST = _HERE / "guest"
FOLDER = Path("var/lab-wifi")
_TOOLS = {"mmdebstrap": "mmdebstrap", "mksquashfs": "squashfs-tools", "zstd": "zstd"}
_PACKAGES = (
    "systemd-sysv",
    "udev",
    "kmod",
    "busybox-static",
    "iproute2",
    "iw",
    "hostapd",
    "wpasupplicant",
    "wireless-regdb",
    "freeradius",
    "openssh-server",
    "snmpd",
    "tcpdump",
    "procps",
)
# The kernel's package is unpacked only: installing it would make an initrd that nobody uses.
_KERNEL = (
    'cd "$1/tmp" && chroot "$1" sh -c "cd /tmp && apt-get download -q '
    "\\$(apt-cache depends linux-image-amd64 | "
    "sed -n 's/.*Depends: \\(linux-image-[0-9].*\\)/\\1/p')\" "
    '&& dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --keep-directory-symlink -C "$1" && '
    "rm linux-image-*.deb"
)
_BOOTSTRAP = (
    *("mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"),
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    '--aptopt=Acquire::Languages "none"',
    f"--customize-hook={_KERNEL}",
)
# Of the kernel's modules, those of these folders and names; the rest is 300 MB of other hardware.
_MODULES = (
    "kernel/net/mac80211",
    "kernel/net/wireless",
    "kernel/net/rfkill",
    "kernel/net/bridge",
    "kernel/net/802",
    "kernel/net/8021q",
    "kernel/net/llc",
    "kernel/net/core/failover.ko",
    "kernel/drivers/net/virtio_net.ko",
    "kernel/drivers/net/net_failover.ko",
    "kernel/drivers/net/veth.ko",
    "kernel/drivers/net/wireless/mac80211_hwsim.ko",
    "kernel/drivers/net/wireless/virtual",
    "kernel/drivers/virtio",
    "kernel/drivers/block/virtio_blk.ko",
    "kernel/drivers/char/hw_random/virtio-rng.ko",
    "kernel/fs/squashfs",
    "kernel/fs/overlayfs",
    "kernel/crypto",
    "kernel/arch/x86/crypto",
    "kernel/lib",
)
# What the initrd loads, in this order: a module after those that it needs.
_EARLY = (
    "virtio_ring",
    "virtio",
    "virtio_pci_legacy_dev",
    "virtio_pci_modern_dev",
    "virtio_pci",
    "virtio_blk",
    "squashfs",
    "overlay",
)
_INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /lower /upper /root
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
for module in %s; do
    [ ! -e /modules/$module.ko ] || /bin/busybox insmod /modules/$module.ko
done
for turn in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/vda ] && break; /bin/busybox sleep 1; done
/bin/busybox mount -t squashfs -o ro /dev/vda /lower
/bin/busybox mount -t tmpfs tmpfs /upper
/bin/busybox mkdir -p /upper/changes /upper/work
/bin/busybox mount -t overlay -o lowerdir=/lower,upperdir=/upper/changes,workdir=/upper/work \
    overlay /root
/bin/busybox umount /proc
/bin/busybox umount /sys
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
"""


@dataclass(frozen=True, slots=True)
class Image:
    """The files that QEMU starts."""

    kernel: Path
    initrd: Path
    root: Path


def image() -> Image:
    """Return the image, built first where it is absent; raises InvalidInput naming what to do."""
    folder = FOLDER / f"image-{_recipe()}"
    made = Image(folder / "vmlinux", folder / "initrd.cpio", folder / "root.squashfs")
    if not made.root.exists():
        refuse_missing(_TOOLS)
        if os.getuid() != 0:
            raise InvalidInput(
                "the image of the WiFi VM is made by root only", todo="as root: make lab-wifi-image"
            )
        _build(folder)
    return made


def refuse_missing(tools: Mapping[str, str]) -> None:
    """Raise InvalidInput naming the packages (the values) whose tools (the keys) are missing."""
    missing = [package for tool, package in tools.items() if shutil.which(tool) is None]
    if missing:
        raise InvalidInput(
            f"the WiFi VM needs Debian packages that are not installed: {', '.join(missing)}",
            todo=f"as root: apt install {' '.join(missing)} (or make lab-deps)",
        )


def _recipe() -> str:
    """Return the digest of all that an image follows from, but the archive's own progress."""
    parts = (_PACKAGES, _BOOTSTRAP, _MODULES, _EARLY, _INIT)
    digest = hashlib.sha256(repr(parts).encode())
    for path in sorted(GUEST.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(GUEST)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _build(folder: Path) -> None:
    print("Building the image of the WiFi VM from Debian packages (minutes) ...", file=sys.stderr)
    packages = _packages()
    for old in FOLDER.glob("image-*"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(dir=FOLDER) as work:
        root, out = Path(work) / "root", Path(work) / "out"
        root.mkdir()
        out.mkdir()
        _run(["tar", "--extract", "--zstd", "--file", packages, "--directory", root])
        shutil.copytree(GUEST, root, dirs_exist_ok=True)
        _run(["chroot", root, "sh", "/usr/local/lib/lab/prepare"])
        modules = _only_needed_modules(root)
        kernel = next(iter(sorted((root / "boot").glob("vmlinuz-*"))))
        (out / "vmlinux").write_bytes(_vmlinux(kernel.read_bytes()))
        (out / "initrd.cpio").write_bytes(_initrd(root, modules))
        shutil.rmtree(root / "boot")
        squash: list[str | Path] = [
            "mksquashfs",
            root,
            out / "root.squashfs",
            "-quiet",
            "-no-progress",
        ]
        _run([*squash, "-comp", "zstd", "-Xcompression-level", "3"])
        out.rename(folder)


def _packages() -> Path:
    """Return a tar file of the guest's packages, made from the archive that apt uses here.

    It is kept apart from the image, so that a change of the guest's own files fetches nothing.
    """
    listed = " ".join((*_PACKAGES, *_BOOTSTRAP))
    made = FOLDER / f"packages-{hashlib.sha256(listed.encode()).hexdigest()[:16]}.tar.zst"
    if made.exists():
        return made
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("packages-*"):
        old.unlink()
    known = _output(
        ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)",
         "Created-By: Packages", "Origin: Debian", "Component: main"]
    )  # fmt: skip
    sources = [f"deb {line} main" for line in sorted(set(known.splitlines()))]
    if not sources:
        raise InvalidInput("apt knows no Debian archive on this machine", todo="apt-get update")
    proxy = _output(["apt-config", "dump", "--format", '%F "%v";%n', "Acquire::http::Proxy"])
    partial = made.with_name(f"partial-{os.getpid()}.tar.zst")
    _run(
        [
            *_BOOTSTRAP,
            f"--include={','.join(_PACKAGES)}",
            *(f"--aptopt={line}" for line in proxy.splitlines() if line.strip()),
            *("", partial, "-"),
        ],
        text="\n".join(sources) + "\n",
    )
    return partial.rename(made)


def _only_needed_modules(root: Path) -> Path:
    """Delete the kernel's other modules; return the folder of the rest."""
    folder = next((root / "lib/modules").iterdir())
    for path in (folder / "kernel").rglob("*.ko*"):
        name = str(path.relative_to(folder))
        if not name.startswith(_MODULES):
            path.unlink()
    _run(["chroot", root, "depmod", folder.name])
    return folder


def _vmlinux(bz_image: bytes) -> bytes:
    """Return the kernel within a bzImage (Documentation/x86/boot: payload_offset, setup_sects)."""
    setup_sectors = bz_image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", bz_image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = bz_image[start : start + length]
    if payload.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(31).decompress(payload)
    # Zstandard or another: what follows the stream is the length of the kernel, which is no frame.
    done = subprocess.run(["zstd", "-dcq"], input=payload, capture_output=True, check=False)
    return done.stdout


def _initrd(root: Path, modules: Path) -> bytes:
    found: dict[str, bytes] = {}
    for path in modules.rglob("*.ko*"):
        name = path.name.split(".ko")[0].replace("-", "_")
        if name in _EARLY:
            packed = path.suffix == ".xz"
            content = path.read_bytes()
            found[f"modules/{name}.ko"] = lzma.decompress(content) if packed else content
    busybox = next(p for p in (root / "bin/busybox", root / "usr/bin/busybox") if p.exists())
    files = [
        ("bin", 0o040755, b""),
        ("modules", 0o040755, b""),
        ("bin/busybox", 0o100755, busybox.read_bytes()),
        ("init", 0o100755, (_INIT % " ".join(_EARLY)).encode()),
        *((name, 0o100644, content) for name, content in sorted(found.items())),
    ]
    return b"".join(_cpio(files))


def _cpio(files: Sequence[tuple[str, int, bytes]]) -> Iterator[bytes]:
    """Yield an archive in the "new ASCII" format (initramfs buffer format of the kernel)."""
    for inode, (name, mode, content) in enumerate([*files, ("TRAILER!!!", 0, b"")], 1):
        fields = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        yield head + b"\0" * (-len(head) % 4)
        yield content + b"\0" * (-len(content) % 4)


def _run(command: Sequence[str | Path], text: str | None = None) -> None:
    done = subprocess.run(
        ["nice", "-n", "10", *map(str, command)],
        input=text,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        last = " / ".join(done.stdout.strip().splitlines()[-3:])
        raise InvalidInput(
            f"the image of the WiFi VM could not be made: {command[0]} said: {last}",
            todo="see that apt reaches its archive: apt-get update",
        )


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    try:
        print(image().root.parent)
    except InvalidInput as error:
        print(f"preau: {error}", file=sys.stderr)
        sys.exit(2)
