"""Which family sysObjectID and sysDescr tell: words of ten years of firmware, and of look-alikes.

A wrong family is worse than `generic`: routers, gateways, switches and servers of the same makers
and numbers stand here too. The words are those that manuals, MIB modules and public reports show.
"""

import pytest

from collectors.recognise import recognise
from inventory.vendors.mib import MibView, oid

ENTERPRISES = "1.3.6.1.4.1"
NET_SNMP = "8072.3.2.10"

SIGNS = [
    (
        "ciscowap",
        "4413.1.1.28",
        "Linux 2.6.21.5-lvl7-dev, Cisco Small Business WAP121 (WAP121-E-K9)",
    ),
    ("hpmsm", "8744.1.47", "MSM765 - Hardware revision 2 - Serial number X - Firmware version 6.6"),
    ("ewc", "4329.15.1.1.10", "Extreme Networks Wireless Controller - C5110-2,  System Version 10"),
    ("aruba_instant", "14823.1.2.34", "ArubaOS (MODEL: 105), Version 6.2.1.0-3.4.0.1"),
    ("aruba_instant", "14823.1.2.107", "AOS-8 (MODEL: 515), Version 8.13.0.1-8.13.0.1 LSR"),
    ("aruba_instant", "14823.1.2.111", "AOS-10 (MODEL: 505), Version 10.7.1.0-10.7.1.0 SSR"),
    ("arubaos", "14823.1.1.39", "ArubaOS (MODEL: Aruba7005), Version 8.6.0.9 (79813)"),
    ("arubaos", "14823.1.1.28", "ArubaOS (MODEL: ArubaS2500-24P-US), Version 7.4.0.3"),
    ("arubaos", "14823.1.1.50", "ArubaOS (MODEL: ArubaMM-VA), Version 8.10.0.4"),
    ("arubaos", "6486.800.1.1.2.2.2.2.1.13", "AOS-W (MODEL: OAW-4704), Version 6.3.1.2"),
    ("arubaos", "674.10895.5005", "ArubaOS (MODEL: W-3400), Version 6.1.3.6"),
    ("arubaos", "674.10895.5003", "Dell PowerConnect W-650, ArubaOS (MODEL: W-650), Version 6.1"),
    ("arubaos_cx", "47196.4.1.1.1.50", "ArubaOS-CX_VM Virtual.10.11.0001"),
    ("generic", "14823.1.6.1", "Linux cppm 2.6.32"),
    ("hiveos_wireless", "26928.1", "HiveAP120, HiveOS 6.5r3 Honolulu build2530"),
    ("hiveos_wireless", "26928.1", "AP305C, IQ Engine 10.4r2 build-9d5f5f5"),
    ("ewc", "4329.15.1.1.13", "Wireless Controller - V2110, System Version 09.21.02.0014"),
    ("ruckuswireless", "25053.3.1.5.15", "Ruckus Wireless ZD1200"),
    ("ruckuswireless_unleashed", "25053.3.1.5.15", "Ruckus Wireless R510"),
    ("ruckuswireless_unleashed", "25053.3.1.4.125", "Ruckus Wireless R770"),
    ("ruckuswireless_hotzone", "25053.3.1.4.91", "Ruckus Wireless Inc (C) 2006"),
    ("ruckuswireless_hotzone", "25053.3.1.4.25", "Ruckus Wireless ZF7982"),
    ("ruckuswireless_sz", "25053.3.1.10.1", "vSZ-H"),
    ("ruckuswireless_sz", "25053.3.1.11.1", "SmartZone"),
    ("ciscowlc", "9.1.1069", "Cisco Controller"),
    ("ciscowlc", "14179.1.1.4.3", ""),
    ("ciscowlc", "9.6.1.34.1", "Cisco Business Wireless Access Point"),
    (
        "ciscowap",
        "9.6.1.32.561.1",
        "Linux, Cisco Systems, Inc WAP561 (WAP561-E-K9), Version 1.2.1.6",
    ),
    ("ios", "9.1.618", "Cisco IOS Software, C1130 Software (C1130-K9W7-M), Version 12.4(25d)JA1"),
    ("iosxe", "9.1.2861", "Cisco IOS Software [Amsterdam], C9800 Software (C9800_IOSXE-K9)"),
    ("generic", "9.1.2500", "Cisco AP Software, ap3g3-k9w8 Version: 17.3.3.26"),
    ("generic", "9.1.1902", "Cisco Adaptive Security Appliance Version 9.12(2)"),
    ("unifi", NET_SNMP, "UAP-AC-Pro-Gen2 4.0.66.10832"),
    ("unifi", NET_SNMP, "UAP-AC-Mesh"),
    ("unifi", "41112", "U6-Pro 6.6.77.15402"),
    ("unifi", NET_SNMP, "U6+ 6.6.65.15248"),
    ("unifi", NET_SNMP, "U7-Pro-Max 7.0.100"),
    ("unifi", NET_SNMP, "UK-Ultra 6.6.74"),
    ("unifi", NET_SNMP, "E7-Campus 8.0.19"),
    ("generic", NET_SNMP, "Ubiquiti UniFi UDR7 5.1.19 Linux 5.4.213 ipq5322"),
    ("airos", "10002.1", "Linux 2.6.32.71 #1 Tue Oct 17 17:26:15 EEST 2017 mips"),
    ("airos", "41112.1.4", "Linux 4.4.0"),
    ("routeros", "14988.1", "RouterOS CCR2004-1G-12S+2XS"),
    ("generic", "14988.2", "RB260GS SwOS v2.13"),
    ("fortiap", "12356.120.10.23122", "borne-1"),
    ("generic", "12356.101.1.641", "pare-feu"),
    ("fortiwlc", "15983.1.1.4.2.3", "Meru"),
    ("lcos", "2356.11.8.1.80", "LANCOM 1781VA (over ISDN) 10.12.0147SU3 / 15.11.2017"),
    ("lcos", "2356.500.3.1.3150", "LANCOM L-322agn dual Wireless 10.12.0147 / 15.11.2017"),
    ("generic", "2356.14.8.2326", "LANCOM GS-2326P 3.34.0326 / 01.02.2020"),
    ("lcoslx", "2356.13.8.1", "Linux ap 4.4.60 #0 SMP PREEMPT (LCOS-LX: 5.36.0069) 2022-04-20"),
    ("stellar", "6486.802.1.1.2.1.1.7", "OAW-AP1101 3.0.5.1046"),
    ("zyxelnwa", "890.1.15", "NWA1123-ACv2"),
    ("zyxelnwa", "890.1.15", "WBE660S"),
    ("zyxelwlc", "890.1.15", "NXC2500"),
    ("generic", "890.1.15", "USG FLEX 200"),
    ("generic", "890.1.5.8.57", "GS1920-24"),
    ("epmp", "17713.21.9.100", "ePMP"),
    ("cnpilote", "17713.22", "e410"),
    ("cnpilotr", NET_SNMP, "cnPilot R201P"),
    ("generic", "17713.24", "cnMatrix EX2028-P"),
    ("merakimr", "29671.2.1", "Meraki MR18 Cloud Managed AP"),
    ("merakimr", "29671.2.1", "=Meraki MR46 Cloud Managed AP"),
    ("merakims", "29671.2.1", "Meraki MS220-8P Cloud Managed PoE Switch"),
    ("generic", "29671.2.1", "Meraki MX64 Cloud Managed Security Appliance"),
    ("pepwave", "27662", "Pepwave MAX BR1"),
    ("xirrus_aos", "21013.1.3.1", "Xirrus XR-520 Wi-Fi Array, ArrayOS Version 8.4.3-6456"),
    ("dlinkap", "171.10.37.35", "D-Link Access Point"),
    ("dlinkap", "171.10.37.2", "DWL-2100AP"),
    ("dlink", "171.10.117.1.2", "DGS-1510-28/ME"),
    ("engenius", "14125.100.1.3", "Wireless Access Point"),
    ("hpmsm", "8744.1.44", "MSM410 Access Point - Serial number TW1 - Firmware version 5.7.0.0"),
    ("altalabs_ap", NET_SNMP, "Alta AP6-PRO 2.1a"),
    ("generic", NET_SNMP, "Alta S24-POE 1.9"),
    ("allied_tq", "207.1.13.12", "AT-TQ5403 version 5.4.9"),
    ("awplus", "207.1.13.12", "Allied Telesis router/switch, AW+ v5.5.1-0.1"),
    ("openwrt", NET_SNMP, "Linux OpenWrt 5.4.188 #0 SMP mips"),
    ("openwrt", "66510.3.1", "ap"),
    ("generic", NET_SNMP, "Linux serveur 5.10.0-28-amd64 #1 SMP x86_64"),
    ("generic", "11.2.3.9.1", "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153"),
    ("generic", "232.9.4.10", "Integrated Lights-Out 5 2.72 Sep 04 2022"),
    ("generic", "674.10892.5", "iDRAC9"),
    ("generic", "318.1.3.27", "APC Web/SNMP Management Card"),
]


