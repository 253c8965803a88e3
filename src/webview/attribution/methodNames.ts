import type { Method } from '../../shared/measurement';

/** What people call the methods. */
export const methodNames: { readonly [M in Method]: string } = {
  'activation-gradient': 'activation × gradient',
  'integrated-gradients': 'integrated gradients',
  'logit-lens': 'Logit Lens',
  'activation-logit-lens': 'activation × Logit Lens',
  energy: 'energy',
  random: 'random order',
  ablation: 'exact ablation',
};
