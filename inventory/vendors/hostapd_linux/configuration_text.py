"""hostapd's files as one text of records, and the commands that change them.

Sources: hostapd 2.10, `hostapd.conf` as delivered with its comments (one `key=value` a line, `bss=`
begins one more network, whose lines follow; `wpa_psk_file`: `keyid=… vlanid=… MAC PASSPHRASE`);
Debian 12, package hostapd: `hostapd@IFACE.service` runs `/etc/hostapd/IFACE.conf`.

A key that stands several times in a section is told apart by its turn (`auth_server_addr`,
`auth_server_addr#2`). What is ours in a file bears a comment `#preau=<wlan>`, which hostapd skips.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from inventory.errors import Garbled
from inventory.vendors.records import (
    AddRecord,
    DeleteOption,
    DeleteRecord,
    Operation,
    Record,
    RecordGrammar,
    SetOption,
)

FOLDER = "/etc/hostapd"
UNITS = "/etc/systemd/system"
OURS = "#preau"  # the option that tells the WLAN of the intent
FACTS, VLANS = "facts", "vlan"  # packages that are no file of hostapd
KEYS = "keys:"  # how the package of a file of passphrases begins
_TOGETHER = 12
_ANYBODY = "00:00:00:00:00:00"  # hostapd.conf, wpa_psk_file: a passphrase for every station

# The first interface of each radio, with its bands: what `iw` lists as frequencies, in GHz. Then
# the port behind the default route, and the bridge over it where there is one.
_FACTS = r"""{ for phy in /sys/class/ieee80211/*; do [ -e "$phy" ] || continue
name=; for net in "$phy"/device/net/*; do [ -e "$net/ifindex" ] || continue
if [ -z "$name" ] || [ "$(cat "$net/ifindex")" -lt "$first" ]; then
name=${net##*/}; first=$(cat "$net/ifindex"); fi; done
[ -z "$name" ] || echo "#radio $name $(iw phy "${phy##*/}" info | sed -n \
's/^[[:space:]]*\* \([25-7]\)\([0-9]\)[0-9][0-9]\(\.[0-9]*\)\{0,1\} MHz.*/\1\2/p' | \
sort -u | tr '\n' ' ')"
done
for dev in $(ip -o route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1); do
if [ -d "/sys/class/net/$dev/bridge" ]; then for port in "/sys/class/net/$dev/brif/"*; do
[ -e "/sys/class/net/${port##*/}/phy80211" ] || echo "#uplink ${port##*/} $dev"; done
else echo "#uplink $dev"; fi; done; }
"""
_FILES = (
    f'for file in {FOLDER}/*.conf {FOLDER}/*.psk; do [ ! -e "$file" ] || '
    '{ echo "#file $file"; cat "$file"; echo; }; done'
)
READ = (
    _FACTS.strip(),
    f"grep -sh '^# preau vlan ' {UNITS}/preau-vlan-*.service || true",
    _FILES,
)

# hostapd.conf: what opens something, to a network or to a RADIUS server.
_SECRET = re.compile(
    r"^(wpa_passphrase|wpa_psk|sae_password|passphrase|.*shared_secret|wep_key\d|ap_pin"
    r"|private_key_passwd|radius_das_client|r0kh|r1kh|.*password.*)(#\d+)?$"
)
_HEADER = re.compile(r"^\[(\S+) (\S+) (\S+)\]$")
_KEY_LINE = re.compile(
    rf"^keyid=(?P<id>\S+)(?: vlanid=(?P<vlan>\d+))? {_ANYBODY} (?P<passphrase>.+)$"
)


def quote(value: str) -> str:
    """Return `value` as one word of the shell."""
    return "'" + value.replace("'", "'\\''") + "'"


# A change asks for the same few texts ten times, and many devices are changed at once.
@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Record, ...]:
    """Return the records of our own form; raises Garbled, with the line, for what is none."""
    records: list[Record] = []
    options: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line:
            continue
        if header := _HEADER.match(line):
            package, kind, key = header.groups()
            options = {}
            records.append(Record(package, kind, key, f"{package}.{key}", options))
            continue
        name, equals, value = line.partition("=")
        if not equals or not records:
            raise Garbled(f"line {number} of the configuration is no setting")
        options[name] = value
    return tuple(records)


def files_of(records: Sequence[Record]) -> list[Record]:
    """Return the sections of hostapd's files."""
    return [record for record in records if record.kind in {"interface", "bss"}]


def is_ours(record: Record) -> bool:
    """Return whether a section of a file is the product's own."""
    return OURS in record.options


def write(records: Sequence[Record]) -> str:
    """Return the records in our own form."""
    lines = []
    for record in records:
        lines += [f"[{record.package} {record.kind} {record.key}]", *_lines(record), ""]
    return "\n".join(lines)


def _lines(record: Record) -> list[str]:
    return [f"{option}={value}" for option, value in record.options.items()]


def normalise(answers: Sequence[str]) -> str:
    """Return what the commands of READ answered as one text in our own form."""
    return write(list(_records("\n".join(answers).splitlines())))