@pytest.mark.parametrize(("family", "number", "words"), SIGNS)
def test_a_device_is_told_by_its_number_and_words(family: str, number: str, words: str) -> None:
    view = MibView(
        {
            oid("1.3.6.1.2.1.1.1.0"): words.encode(),
            oid("1.3.6.1.2.1.1.2.0"): oid(f"{ENTERPRISES}.{number}"),
        }
    )
    assert recognise(view).id == family


@pytest.mark.parametrize(
    ("family", "number", "told", "value"),
    [
        # A ZoneDirector and Unleashed may have one number: their own MIB tells them apart.
        ("ruckuswireless", "25053.3.1.5.20", "25053.1.2.1.1.1.1.9.0", "zd3050"),
        ("ruckuswireless_unleashed", "0.0", "25053.1.15.1.1.1.1.9.0", "R650"),
        ("ruckuswireless_hotzone", "25053.3.1.4.125", "25053.1.1.2.1.1.1.1.0", "R770"),
        ("grandstream_ap", NET_SNMP, "42397.1.1.2.1.0", "GWN7660"),
        ("generic", NET_SNMP, "42397.1.1.2.1.0", "GWN7003"),
        ("unifi", NET_SNMP, "41112.1.6.3.3.0", "UAP-nanoHD"),
        ("generic", NET_SNMP, "41112.1.6.3.3.0", "UDR7"),
        ("openwrt", NET_SNMP, "2021.7890.1.101.1", "LEDE 17.01.7"),
    ],
)
def test_a_device_is_told_by_its_own_mib(family: str, number: str, told: str, value: str) -> None:
    view = MibView(
        {
            oid("1.3.6.1.2.1.1.1.0"): b"Ruckus Wireless R770",
            oid("1.3.6.1.2.1.1.2.0"): oid(number if number == "0.0" else f"{ENTERPRISES}.{number}"),
            oid(f"{ENTERPRISES}.{told}"): value.encode(),
        }
    )
    assert recognise(view).id == family
