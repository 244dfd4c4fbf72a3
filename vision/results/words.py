"""How figures are put into words."""


def percent(share: float) -> str:
    """A share (0 to 1) with one decimal; "100 %" and "0 %" only where it is that but for rounding errors."""
    if min(share, 1 - share) < 1e-9:
        return f"{share:.0%}".replace("%", "\u00a0%")
    if share > 0.9995:
        return ">\u00a099.9\u00a0%"
    if share < 0.0005:
        return "<\u00a00.1\u00a0%"
    return f"{share:.1%}".replace("%", "\u00a0%")


def whole_percent(share: float) -> str:
    """A limit (0 to 1) without decimals."""
    return f"{share:.0%}".replace("%", "\u00a0%")


def counted(count: int, noun: str) -> str:
    """A number of things: "1 photo", "3,000 photos"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"


def milliseconds(latency_ms: float) -> str:
    return f"{latency_ms:.2g} ms" if latency_ms < 10 else f"{latency_ms:.0f} ms"


def duration(seconds: float) -> str:
    """A time as people say it: "40 s", "12 min", "1 h 5 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
