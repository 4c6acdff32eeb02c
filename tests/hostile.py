"""One list of hostile strings. Each output runs all of them (CONTRACTS 8)."""

from __future__ import annotations

HTML = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "</title></details><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% include '/etc/passwd' %}",
    "&lt;b&gt;already escaped&lt;/b&gt;",
    "]]><!-- <b> -->",
)
RICH = ("[red]not red[/red]", "[link=https://example.invalid]here[/link]", "[/]", "[bold", r"\[escaped]", ":skull:")
TERMINAL = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;new title\x07",
    "\x1b]8;;https://example.invalid\x1b\\link\x1b]8;;\x1b\\",
    "\x9b2J",
    "back\x08\x08\x08\x08space",
    "bell\x07",
    "\x1bc",
    "\x00nul\x00",
    "delete\x7f",
)
BIDI = ("mg \u202e01 \u202cdose", "\u2066isolated\u2069", "zero\u200bwidth", "\ufeffmark", "soft\u00adhyphen")
CSV = ("=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1+1")
LINES = ("one\r\ntwo", "one\rtwo", "one\u2028two", "one\u2029two", "BEGIN:VALARM\r\nEND:VALARM", "one\x85two")
TYPST = ('#read("/etc/passwd")', '#eval("1")', "$ x $", "@label", "*bold* _it_ `raw`", "\\ #set page()")
MARKDOWN = ("[here](javascript:alert(1))", "![x](https://example.invalid/x.png)", "# heading", "| a | b |", "```\ncode")
PATHS = ("../../../../etc/passwd", "..\\..\\windows\\win.ini", "/dev/null", "CON", "file:///etc/passwd", "a\x00.html")
LONG = ("x" * 100_000, "word " * 20_000, "\u0301" * 5_000, "<" * 10_000)
ODD = (
    "",
    " ",
    "\ud800",
    "\U0001f480",
    "Ω≈ç√",
    "null",
    "NaN",
    "'; DROP TABLE patients; --",
    "%s%n%x",
    "${jndi:ldap://x}",
)

HOSTILE: tuple[str, ...] = (
    *HTML, *RICH, *TERMINAL, *BIDI, *CSV, *LINES, *TYPST, *MARKDOWN, *PATHS, *LONG, *ODD,
)  # fmt: skip
