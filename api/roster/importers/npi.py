"""National Provider Identifiers, the numbers of the US registry."""


def valid_npi(text: str) -> bool:
    """Whether `text` is ten digits with the right check digit.

    The check is Luhn's over the number behind the prefix 80840 (45 CFR 162.406; ISO/IEC 7812).
    """
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed("80840" + text)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0
