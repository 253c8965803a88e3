"""Which animal is it? Zero-shot classification, as one writes it with open_clip."""

import open_clip
import torch
from PIL import Image

IMAGE = "images/wolf/wolf_00.jpg"

class_names = ["wolf", "dog", "fox", "cat", "bear", "sheep"]

templates = [
    "a photo of a {}",
    "a picture of a {}",
    "a {} in the snow",
    "a {} on the grass",
]

captions = [
    "a wolf in the snow",
    "a cow on the grass",
    "a race car",
    "a hot dog",
]


def zero_shot_classifier(model, tokenizer):
    """One direction per class: the mean over its templates. Shape [embedding, classes]."""
    directions = []
    for name in class_names:
        texts = tokenizer([template.format(name) for template in templates])
        embeddings = torch.nn.functional.normalize(model.encode_text(texts), dim=-1)
        directions.append(torch.nn.functional.normalize(embeddings.mean(dim=0), dim=-1))
    return torch.stack(directions, dim=1)


def main():
    model, _, preprocess = open_clip.create_model_and_transforms("emoji-clip")
    tokenizer = open_clip.get_tokenizer("emoji-clip")
    image = preprocess(Image.open(IMAGE)).unsqueeze(0)
    with torch.no_grad():
        embedding = torch.nn.functional.normalize(model.encode_image(image), dim=-1)
        scores = embedding @ zero_shot_classifier(model, tokenizer)
        print(dict(zip(class_names, scores.squeeze(0).tolist())))
        print(embedding @ model.encode_text(tokenizer(captions)).T)


if __name__ == "__main__":
    main()
