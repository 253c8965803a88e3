import type { TowerVariant } from './randomClip';

/** Image towers of every kind, by what is special to them. */
export const towers: Readonly<Record<string, TowerVariant>> = {
  CLIP: {
    pooling: 'cls',
    cls: true,
    preNorm: true,
    patchBias: false,
    projection: 'plain',
    activation: 'quick_gelu',
  },
  'CLS, LayerScale, transposed weights': {
    pooling: 'cls',
    cls: true,
    preNorm: false,
    patchBias: true,
    projection: 'transposed',
    activation: 'gelu',
    layerScale: true,
    transposed: true,
  },
  'average of the patches beside a CLS token, then the norm': {
    pooling: 'average after',
    cls: true,
    preNorm: true,
    patchBias: false,
    projection: 'biased',
    activation: 'gelu',
    layerScale: true,
  },
  'average of normed patches, no CLS token': {
    pooling: 'average before',
    cls: false,
    preNorm: false,
    patchBias: true,
    projection: 'plain',
    activation: 'gelu',
    transposed: true,
  },
  'SigLIP: attention pooling, no CLS token, no projection': {
    pooling: 'attention',
    cls: false,
    preNorm: false,
    patchBias: true,
    projection: null,
    activation: 'gelu_pytorch_tanh',
  },
  'attention pooling over CLS and patches': {
    pooling: 'attention',
    cls: true,
    preNorm: true,
    patchBias: false,
    projection: 'biased',
    activation: 'gelu',
    transposed: true,
  },
};
