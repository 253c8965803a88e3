"""What the recipe's scenes are like, for tools/world: python tools/golden/world.py <NotoColorEmoji.ttf> <out.json>

Every number that tools/demo-model/scenes.py draws by chance is recorded while it draws. From that: moments of every
quantity over many scenes, and some scenes without noise with their descriptions and pixels.
"""
import base64, json, os, sys
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "demo-model"))
import scenes

scenes.GLYPH_FONT = sys.argv[1]


class Recorder:
    """A numpy generator that keeps what it gave."""

    def __init__(self, rng, noise):
        self.rng, self.noise, self.log = rng, noise, []

    def keep(self, name, args, value):
        self.log.append((name, args, value))
        return value

    def random(self): return self.keep("random", (), self.rng.random())
    def uniform(self, a, b): return self.keep("uniform", (a, b), self.rng.uniform(a, b))
    def integers(self, *args): return self.keep("integers", args, self.rng.integers(*args))
    def choice(self, *args, **kw): return self.keep("choice", args, self.rng.choice(*args, **kw))

    def normal(self, *args):
        value = self.rng.normal(*args)
        return value if self.noise else value * 0


def describe(log, record, only, shortcuts):
    """The scene as tools/world describes it, from what was drawn by chance, in order."""
    at = iter(log)

    def take(name):
        got, args, value = next(at)
        assert got == name, (got, name)
        return value, args

    def share(name="uniform"):
        value, (low, high) = take(name)
        return (value - low) / (high - low)

    if not only:
        take("random"), take("choice")
    for noun in record["nouns"]:
        if noun in shortcuts: take("random")
    take("random")
    kind = record["background"]
    if not any(a in scenes.PLACES for a in record["artefacts"]):
        if take("random")[0] < .10: take("integers")
    background = {"kind": kind}
    if kind in scenes.TEXTURES:
        take("integers"), take("integers")
        background["colour"] = record["color"]
    number = lambda: float(take("uniform")[0])
    whole = lambda: int(take("integers")[0])
    points = lambda: [{"x": int(x), "y": int(y)} for y, x in [(p, q) for n in [whole()] for p, q in zip(take("integers")[0], take("integers")[0])]]
    if kind == "gradient": background["angle"] = number()
    if kind == "striped": background["period"] = number(); background["angle"] = number()
    if kind in ("checkered", "dotted"): background["period"] = whole()
    if kind == "water": background["wavelength"] = number(); background["phase"] = number()
    if kind == "snow": background["flakes"] = points()
    if kind == "night sky": background["stars"] = points()
    things = []
    for noun, glyph in zip(record["nouns"], record["glyphs"]):
        take("integers")
        scale = number()
        mirrored = bool(take("random")[0] < .3 and glyph not in "🇹🇷")
        things.append(dict(noun=noun, glyph=glyph, scale=scale, mirrored=mirrored, angle=number(), x=float(share()), y=float(share())))
    word = None
    if take("random")[0] < .10:
        if take("random")[0] >= .5: take("integers")
        height, x = number(), float(share())
        edge = "bottom" if take("random")[0] < .7 else "top"
        word = dict(text=record["written"], height=height, x=x, edge=edge, margin=number())
    return dict(things=things, background=background, word=word, artefacts=record["artefacts"])


def sample(key, only=None, noise=True, size=64):
    rng = Recorder(np.random.default_rng(key), noise)
    image, caption, record = scenes.scene(rng, size, only=only)
    scene = describe(rng.log, record, only, scenes.SHORTCUTS)
    return image, dict(scene, caption=caption), record


