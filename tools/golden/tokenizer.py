"""The byte-pair encoding of a CLIP tokenizer.json, for prompts in ASCII."""
import json
import re

WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")


class Tokenizer:
    def __init__(self, folder):
        tokenizer = json.loads((folder / 'tokenizer.json').read_text())
        self.vocabulary = tokenizer['model']['vocab']
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(tokenizer['model']['merges'])}
        special = {token['content']: token['id'] for token in tokenizer['added_tokens']}
        self.start, self.end = special['<|startoftext|>'], special['<|endoftext|>']

    def word(self, word):
        pieces = [*word[:-1], word[-1] + '</w>']
        while True:
            pairs = [(self.ranks.get(pair, len(self.ranks)), i) for i, pair in enumerate(zip(pieces, pieces[1:]))]
            rank, at = min(pairs, default=(len(self.ranks), 0))
            if rank == len(self.ranks):
                # No unknown token: a piece outside the vocabulary is left out.
                return [self.vocabulary[piece] for piece in pieces if piece in self.vocabulary]
            pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]

    def __call__(self, text):
        assert text.isascii()
        words = WORDS.findall(text.lower())
        return [self.start, *(token for word in words for token in self.word(word)), self.end]
