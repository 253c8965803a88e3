import type { ComputeFigures, MapFigures } from './compute';
import type { Comparison, Quantity, Row } from './results';
import { atLeast, atMost, beside, besidePytorch, row, rowBeside, time } from './rows';

/** What is demanded of the usual hook, where one block is left, on two cores. */
export interface Demands {
  readonly oneBlockLeft: boolean;
  /** How many times as fast as PyTorch. */
  readonly own: number | null;
  readonly frozen: number | null;
}

export function computeRows(figures: ComputeFigures, { oneBlockLeft, own, frozen }: Demands): Row[] {
  const { plain, onePrompt, thousandPrompts, hundredPrompts, pytorch, components } = figures;
  const forward = { what: 'plain ONNX forward pass', measured: time(plain) };
  const beforePlain = (what: string, ms: number, limit: Comparison['limit'] = null) =>
    rowBeside(what, time(ms), forward, limit);
  const theirs = (ours: Quantity, what: string, ms: number | null | undefined, least: number | null = null) =>
    besidePytorch(
      ours,
      what,
      ms === undefined || ms === null ? null : time(ms),
      least === null ? null : atLeast(least),
    );
  const attribution = time(onePrompt);
  const besideOne = { what: '1 prompt', measured: attribution };
  return [
    {
      ...row('plain ONNX forward pass', time(plain)),
      pytorch: [theirs(time(plain), 'plain forward pass', pytorch?.plain)],
    },
    {
      ...beforePlain('warm attribution, 1 prompt', onePrompt, oneBlockLeft ? atMost(1.15) : null),
      pytorch: [
        theirs(attribution, 'own way', pytorch?.own, own),
        theirs(attribution, 'own way, backward()', pytorch?.backward),
        theirs(attribution, 'own way, parameters frozen', pytorch?.frozen, frozen),
        theirs(attribution, 'lean', pytorch?.lean),
      ],
    },
    {
      ...rowBeside('warm attribution, 100 prompts', time(hundredPrompts), besideOne),
      pytorch: [theirs(time(hundredPrompts), '100 × own way', pytorch && 100 * pytorch.own)],
    },
    rowBeside(
      'warm attribution, 1 000 prompts',
      time(thousandPrompts),
      besideOne,
      oneBlockLeft ? atMost(1.2) : null,
    ),
    beforePlain('a second prompt at once, before it was prepared for', figures.secondPrompt),
    {
      ...row(
        'a further prompt on an image, its text given',
        time(figures.newPromptOnKept),
        oneBlockLeft
          ? beside(time(figures.newPromptOnKept), { what: 'allowed', measured: time(1) }, atMost(1))
          : null,
      ),
      pytorch: [theirs(time(figures.newPromptOnKept), 'lean', pytorch?.lean)],
    },
    {
      ...beforePlain('the text of a new prompt', figures.text),
      pytorch: [theirs(time(figures.text), 'text, all positions', pytorch?.text)],
    },
    beforePlain('up to the hook', figures.trunk),
    beforePlain('active latents', figures.encode),
    beforePlain('after the hook, reverse, 1 prompt', figures.reverse),
    ...(figures.forward === null
      ? []
      : [beforePlain(`after the hook, forward, ${components} latents`, figures.forward)]),
    rowBeside(
      `exact ablation of ${figures.ablated} of ${components} active components`,
      time(figures.ablation),
      { what: 'up to the hook', measured: time(figures.trunk) },
      oneBlockLeft ? atMost(3) : null,
    ),
    beforePlain('integrated gradients, 1 prompt, 16 points', figures.integratedGradients),
  ];
}

export function mapRows(figures: MapFigures): Row[] {
  const forward = { what: 'plain ONNX forward pass', measured: time(figures.plain) };
  return [
    rowBeside('up to the hook, weights in place', time(figures.trunkInPlace), {
      what: 'prepacked',
      measured: time(figures.trunk),
    }),
    rowBeside('map of what made a component fire', time(figures.evidenceMap), forward),
    rowBeside('the same of one patch, all components', time(figures.evidenceAtPatch), forward),
  ];
}
