"""Makes src/web/assets/typeface/atkinson-next.woff2, which is committed: the characters that pages use, in the weights
400 to 700, with tabular figures. Run it when the typeface has a new version or a page a new character:

    pip install fonttools==4.68.0 brotli==1.2.0
    python build/typeface/subset.py
"""

import sys
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).parents[2]
FROM = ROOT / "node_modules/@fontsource-variable/atkinson-hyperlegible-next"
SOURCE = FROM / "files/atkinson-hyperlegible-next-latin-wght-normal.woff2"
TO = ROOT / "src/web/assets/typeface/atkinson-next.woff2"
CHARACTERS = [*map(chr, range(0x20, 0x7F)), *"\u00a0§±²³·×é–—‘’“”…−"]

limited = BytesIO()
instantiateVariableFont(TTFont(SOURCE, recalcTimestamp=False), {"wght": (400, 700)}).save(limited)
font = TTFont(limited, recalcTimestamp=False)
missing = [character for character in CHARACTERS if ord(character) not in font.getBestCmap()]
if missing:
    sys.exit(f"the typeface lacks {' '.join(missing)}")
options = Options(layout_features=["kern", "tnum"], name_IDs=["*"], hinting=False)
subsetter = Subsetter(options)
subsetter.populate(unicodes=map(ord, CHARACTERS))
subsetter.subset(font)
font.flavor = "woff2"
font.save(TO)
print(f"{TO.name}: {TO.stat().st_size} bytes")
