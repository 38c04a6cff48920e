"""A real access point, real clients and a real RADIUS server, on simulated radios in a VM.

The kernel's mac80211_hwsim gives radios that hear each other; hostapd, wpa_supplicant, FreeRADIUS
and OpenSSH are Debian's own. See docs/lab-wifi.md.
"""