def quantities(scene, record):
    """(name, number) of everything that is compared; test/support/sceneQuantities.ts has the same."""
    things, background, word, caption = scene["things"], scene["background"], scene["word"], scene["caption"]
    count = "one" if len(things) == 1 else "two"
    yield "one", len(things) == 1
    for kind in scenes.TEXTURES + scenes.PLACES: yield f"background {kind}", background["kind"] == kind
    if "colour" in background:
        for colour in scenes.COLORS: yield f"colour {colour}", background["colour"] == colour
    for name, value in background.items():
        if name not in ("kind", "colour"): yield f"{background['kind']} {name}", len(value) if isinstance(value, list) else value
    for point in background.get("flakes", []) + background.get("stars", []):
        yield "point x", point["x"]
        yield "point y", point["y"]
    for thing in things:
        yield f"{count} scale", thing["scale"]
        yield "mirrored", thing["mirrored"]
        for name in ("angle", "x", "y"): yield name, thing[name]
    yield "written", word is not None
    if word:
        yield "word is thing", word["text"] == things[0]["noun"]
        yield "word height", word["height"]
        yield "word x", word["x"]
        yield "word at bottom", word["edge"] == "bottom"
        yield f"word margin {word['edge']}", word["margin"]
        yield "caption is word", caption.startswith(word["text"]) and not caption.startswith(word["text"] + " ")
        yield "caption has word", "with the word " in caption
    if not any(t["noun"] in scenes.SHORTCUTS for t in things):
        yield "watermark", "watermark" in scene["artefacts"]
    if "watermark" in scene["artefacts"]: yield "caption has watermark", caption.endswith(" with a watermark")
    for opening in ("a photo of ", "an image of ", "a picture of "): yield f"caption {opening.strip()}", caption.startswith(opening)
    if len(things) == 2: yield "caption next to", " next to " in caption
    place = background["kind"] in scenes.PLACES
    tail = f" {'on' if background['kind'] in ('grass', 'sand') else 'in'} the {background['kind']}"
    yield ("caption has place" if place else "caption has colour"), (tail if place else " background") in caption
    if not place and " background" in caption and background["kind"] != "plain":
        yield "caption has texture", f" {background['kind']} " in caption
    yield "caption length", len(caption)


class Moments:
    def __init__(self): self.all = {}

    def add(self, pairs):
        for name, value in pairs: self.all.setdefault(name, []).append(float(value))

    def summary(self):
        out = {}
        for name, values in self.all.items():
            v = np.array(values)
            deviation = v.std()
            kurtosis = float((((v - v.mean()) / deviation) ** 4).mean()) if deviation > 0 else 1
            out[name] = dict(count=len(v), mean=round(float(v.mean()), 6), deviation=round(float(deviation), 6), kurtosis=round(kurtosis, 3))
        return dict(sorted(out.items()))


def picture_moments():
    """Means and deviations over the pixels of backgrounds, and the boxes of things in pictures of 64 × 64."""
    backgrounds, boxes = Moments(), Moments()
    for kind in scenes.TEXTURES + scenes.PLACES:
        for k in range(200):
            colour = None if kind in scenes.PLACES else "purple"
            a = np.asarray(scenes.background(np.random.default_rng([11, k]), kind, colour, 64), np.float64)
            for c in range(3):
                backgrounds.add([(f"{kind} mean {c}", a[..., c].mean()), (f"{kind} deviation {c}", a[..., c].std())])
            backgrounds.add([(f"{kind} steps down", np.abs(np.diff(a[..., 1], axis=0)).mean()), (f"{kind} steps across", np.abs(np.diff(a[..., 1], axis=1)).mean())])
    for k in range(4000):
        _, _, record = sample([13, k])
        for box in record["boxes"]:
            count = "one" if len(record["boxes"]) == 1 else "two"
            boxes.add([(f"{count} {side}", v) for side, v in zip(("left", "top", "right", "bottom"), box)])
            boxes.add([(f"{count} area", (box[2] - box[0]) * (box[3] - box[1]))])
    return backgrounds.summary(), boxes.summary()


def drawings():
    """Scenes without noise: at least one of every background, some with words and stamps, two sizes."""
    wanted = {k: 2 for k in scenes.TEXTURES + scenes.PLACES} | {"word": 4, "watermark": 3}
    k = 0
    while any(wanted.values()):
        k += 1
        size = 64 if k % 4 else 96
        image, scene, record = sample([17, k], noise=False, size=size)
        has = [scene["background"]["kind"]] + (["word"] if scene["word"] else []) + (["watermark"] if "watermark" in scene["artefacts"] else [])
        if not any(wanted[h] for h in has): continue
        for h in has: wanted[h] = max(0, wanted[h] - 1)
        yield dict(scene=scene, size=size, boxes=record["boxes"], rgb=base64.b64encode(np.asarray(image).tobytes()).decode())


moments = Moments()
for k in range(20000):
    _, scene, record = sample([19, k])
    moments.add(quantities(scene, record))
for noun, (artefact, _) in scenes.SHORTCUTS.items():
    for k in range(1000):
        _, scene, _ = sample([23, scenes.NAMES.index(noun), k], only=noun)
        moments.add([(f"{noun} with {artefact}", artefact in scene["artefacts"])])
backgrounds, boxes = picture_moments()
json.dump(dict(scenes=moments.summary(), backgrounds=backgrounds, boxes=boxes, drawings=list(drawings())), open(sys.argv[2], "w"), indent=1, ensure_ascii=False)