def _records(lines: Sequence[str]) -> Iterator[Record]:
    """Yield what is told; raises Garbled for a line of a file that hostapd would not take."""
    path = ""
    listed: list[Record] = []
    radios: dict[str, str] = {}  # by the interface of each network
    for line in lines:
        if line.startswith("#file "):
            path = line.split(" ", 1)[1].strip().rpartition("/")[2]
            listed = []
        elif (fact := _fact(line)) is not None:
            yield fact
        elif path.endswith(".psk"):
            bss = path.removesuffix(".psk")
            if bss in radios and (record := _key(f"{KEYS}{radios[bss]}/{bss}", line)):
                yield record
        elif path and line.strip() and (line.startswith(f"{OURS}=") or not line.startswith("#")):
            begun = _setting(path.removesuffix(".conf"), line, listed)
            if begun is not None:
                radios[begun.key] = begun.package
                yield begun


def _fact(line: str) -> Record | None:
    """Return what a line of the machine itself tells; None for one of a file."""
    if line.startswith("#radio "):
        _, name, *numbers = line.split()
        bands = sorted({_BANDS[number] for number in numbers if number in _BANDS})
        return Record(FACTS, "radio", name, name, {"bands": " ".join(bands)})
    if line.startswith("#uplink "):
        _, port, *bridge = line.split()
        return Record(FACTS, "uplink", port, port, {"bridge": "".join(bridge)})
    if line.startswith("# preau vlan "):
        vid, port = line.split()[3:5]
        return Record(VLANS, "vlan", vid, f"{VLANS}.{vid}", {"uplink": port})
    return None


# The first two digits of a channel's centre in MHz (IEEE 802.11-2020, annex E).
_BANDS = {
    **dict.fromkeys(("24",), "2.4"),
    **dict.fromkeys(("51", "52", "53", "54", "55", "56", "57", "58"), "5"),
    **dict.fromkeys(("60", "61", "62", "63", "64", "65", "66", "67", "68", "69"), "6"),
}


def _setting(package: str, line: str, listed: list[Record]) -> Record | None:
    """Take one line of a file into its section; return the section that it begins, if any.

    The options of a section that was yielded already grow as its lines are read.
    """
    name, equals, value = line.partition("=")
    if not equals:
        raise Garbled(f"{package}.conf holds a line that is no setting")
    if name in {"interface", "bss"}:
        if name == "interface" and listed:
            raise Garbled(f"{package}.conf names a second interface")
        listed.append(Record(package, name, value, f"{package}.{value}", {}))
        return listed[-1]
    if not listed:
        raise Garbled(f"{package}.conf does not begin with its interface")
    options = listed[-1].options
    assert isinstance(options, dict)
    turn = 1 + sum(each.partition("#")[0] == name for each in options if each != OURS)
    options[name if turn == 1 or name == OURS else f"{name}#{turn}"] = value
    return None


def _key(package: str, line: str) -> Record | None:
    match = _KEY_LINE.match(line)
    if match is None:
        return None  # somebody's own line: neither read nor touched
    options = {"vlanid": match["vlan"]} if match["vlan"] else {}
    name = match["id"]
    return Record(
        package, "key", name, f"{package}.{name}", {**options, "passphrase": match["passphrase"]}
    )


# -- changing

# Each changes one file in its place, by the shell alone: a small machine starts programs slowly. A
# crash in between leaves what the guard puts right. `turn` counts the lines of a key within its
# section, so that `auth_server_addr#2` finds its own.
EDITOR = rf"""{{ hostapd_edit() {{ file={FOLDER}/$1.conf; section=$2
key=${{3%#*}}; wanted=${{3#"$key"}}; [ "$3" != '{OURS}' ] || {{ key=$3; wanted=; }}
wanted=${{wanted#?}}; wanted=${{wanted:-1}}; put=$4
text=$(here=; turn=0; while IFS= read -r line; do case $line in
interface=*|bss=*) [ "$here" != y ] || [ -z "$put" ] || printf '%s\n' "$put"
here=; [ "${{line#*=}}" != "$section" ] || here=y; printf '%s\n' "$line" ;;
"$key="*) if [ "$here" = y ]; then turn=$((turn + 1))
if [ "$turn" = "$wanted" ]; then [ -z "$put" ] || printf '%s\n' "$put"; put=
else printf '%s\n' "$line"; fi
else printf '%s\n' "$line"; fi ;;
*) printf '%s\n' "$line" ;; esac; done < "$file"
[ "$here" != y ] || [ -z "$put" ] || printf '%s\n' "$put") && printf '%s\n' "$text" > "$file"; }}
hostapd_set() {{ hostapd_edit "$1" "$2" "$3" "${{3%#[0-9]*}}=$4"; }}
hostapd_del() {{ hostapd_edit "$1" "$2" "$3" ''; }}
hostapd_add() {{ file={FOLDER}/$1.conf
[ -e "$file" ] || {{ mkdir -p {FOLDER} && : > "$file" && chmod 600 "$file"; }}
printf '%s\n' "$2=$3" >> "$file"; }}
hostapd_drop() {{ file={FOLDER}/$1.conf
text=$(here=; while IFS= read -r line; do case $line in
interface=*|bss=*) here=; [ "${{line#*=}}" != "$2" ] || here=y ;; esac
[ "$here" = y ] || printf '%s\n' "$line"; done < "$file")
if [ -n "$text" ]; then printf '%s\n' "$text" > "$file"; else rm -f "$file"; fi; }}
key_drop() {{ file={FOLDER}/$2.psk; [ -e "$file" ] || return 0
text=$(while IFS= read -r line; do case $line in "keyid=$3 "*|'') ;; *) printf '%s\n' "$line" ;;
esac; done < "$file")
if [ -n "$text" ]; then printf '%s\n' "$text" > "$file"; else rm -f "$file"; fi; }}
key_set() {{ key_drop "$1" "$2" "$3" && file={FOLDER}/$2.psk &&
{{ [ -e "$file" ] || {{ : > "$file" && chmod 600 "$file"; }}; }} &&
printf '%s\n' "keyid=$3${{5:+ vlanid=$5}} {_ANYBODY} $4" >> "$file"; }}
vlan_set() {{ printf '%s\n' "# preau vlan $1 $2" '[Unit]' "Description=VLAN $1 on $2" \
'Wants=network.target' 'After=network.target' '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' \
"ExecStart=-ip link add link $2 name $2.$1 type vlan id $1" \
"ExecStart=-ip link add br-v$1 type bridge" "ExecStart=ip link set $2.$1 master br-v$1 up" \
"ExecStart=ip link set br-v$1 up" "ExecStop=-ip link del $2.$1" "ExecStop=-ip link del br-v$1" \
'[Install]' 'WantedBy=multi-user.target' > {UNITS}/preau-vlan-$1.service; }}
vlan_drop() {{ systemctl --no-reload disable -q --now preau-vlan-$1.service
rm -f {UNITS}/preau-vlan-$1.service; }}; }}"""


