"""CISCO-PRODUCTS-MIB: the names of products by sysObjectID, for devices without ENTITY-MIB."""

from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import SYS_OBJECT_ID

_PRODUCTS = oid("1.3.6.1.4.1.9.1")


def name(view: MibView) -> str | None:
    """Return what CISCO-PRODUCTS-MIB calls the product; None for one that is not listed."""
    answered = view.get(SYS_OBJECT_ID)
    if not isinstance(answered, tuple) or answered[: len(_PRODUCTS)] != _PRODUCTS:
        return None
    return _NAMES.get(answered[len(_PRODUCTS)]) if len(answered) > len(_PRODUCTS) else None


# The switches, access points and branch routers of those years; later ones answer ENTITY-MIB.
_NAMES: dict[int, str] = {
    359: "catalyst2950t24", 429: "catalyst295048G", 430: "catalyst295024S",
    431: "catalyst355012G", 436: "cisco3745", 439: "cisco7304", 444: "cisco1721",
    445: "cat4000Sup3", 448: "cat4006", 449: "ciscoWSC6503", 452: "cat355024Dc",
    453: "cat355024Mmf", 466: "cisco2610XM", 467: "cisco2611XM", 468: "cisco2620XM",
    469: "cisco2621XM", 470: "cisco2650XM", 471: "cisco2651XM", 472: "catalyst295024GDC",
    474: "ciscoAIRAP1200", 480: "catalyst295024SX", 482: "catalyst295024LRESt",
    483: "catalyst29508LRESt", 484: "catalyst295024LREG", 485: "catalyst355024PWR",
    488: "catalyst2955T12", 489: "catalyst2955C12", 495: "cisco837", 497: "cisco831",
    499: "cisco836", 501: "cat4507", 502: "cat4506", 503: "cat4503", 507: "ciscoAIRAP1100",
    508: "catalyst2955S12", 509: "cisco7609", 511: "catalyst375024", 512: "catalyst375048",
    513: "catalyst375024TS", 514: "catalyst375024T", 516: "catalyst37xxStack",
    525: "ciscoAIRAP1210", 527: "catalyst297024", 528: "cisco7613", 530: "catalyst3750Ge12Sfp",
    533: "ciscoAIRBR1410", 535: "catalyst375048PS", 536: "catalyst375024PS", 537: "catalyst4510",
    538: "cisco1711", 539: "cisco1712", 540: "catalyst29408TT", 542: "catalyst29408TF",
    543: "cisco3825", 544: "cisco3845", 551: "catalyst2950St24LRE997", 552: "ciscoAirAp350IOS",
    557: "catalyst6kSup720", 559: "catalyst295048T", 560: "catalyst295048SX",
    561: "catalyst297024TS", 563: "catalyst356024PS", 564: "catalyst356048PS",
    565: "ciscoAIRBR1300", 566: "cisco851", 567: "cisco857", 568: "cisco876", 569: "cisco877",
    570: "cisco878", 571: "cisco871", 574: "catalyst375024ME", 576: "cisco2811", 577: "cisco2821",
    578: "cisco2851", 591: "catalyst3750G16TD", 592: "ciscoIGESM", 602: "catalyst3750G24PS",
    603: "catalyst3750G48PS", 604: "catalyst3750G48TS", 614: "catalyst3560G24PS",
    615: "catalyst3560G24TS", 616: "catalyst3560G48PS", 617: "catalyst3560G48TS",
    618: "ciscoAIRAP1130", 619: "cisco2801", 620: "cisco1841", 624: "catalyst3750G24TS1U",
    626: "catalyst4948", 633: "catalyst356024TS", 634: "catalyst356048TS", 638: "cisco1801",
    639: "cisco1802", 640: "cisco1803", 641: "cisco1811", 642: "cisco1812",
    656: "catalyst375024FS", 657: "ciscoWSC6504E", 658: "cisco7604", 659: "catalyst494810GE",
    660: "ciscoIGESMSFP", 685: "ciscoAIRAP1240", 688: "catalyst3750Ge12SfpDc",
    694: "catalyst296024", 695: "catalyst296048", 696: "catalyst2960G24", 697: "catalyst2960G48",
    716: "catalyst296024TT", 717: "catalyst296048TT", 724: "catalystsExpress50024TT",
    725: "catalystsExpress50024LC", 726: "catalystsExpress50024PC",
    727: "catalystsExpress50012TC", 733: "cisco815", 734: "cisco240024TSA", 735: "cisco240024TSD",
    736: "cisco340024TSA", 737: "cisco340024TSD", 747: "ciscoWsC3750g24ps", 748: "ciscoWs3020Hpq",
    749: "ciscoWs3030Del", 758: "ciscoAIRAP1250", 1116: "ciscoASR1002F",
}  # fmt: skip
