"""What open_clip does to texts before its tokenizers see them, the reference for test/golden/cleanText.test.ts.

    python cleaning.py OUT.json

Needs: open_clip_torch, ftfy.
"""
import json
import sys

from open_clip.tokenizer import get_clean_fn

TEXTS = [
    "",
    "  A Photo\tof\n a  CAT ",
    "it's a dog, don't! (really?) [yes] {no} snake_case a-b/c",
    "Tom &amp; Jerry &lt;3 &#39;quoted&#39; &nbsp;",
    "&amp;amp; &amp;lt;b&amp;gt; &amp;amp;lt; &quot;&apos;",
    "AT&T R&B rock&roll Q&A; x &",
    "&eacute;&Eacute;&szlig;&frac12;&copy &reg; &notit &times2",
    "&#8217;&#x2019; &#x201c;hi&#x201D; &#233 &#xe9; &#0; &#128; &#150; &#xd800; &#x110000; &#1; &#xfffe; &#13;",
    "a < b &#8217;s &amp;lt; \u2019s",
    "\u201csmart\u201d \u2018quotes\u2019 \u201alow\u201e \u02bcokina \u2013 \u2014 \u2026",
    "stra\u00dfe \ufb01sh \ufb03 \u0133 \u01c4 \u0130stanbul \u0149",
    "\uff21\uff22\uff23\uff11 \uff8a\uff9d\uff76\uff78 ideographic\u3000space \uffe5",
    "caf\u00e9 cafe\u0301 na\u00efve \u212b \u00c5",
    "\u039f\u0394\u039f\u03a3 \u03a3\u0391\u03a3. \u0391\u03a3",
    "\u041a\u041e\u0428\u041a\u0410 \u0438 \u0421\u043e\u0431\u0430\u043a\u0430 \u0401\u0436 \u0451\u043b\u043a\u0430 \u0412\u0451\u0441\u043d\u0430",
    "\u732b\u306e\u5199\u771f \u30cd\u30b3 \uace0\uc591\uc774 \u0642\u0637\u0629 \u05d7\u05ea\u05d5\u05dc",
    "\U0001f63a \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
    "zero\u200bwidth no\u00a0break \ufeffbom soft\u00adhyphen a\u2028b\u2029c",
    "control\x00\x07 \x1b[31mred\x1b[0m \x7f tab\x0bvertical \x0cpage",
    "l\u00e0 \u00bb \u00ab\u00a0oui\u00a0\u00bb \u00e0 \u00a7 3 \u00b5m 5\u00b0 20 \u00a3 \u00bf\u00a1",
    "MEN\u00dc-KARTE \u201eSpa\u00df \u201d \u00d8re \u00c6gir \u00f1and\u00fa \u00c7a va",
    "x\u00b2 + y\u00b2 = \u00bd \u2167 \u2460 \u2122 10 \u20ac",
    "\\ ~ ^ ` | @ # $ % * + = ; : ' \" . ,",
]

(out,) = sys.argv[1:]
cleanings = {name: get_clean_fn(name) for name in ("lower", "whitespace", "canonicalize")}
cases = [{"text": text, **{name: clean(text) for name, clean in cleanings.items()}} for text in TEXTS]
with open(out, "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
