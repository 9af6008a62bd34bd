"""Numbers of things in messages. Pure."""


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 outlet`, `2 outlets`; `many` where the plural is not formed with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
