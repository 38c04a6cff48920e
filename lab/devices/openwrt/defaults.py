"""The configuration of an access point as an installer leaves it: reachable, radios off.

OpenWrt user guide: "Network configuration", "Wireless configuration", "SNMP server", "LLDP".
"""

RELEASE = {
    "DISTRIB_ID": "OpenWrt",
    "DISTRIB_RELEASE": "23.05.5",
    "DISTRIB_REVISION": "r24106-10cc5fcd00",
    "DISTRIB_TARGET": "ath79/generic",
    "DISTRIB_ARCH": "mips_24kc",
    "DISTRIB_DESCRIPTION": "OpenWrt 23.05.5 r24106-10cc5fcd00",
    "DISTRIB_TAINTS": "",
}
KERNEL = "5.15.167"
MODEL = "TP-Link EAP225-Outdoor v1"
BOARD = "tplink,eap225-outdoor-v1"

BANNER = """

BusyBox v1.36.1 (2024-09-23 12:34:46 UTC) built-in shell (ash)

  _______                     ________        __
 |       |.-----.-----.-----.|  |  |  |.----.|  |_
 |   -   ||  _  |  -__|     ||  |  |  ||   _||   _|
 |_______||   __|_____|__|__||________||__|  |____|
          |__| W I R E L E S S   F R E E D O M
 -----------------------------------------------------
 OpenWrt 23.05.5, r24106-10cc5fcd00
 -----------------------------------------------------
"""

SERVICES = (
    *("cron", "dnsmasq", "dropbear", "firewall", "lldpd", "log", "network", "snmpd", "sysntpd"),
    *("system", "uhttpd"),
)
CRONTABS = "/etc/crontabs"


def release_text() -> str:
    """Return /etc/openwrt_release."""
    return "".join(f"{name}='{value}'\n" for name, value in RELEASE.items())


def configurations(host: str, hostname: str, community: str) -> dict[str, str]:
    """Return the text of each file in /etc/config."""
    return {
        "network": NETWORK.format(host=host),
        "wireless": WIRELESS,
        "system": SYSTEM.format(hostname=hostname),
        "snmpd": SNMPD.format(community=community),
        "dropbear": DROPBEAR,
        "lldpd": LLDPD,
        "uhttpd": UHTTPD,
        "dhcp": DHCP,
        "firewall": FIREWALL,
    }


NETWORK = """
config interface 'loopback'
\toption device 'lo'
\toption proto 'static'
\toption ipaddr '127.0.0.1'
\toption netmask '255.0.0.0'

config globals 'globals'
\toption ula_prefix 'fd5c:2a1b:77e0::/48'

config device
\toption name 'br-lan'
\toption type 'bridge'
\tlist ports 'eth0'

config interface 'lan'
\toption device 'br-lan'
\toption proto 'static'
\toption ipaddr '{host}'
\toption netmask '255.255.255.0'
"""

WIRELESS = """
config wifi-device 'radio0'
\toption type 'mac80211'
\toption path 'platform/ahb/18100000.wmac'
\toption channel '1'
\toption band '2g'
\toption htmode 'HT20'
\toption disabled '1'

config wifi-iface 'default_radio0'
\toption device 'radio0'
\toption network 'lan'
\toption mode 'ap'
\toption ssid 'OpenWrt'
\toption encryption 'none'

config wifi-device 'radio1'
\toption type 'mac80211'
\toption path 'pci0000:00/0000:00:00.0'
\toption channel '36'
\toption band '5g'
\toption htmode 'VHT80'
\toption disabled '1'

config wifi-iface 'default_radio1'
\toption device 'radio1'
\toption network 'lan'
\toption mode 'ap'
\toption ssid 'OpenWrt'
\toption encryption 'none'
"""

SYSTEM = """
config system
\toption hostname '{hostname}'
\toption timezone 'UTC'
\toption ttylogin '0'
\toption log_size '64'
\toption urandom_seed '0'

config timeserver 'ntp'
\toption enabled '1'
\toption enable_server '0'
\tlist server '0.openwrt.pool.ntp.org'
\tlist server '1.openwrt.pool.ntp.org'
"""

SNMPD = """
config agent
\toption agentaddress 'UDP:161'

config com2sec 'public'
\toption secname 'ro'
\toption source 'default'
\toption community '{community}'

config system
\toption sysLocation ''
\toption sysContact ''
"""

DROPBEAR = """
config dropbear
\toption PasswordAuth 'on'
\toption RootPasswordAuth 'on'
\toption Port '22'
"""

UHTTPD = """
config uhttpd 'main'
\tlist listen_http '0.0.0.0:80'
\tlist listen_http '[::]:80'
\tlist listen_https '0.0.0.0:443'
\tlist listen_https '[::]:443'
\toption redirect_https '0'
\toption home '/www'
"""

LLDPD = """
config lldpd 'config'
\toption enable_cdp '0'
\tlist interface 'eth0'
"""

DHCP = """
config dnsmasq
\toption domainneeded '1'

config dhcp 'lan'
\toption interface 'lan'
\toption ignore '1'
"""

FIREWALL = """
config defaults
\toption input 'ACCEPT'
\toption output 'ACCEPT'
\toption forward 'REJECT'
"""