def script(operations: Sequence[Operation]) -> list[str]:
    """Return the lines that do these operations, written with the functions of EDITOR."""
    lines: list[str] = []
    keys: dict[tuple[str, str], Record] = {}
    deleted: list[str] = []
    for operation in operations:
        record = operation.record
        if record.package == FACTS:
            continue  # what the device is, nobody changes
        if record.package.startswith(KEYS):
            _note_key(operation, keys, lines)
        elif record.package == VLANS:
            lines += _vlan_lines(operation)
        elif isinstance(operation, DeleteOption):
            place = f"{record.package} {record.key}"
            deleted.append(f"hostapd_del {place} {quote(operation.option)}")
        else:
            lines += _file_lines(operation)
    lines += [_key_line(record) for record in keys.values()]
    # The last turn of a key first: the others keep theirs.
    return [*reversed(deleted), *lines]


def typed(lines: Sequence[str]) -> list[str]:
    """Return the lines as they are typed: several in one command, the first failure ending it."""
    return [
        " &&\n".join(lines[start : start + _TOGETHER]) for start in range(0, len(lines), _TOGETHER)
    ]


def _file_lines(operation: Operation) -> list[str]:
    record = operation.record
    match operation:
        case AddRecord():
            return [f"hostapd_add {record.package} {record.kind} {record.key}"]
        case DeleteRecord():
            return [f"hostapd_drop {record.package} {record.key}"]
        case SetOption(_, option, value, _):
            place = f"{record.package} {record.key} {quote(option)}"
            return [f"hostapd_set {place} {quote(str(value))}"]
        case _:
            return []


def _vlan_lines(operation: Operation) -> list[str]:
    match operation:
        case SetOption(record, _, value, _):
            return [f"vlan_set {record.key} {value}"]
        case DeleteRecord(record):
            return [f"vlan_drop {record.key}"]
        case _:
            return []


def _note_key(operation: Operation, keys: dict[tuple[str, str], Record], lines: list[str]) -> None:
    """Take one operation on a passphrase; its line holds all of it, so it is written once."""
    record = operation.record
    if isinstance(operation, DeleteRecord):
        lines.append(f"key_drop {_place(record)} {record.key}")
        return
    before = keys.get(record.identity, record)
    options = dict(before.options)
    if isinstance(operation, SetOption):
        options[operation.option] = operation.value
    elif isinstance(operation, DeleteOption):
        options.pop(operation.option, None)
    keys[record.identity] = Record(record.package, record.kind, record.key, record.address, options)


def _key_line(record: Record) -> str:
    words = [quote(str(record.options.get(name, ""))) for name in ("passphrase", "vlanid")]
    return f"key_set {_place(record)} {record.key} {' '.join(words)}"


def _place(record: Record) -> str:
    """Return the radio and the network of a passphrase, as two words."""
    return record.package.removeprefix(KEYS).replace("/", " ")


def is_secret(_record: Record, option: str) -> bool:
    """Return whether the option's value must not be shown."""
    return _SECRET.match(option) is not None


GRAMMAR = RecordGrammar(
    parse=parse,
    write=write,
    header=lambda record: f"{record.address} ({record.kind})",
    lines=_lines,
    commands=lambda _operation: (),
    is_secret=is_secret,
    arrange=script,
)
