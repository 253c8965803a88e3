import { l10n } from 'vscode';
import type { ModelCard } from '../../shared/inspection';
import type { ModelFormat } from '../../shared/modelFormat';
import { count, decimal, roughly } from './amounts';
import { filesRow, noteRows } from './fileRows';
import type { Row } from './row';

/** What a model is, in lines that a person can take in at a glance. */
export function modelRows(card: ModelCard): Row[] {
  return [
    architectureRow(card),
    { id: 'activation', label: l10n.t('Activation'), description: card.activation },
    preprocessingRow(card),
    embeddingRow(card),
    textTowerRow(card),
    {
      id: 'tokenizer',
      label: l10n.t('Tokenizer'),
      description: card.tokenizer ?? l10n.t('none'),
      ...(card.tokenizer === null
        ? {
            tone: 'warning',
            details: [l10n.t('Without a tokenizer no prompt can be read.')],
          }
        : { details: [card.tokenizer] }),
    },
    {
      id: 'precision',
      label: l10n.t('Precision'),
      description: l10n.t('{0}, {1} parameters', card.precision.join(', '), roughly(card.parameters)),
      details: [
        l10n.t('The types that the weights are stored in, the commonest first.'),
        l10n.t('{0} parameters', count(card.parameters)),
      ],
    },
    ...filesRow(card.files, modelFormats[card.format]),
    ...noteRows(card.notes),
  ];
}

const modelFormats: Readonly<Record<ModelFormat, string>> = {
  'huggingface-clip': 'Hugging Face CLIPModel',
  'huggingface-siglip': 'Hugging Face SiglipModel',
  open_clip: 'OpenCLIP',
  openai: 'OpenAI CLIP',
  timm: 'timm',
};

function architectureRow(card: ModelCard): Row {
  const { layers, width, heads, patch, tokens, mlpWidth, imageSize } = card;
  return {
    id: 'architecture',
    label: l10n.t('Architecture'),
    description: l10n.t(
      'ViT, {0} layers × {1}, {2} heads, patch {3}, {4} tokens',
      layers,
      width,
      heads,
      patch,
      tokens,
    ),
    details: [
      l10n.t('Images of {0} × {0} pixels in patches of {1} × {1}: {2} tokens.', imageSize, patch, tokens),
      l10n.t(
        '{0} layers of width {1}, each with {2} attention heads and an MLP of {3} neurons.',
        layers,
        width,
        heads,
        count(mlpWidth),
      ),
      poolingSentence(card),
    ],
  };
}

function poolingSentence({ pooling }: ModelCard): string {
  switch (pooling) {
    case 'cls':
      return l10n.t('The embedding is read from the CLS token.');
    case 'average':
      return l10n.t('The embedding is the mean of the tokens.');
    case 'attention':
      return l10n.t('The embedding is read from the tokens by an attention head of its own.');
  }
}

function preprocessingRow({ preprocess }: ModelCard): Row {
  const { family, resize, size, crop, interpolation, mean, std } = preprocess;
  const extent = ({ width, height }: { width: number; height: number }) => `${width} × ${height}`;
  const seen = extent(crop ?? size);
  return {
    id: 'preprocessing',
    label: l10n.t('Preprocessing'),
    description: l10n.t('{0}, {1}, {2}', seen, interpolation, resize),
    details: [
      l10n.t('As {0} does it.', family),
      l10n.t('Resized to {0} ({1}, {2}).', extent(size), resize, interpolation),
      ...(crop === null ? [] : [l10n.t('Cropped to {0} at the centre.', extent(crop))]),
      l10n.t('Mean {0}, standard deviation {1}.', mean.map(decimal).join(', '), std.map(decimal).join(', ')),
    ],
  };
}

function embeddingRow({ embedding, logitScale, logitBias }: ModelCard): Row {
  const scale = logitScale === null ? [] : [l10n.t('Logit scale {0}.', decimal(logitScale))];
  const bias = logitBias === null ? [] : [l10n.t('Logit bias {0}.', decimal(logitBias))];
  return {
    id: 'embedding',
    label: l10n.t('Embedding'),
    description: l10n.t('{0} numbers', count(embedding)),
    details: [l10n.t('Images and texts become {0} numbers.', count(embedding)), ...scale, ...bias],
  };
}

function textTowerRow({ text, context, vocabulary }: ModelCard): Row {
  return {
    id: 'text',
    label: l10n.t('Text tower'),
    description: l10n.t(
      '{0} layers × {1}, {2} heads, {3} tokens',
      text.layers,
      text.width,
      text.heads,
      context,
    ),
    details: [
      l10n.t('Prompts of up to {0} tokens of a vocabulary of {1}.', context, count(vocabulary)),
      text.causal
        ? l10n.t('Each token sees those before it (causal); activation {0}.', text.activation)
        : l10n.t('Each token sees all others; activation {0}.', text.activation),
      l10n.t('The embedding is read from: {0}.', text.pooling),
    ],
  };
}
