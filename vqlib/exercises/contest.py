"""Where a result stands beside those of others."""

from collections.abc import Mapping


def place(yours: float, others: Mapping[str, float], unit: str, largest_wins: bool = False) -> str:
    """A sentence: your result, your place, and who stands before and after you.

    `unit` is a format, such as "{:,.0f} bytes" or "{:.2f} dB".
    """
    sign = -1 if largest_wins else 1
    ahead = [name for name in others if sign * others[name] < sign * yours]
    behind = [name for name in others if name not in ahead]
    ahead.sort(key=lambda name: sign * others[name])
    behind.sort(key=lambda name: sign * others[name])
    sentence = f"You have {unit.format(yours)}: place {len(ahead) + 1} of {len(others) + 1}"
    if ahead:
        sentence += f", after {ahead[-1]} ({unit.format(others[ahead[-1]])})"
    if behind:
        sentence += f", before {behind[0]} ({unit.format(others[behind[0]])})"
    return f"{sentence}."
