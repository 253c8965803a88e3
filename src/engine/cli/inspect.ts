import type { Card, DictionaryCard, ModelCard } from '../../shared/inspection';

type Row = readonly [name: string, value: string];

/** A card for people: a heading, then a line per fact. */
export function cardTable(card: Card): string {
  const rows = card.kind === 'model' ? modelRows(card) : dictionaryRows(card);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `${card.id} · ${card.kind} · ${card.format}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...card.notes.map((note) => `Note: ${note}`),
  ].join('\n');
}

function modelRows(card: ModelCard): Row[] {
  const { preprocess, text } = card;
  const extent = ({ width, height }: { readonly width: number; readonly height: number }) =>
    `${width} × ${height}`;
  return [
    [
      'image tower',
      `${card.layers} layers, width ${card.width}, ${card.heads} heads, MLP ${card.mlpWidth}, ${card.activation}`,
    ],
    [
      'tokens',
      `${card.tokens}: patches of ${card.patch} pixels on ${card.imageSize}, pooled by ${card.pooling}`,
    ],
    [
      'text tower',
      `${text.layers} layers, width ${text.width}, ${text.heads} heads, ${text.activation}, ` +
        `${text.causal ? 'causal' : 'not causal'}, pooled by ${text.pooling}`,
    ],
    ['texts', `${card.context} tokens of ${card.vocabulary}`],
    ['tokenizer', card.tokenizer ?? 'none'],
    ['embedding', String(card.embedding)],
    ['score', scoreText(card)],
    [
      'preprocessing',
      `as ${preprocess.family}: ${preprocess.resize} to ${extent(preprocess.size)}, ${preprocess.interpolation}` +
        `${preprocess.crop === null ? '' : `, crop ${extent(preprocess.crop)}`}, ` +
        `mean ${preprocess.mean.join(' ')}, std ${preprocess.std.join(' ')}`,
    ],
    ['weights', `${(card.parameters / 1e6).toFixed(1)} million, ${card.precision.join(', ')}`],
    ...fileRows(card),
  ];
}

function scoreText({ logitScale, logitBias }: ModelCard): string {
  const scale = `${logitScale.toFixed(2)} · cosine`;
  return logitBias === null ? `softmax of ${scale}` : `sigmoid of ${scale} + ${logitBias.toFixed(2)}`;
}

function dictionaryRows(card: DictionaryCard): Row[] {
  const from = (value: number | string | null) => value ?? 'not said';
  return [
    ['architecture', `${card.architecture}${card.k === null ? '' : `, k = ${card.k}`}`],
    ['latents', `${card.size}, of ${card.input} dimensions`],
    ['decomposes', `${card.point} of block ${from(card.layer)}, ${from(card.tokens)} tokens`],
    ['input', `normalised: ${card.normalize}; decoder bias taken off: ${biasText(card)}`],
    ['trained on', from(card.model) as string],
    ['weights', card.precision.join(', ') || 'the model’s own'],
    ...fileRows(card),
  ];
}

function biasText({ subtractsDecoderBias }: DictionaryCard): string {
  if (subtractsDecoderBias === null) return 'the self-test decides';
  return subtractsDecoderBias ? 'yes' : 'no';
}

function fileRows({ files }: Card): Row[] {
  return files.map(({ path, size }, i) => [i === 0 ? 'files' : '', `${path} (${bytesText(size)})`]);
}

/** Bytes as people read them, in powers of 1000. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power > 1 ? 1 : 0)} ${units[power - 1]}`;
}
