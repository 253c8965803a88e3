import type { Method } from '../../shared/measurement';
import { points, signedPoints } from '../../shared/points';
import { raw, withSign } from '../components/format';

interface MethodText {
  readonly label: string;
  /** Head of the column of its values. */
  readonly column: string;
  /** How a screen reader calls a value. */
  readonly spoken: string;
  readonly tooltip: string;
  /** `points` are hundredths of cosine; only those can be compared with a measured effect. */
  readonly unit: 'points' | 'cosine' | 'activation' | 'stream' | 'none';
  /** Why there is no difference of prompts; null where the value is linear in the prompt's direction. */
  readonly notVersus: string | null;
}

const oneCosine = 'It is of one prompt; only what is linear in the prompt is shown as a difference.';
const noPrompt = 'It knows nothing of prompts, so there is no difference between them.';

export const methodTexts: { readonly [M in Method]: MethodText } = {
  'activation-gradient': {
    label: 'activation × gradient',
    column: 'Attribution',
    spoken: 'attribution',
    tooltip: 'A_j = z_j · ∂y/∂z_j in points (× 100), signed',
    unit: 'points',
    notVersus: null,
  },
  'integrated-gradients': {
    label: 'integrated gradients',
    column: 'Int. grad.',
    spoken: 'integrated gradient',
    tooltip:
      'z_j · the mean of ∂y/∂z_j on the straight path from all components off to as they are, in points (× 100)',
    unit: 'points',
    notVersus: null,
  },
  'logit-lens': {
    label: 'Logit Lens',
    column: 'Logit Lens',
    spoken: 'Logit Lens',
    tooltip: 'Cosine of the prompt and what the component would write into the embedding by itself',
    unit: 'cosine',
    notVersus: oneCosine,
  },
  'activation-logit-lens': {
    label: 'activation × Logit Lens',
    column: 'z × Lens',
    spoken: 'activation times Logit Lens',
    tooltip: 'z_j · Logit Lens, in units of the activation',
    unit: 'activation',
    notVersus: oneCosine,
  },
  energy: {
    label: 'energy',
    column: 'Energy',
    spoken: 'energy',
    tooltip: 'z_j · ‖W_dec[j]‖: how much of the residual stream it writes, in the stream’s own units',
    unit: 'stream',
    notVersus: noPrompt,
  },
  random: {
    label: 'random order',
    column: 'Random',
    spoken: 'random',
    tooltip: 'A seeded random order, to compare the others with: its values mean nothing',
    unit: 'none',
    notVersus: noPrompt,
  },
  ablation: {
    label: 'exact ablation',
    column: 'Ablation',
    spoken: 'ablation',
    tooltip: 'y − y with the component removed, by running the model, in points (× 100)',
    unit: 'points',
    notVersus: null,
  },
};

/** What the method that bars show can be; the first is the default. */
export const barMethods = Object.keys(methodTexts) as readonly Method[];

/** A value in its unit, with its sign. */
export function valueText(method: Method, value: number): string {
  switch (methodTexts[method].unit) {
    case 'points':
      return signedPoints(value);
    case 'cosine':
      return withSign(value, value.toFixed(3));
    case 'activation':
    case 'stream':
    case 'none':
      return withSign(value, Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3));
  }
}

/** In full, with what it is of. */
export function valueTooltip(method: Method, value: number): string {
  switch (methodTexts[method].unit) {
    case 'points':
      return `${raw(value)} of cosine, ${points(value)} points`;
    case 'cosine':
      return `Cosine ${raw(value)}`;
    case 'activation':
      return `${raw(value)} in units of the activation`;
    case 'stream':
      return `${raw(value)} in units of the residual stream`;
    case 'none':
      return raw(value);
  }
}
