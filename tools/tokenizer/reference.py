"""Token ids by Hugging Face's own tokenizers library, the reference for test/golden/tokenizer.test.ts.

    python reference.py DEMO/tokenizer.json CLIP/tokenizer.json OUT.json

DEMO is models/emoji-clip (context 24), CLIP any folder with the CLIP vocabulary (context 77). Needs: tokenizers.
"""
import json
import sys

from tokenizers import Tokenizer

TEXTS = [
    "",
    " ",
    "a photo of a cat",
    "A Photo of a CAT",
    "  a\tphoto\n of   a cat ",
    "a photo of a cat.",
    "it's a dog, don't they'll we've I'm you're he'd IT'S",
    "rock 'n' roll",
    "3 dogs, 12 cats and 2024 birds; 3.14 %",
    "state-of-the-art ... !!! ?!",
    "snake_case camelCase kebab-case C++ #1 @home",
    "Tom &amp; Jerry &lt;3 &#39;quoted&#39; &nbsp;",
    "caf\u00e9 cafe\u0301 na\u00efve \u00c5ngstr\u00f6m \u212b",
    "stra\u00dfe \ufb01sh \u0130stanbul \u01c4",
    "\u039f\u0394\u039f\u03a3 \u03a3\u0391\u03a3.",
    "\u043a\u043e\u0448\u043a\u0430 \u0438 \u0421\u043e\u0431\u0430\u043a\u0430",
    "\u4e00\u53ea\u732b\u7684\u7167\u7247",
    "\u732b\u306e\u5199\u771f \u30cd\u30b3 \uff21\uff22\uff23\uff11",
    "\uace0\uc591\uc774 \uc0ac\uc9c4",
    "\u0642\u0637\u0629 \u05d7\u05ea\u05d5\u05dc \u0e41\u0e21\u0e27 \u092c\u093f\u0932\u094d\u0932\u0940",
    "\U0001f63a \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u2764\ufe0f",
    "\u201csmart\u201d \u2018quotes\u2019 \u2013 \u2014 \u2026",
    "zero\u200bwidth no\u00a0break ideographic\u3000space",
    "x\u00b2 + y\u00b2 = \u00bd \u2167 \u2460",
    "before <|endoftext|> after <|startoftext|> end",
    "supercalifragilisticexpialidocious",
    "dog " * 21,
    "dog " * 22,
    "dog " * 23,
    "dog " * 75,
    "dog " * 76,
    "floccinaucinihilipilification " * 20,
]


def ids(file, context):
    tokenizer = Tokenizer.from_file(file)
    tokenizer.no_padding()
    tokenizer.enable_truncation(context)
    return [tokenizer.encode(text).ids for text in TEXTS]


demo, clip, out = sys.argv[1:4]
cases = [
    {"text": text, "demo": d, "clip": c} for text, d, c in zip(TEXTS, ids(demo, 24), ids(clip, 77), strict=True)
]
with open(out, "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
