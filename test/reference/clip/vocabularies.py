"""Small tokenizers of the three kinds that CLIP checkpoints come with, made by the `tokenizers` package."""
import json
import re
import string
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

CORPUS = """
a photo of a red circle on a white background
two small dogs and a black cat near the blue door
the green square is not a triangle, it is a square
a drawing of the yellow sun over snow and ice
three people under an umbrella in the rain
an old car, a new bicycle and a wooden boat
a bowl of fruit with apples, pears and bananas
a large brown bear standing in shallow water
the word "stop" painted on a wall
a close-up of a hand holding a phone
wolves and huskies playing in deep snow
a very long street full of lights at night
""".strip().split('\n')



def learn_merges(words, count, continuing=''):
    """Byte pair encoding: the commonest pair of neighbours, of equals the first by name, so that every run learns the
    same (the trainer of `tokenizers` does not). Words are tuples of symbols, those within a word with `continuing`."""
    words, merges = [list(word) for word in words], []
    while len(merges) < count:
        pairs = Counter(pair for word in words for pair in zip(word, word[1:]))
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word in words:
            for i in range(len(word) - 2, -1, -1):
                if (word[i], word[i + 1]) == best:
                    word[i : i + 2] = [best[0] + best[1].removeprefix(continuing)]
    return merges


START, END = '<|startoftext|>', '<|endoftext|>'


def write_clip(folder: Path, context: int, pad: str = END):
    """CLIP's byte pairs with `</w>`, start and end having the two highest ids. Returns the number of tokens."""
    alphabet = [*string.ascii_lowercase, *string.digits, *',.!?"\'-']
    found = [word for line in CORPUS for word in re.findall(r'[a-z]+', line)]
    merges = learn_merges([(*word[:-1], word[-1] + '</w>') for word in found], 120)
    tokens = [*alphabet, *(each + '</w>' for each in alphabet), *map(''.join, merges)]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, end_of_word_suffix='</w>'))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r'\s+'), ' '), normalizers.Lowercase()]
    )
    words = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words), behavior='removed', invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([START, END])
    start, end = (tokenizer.token_to_id(token) for token in (START, END))
    assert end == tokenizer.get_vocab_size() - 1
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, end), (START, start), trim_offsets=False, add_prefix_space=False
    )
    save(folder, tokenizer, context, bos_token=START, eos_token=END, unk_token=END, pad_token=pad)
    return tokenizer.get_vocab_size()


def write_unigram(folder: Path, context: int):
    """As SigLIP's: sentencepiece's unigrams, `</s>` at the end and as padding, punctuation taken out."""
    letters = ['▁', *string.ascii_lowercase, *string.digits]
    found = ['▁' + word for line in CORPUS for word in re.findall('[a-z]+', line)]
    pieces = [*map(''.join, learn_merges(found, 100))]
    # Log probabilities that fall as the pieces were found, letters last.
    scores = {'<pad>': 0.0, '</s>': 0.0, '<unk>': 0.0}
    scores |= {piece: -3 - 0.02 * i for i, piece in enumerate(pieces)} | {letter: -6.5 for letter in letters}
    tokenizer = Tokenizer(models.Unigram([(piece, round(score, 4)) for piece, score in scores.items()], 2))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Lowercase(),
            normalizers.Replace(Regex(f'[{re.escape(string.punctuation)}]'), ''),
            normalizers.Replace(Regex(r'\s+'), ' '),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement='▁', prepend_scheme='always')
    tokenizer.decoder = decoders.Metaspace(replacement='▁', prepend_scheme='always')
    end = tokenizer.token_to_id('</s>')
    assert end == 1
    tokenizer.post_processor = processors.TemplateProcessing(single='$A </s>', special_tokens=[('</s>', end)])
    save(folder, tokenizer, context, eos_token='</s>', unk_token='<unk>', pad_token='</s>')
    return tokenizer.get_vocab_size()


def write_gemma(folder: Path, context: int):
    """As SigLIP 2's: byte pairs with bytes to fall back on, `<eos>` at the end, `<pad>` (0) after it."""
    special = ['<pad>', '<eos>', '<bos>', '<unk>']
    letters = [*string.ascii_lowercase, '▁', *',.!?"\'-']
    found = [word for line in CORPUS for word in re.findall('[a-z]+▁?', line.replace(' ', '▁'))]
    merges = learn_merges(found, 100)
    bytes_ = [f'<0x{byte:02X}>' for byte in range(256)]
    tokens = [*special, *bytes_, *letters, *map(''.join, merges)]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token='<unk>', fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(' ', '▁')])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(' ', behavior='merged_with_previous')
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace('▁', ' '), decoders.ByteFallback(), decoders.Fuse()]
    )
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = processors.TemplateProcessing(single='$A <eos>', special_tokens=[('<eos>', 1)])
    save(folder, tokenizer, context, eos_token='<eos>', bos_token='<bos>', unk_token='<unk>', pad_token='<pad>')
    return tokenizer.get_vocab_size()


def write_bert(folder: Path, context: int):
    """As BERT's, which CLIPA uses: pieces of words, `[CLS]` before a text, `[SEP]` after it, `[PAD]` 0."""
    special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
    found = [word for line in CORPUS for word in re.findall('[a-z]+', line)]
    merges = learn_merges([(word[0], *('##' + letter for letter in word[1:])) for word in found], 80, '##')
    letters = [*string.ascii_lowercase, *string.digits, *',.!?"\'-']
    pieces = [first + rest.removeprefix('##') for first, rest in merges]
    tokens = [*special, *letters, *('##' + letter for letter in letters), *pieces]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token='[UNK]'))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = processors.TemplateProcessing(
        single='[CLS] $A [SEP]', special_tokens=[('[CLS]', 2), ('[SEP]', 3)]
    )
    names = {'pad': '[PAD]', 'unk': '[UNK]', 'cls': '[CLS]', 'sep': '[SEP]', 'mask': '[MASK]'}
    save(folder, tokenizer, context, **{f'{name}_token': token for name, token in names.items()})
    return tokenizer.get_vocab_size()


def save(folder: Path, tokenizer: Tokenizer, context: int, **tokens):
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=context, padding_side='right', **tokens
    )
    fast.save_pretrained(folder)
    compact(folder)


def compact(folder: Path):
    """The same JSON without white space."""
    path = folder / 'tokenizer.json'
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(',', ':')))
