"""Names that somebody may give to a file, a folder, a class or a run to do harm, or because it is called so."""

RTL = "תמרור עצור"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # spelt with a joiner
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4

HTML = (
    '<img src=x onerror="window.harmed=1">',
    "<script>window.harmed=1</script>",
    "</p></div><style>*{display:none}</style>",
    "' onmouseover='window.harmed=1",
    '"><svg onload=window.harmed=1>',
    "&lt;b&gt; &amp; &copy;",
)
MARKDOWN = (
    "**bold** and _under_ and __init__ and ~~gone~~ and `code`",
    "[look](javascript:window.harmed=1)",
    "![look](http://harm.example/pixel.png)",
    "<http://harm.example>",
    "http://harm.example/a_b",
    "www.harm.example",
    "me@harm.example",
    ":material/home: home",
    ":material_home:",
    ":dog: :+1:",
    ":streamlit:",
    ":red[danger]",
    ":red-badge[x]",
    "$\\frac{1}{2}$ and $$x$$",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "| a | b |",
    "a -> b <- c -- d >= e",
    "    code",
    "two\n\nlines",
    "[x]: http://harm.example",
    "back\\slash\\",
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "\t=1", "=HYPERLINK(0)", "\uff1d1", '=cmd|"/C calc"!A0')
DIRECTIONS = (RTL, f"{RTL} 3.jpg", "a\u202egpj.exe", "\u2067a", "a\u2069b", "\u200f", "\u202e")
OTHERS = (
    LONG,
    "w" * 300,
    "Z" + "\u0301" * 200,
    "a\u200bb\ufeff",
    "bell\x07 and \x1b[2J",
    "caf\udce9",
    "“quoted” € 🐶 …",
    PERSIAN,
    "👨\u200d👩\u200d👧",
    "12:30:45",
)
NAMES = (*HTML, *MARKDOWN, *FORMULAS, *DIRECTIONS, *OTHERS)

# As folders, zips and browsers allow them: text, in one line, without slashes.
FILE_NAMES = tuple(
    dict.fromkeys(
        name.replace("/", "\u2215").replace("\\", "\u2216").strip()[:120]
        for name in NAMES
        if name.strip().isprintable() and not name.startswith(".")
    )
)
