"""What a commit refuses: references to what is not there, or that are still there."""

from lab.command_line import CliError
from lab.devices.aruba_instant.config import WITH_PASSPHRASE, WITH_SERVERS, Config, Ssid

MOST_SSIDS = 16  # with `extended-ssid`
MOST_SERVERS = 2


def check(before: Config, after: Config) -> None:
    """Raise CliError for a configuration that cannot be committed over `before`."""
    _refuse_removed(before, after)
    if len(after.ssids) > MOST_SSIDS:
        raise CliError("Error: exceeds the maximum number of SSID profiles")
    if len(after.accounts) > 1:
        raise CliError("Error: only one administrator is supported")
    for name, ssid in after.ssids.items():
        _check_ssid(name, ssid, after)
    for radio in after.radios.values():
        low, high = float(radio.min_power or 0), float(radio.max_power or 127)
        if low > high:
            raise CliError("Error: min-tx-power is greater than max-tx-power")
    roles = {role for keys in after.keys.values() for _, role in keys.values() if role}
    if roles - set(after.rules):
        raise CliError(f"Error: role {min(roles - set(after.rules))} does not exist")


def _refuse_removed(before: Config, after: Config) -> None:
    """Refuse to remove what the committed configuration still refers to."""
    servers = {name for ssid in before.ssids.values() for name in ssid.servers}
    ranges = {name for ssid in before.ssids.values() for name in ssid.ranges}
    lists = {ssid.values.get("mpsk-local") for ssid in before.ssids.values()}
    roles = {role for keys in before.keys.values() for _, role in keys.values()}
    for kind, used, old, new in (
        ("auth-server", servers, before.servers, after.servers),
        ("time-range", ranges, before.ranges, after.ranges),
        ("mpsk-local", lists, before.keys, after.keys),
        ("access-rule", roles | set(before.ssids), before.rules, after.rules),
    ):
        gone = {name for name in old if name not in new} & used
        if gone:
            raise CliError(f"Error: {kind} {min(str(each) for each in gone)} is in use")


def _check_ssid(name: str, ssid: Ssid, config: Config) -> None:
    opmode = ssid.values["opmode"]
    if not ssid.values.get("essid"):
        raise CliError(f"Error: essid of {name} is not configured")
    if opmode in WITH_PASSPHRASE and "wpa-passphrase" not in ssid.values:
        raise CliError(f"Error: wpa-passphrase of {name} is not configured")
    if opmode == "mpsk-aes" and ssid.values.get("mpsk-local") not in config.keys:
        raise CliError(f"Error: mpsk-local of {name} does not exist")
    if opmode in WITH_SERVERS and not ssid.servers:
        raise CliError(f"Error: auth-server of {name} is not configured")
    if len(ssid.servers) > MOST_SERVERS:
        raise CliError("Error: at most two auth-servers are supported")
    missing = set(ssid.servers) - set(config.servers) - {"InternalServer"}
    if missing:
        raise CliError(f"Error: auth-server {min(missing)} does not exist")
    if set(ssid.ranges) - set(config.ranges):
        raise CliError("Error: time-range does not exist")
    if "mfp-required" in ssid.flags and "mfp-capable" not in ssid.flags:
        raise CliError("Error: mfp-required needs mfp-capable")
