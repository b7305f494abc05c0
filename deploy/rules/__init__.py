"""The rules KM01 to KM48 over every rendered overlay (清单规则)."""
