"""Names of devices and ports in order."""

from inventory.naming import natural_order


def test_names_stand_in_the_order_of_their_numbers() -> None:
    names = ["ap10", "AP2", "ap1", "²", "1/0/10", "1/0/9"]
    assert sorted(names, key=natural_order) == ["1/0/9", "1/0/10", "ap1", "AP2", "ap10", "²"]
