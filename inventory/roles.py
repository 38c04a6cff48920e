"""What devices are for; apart from the tables, whose import takes a second."""

from enum import StrEnum


class DeviceRole(StrEnum):
    """What a device is for."""

    ACCESS_POINT = "access_point"
    SWITCH = "switch"
    CONTROLLER = "controller"
    ROUTER = "router"
    OTHER = "other"
