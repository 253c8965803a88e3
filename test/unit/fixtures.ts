import type { ImageOutcome } from '../../src/shared/analysis';
import type { EngineInfo } from '../../src/shared/engineProtocol';
import type { StudyInfo } from '../../src/shared/study';

export function engineInfo(): EngineInfo {
  return { version: '0.1.0', pid: 1 };
}

export function studyInfo(key = 'study'): StudyInfo {
  return {
    key,
    model: {
      id: 'emoji-clip',
      folder: '/models/emoji-clip',
      format: 'huggingface-clip',
      sha256: 'm'.repeat(64),
      imageSize: 64,
      patchSize: 8,
      blocks: 5,
      embeddingSize: 128,
      contextLength: 24,
      activation: 'quick_gelu',
      logitScale: 100,
      logitBias: null,
    },
    dictionary: {
      id: 'sae-cls',
      sha256: 'd'.repeat(64),
      point: 'resid_post',
      layer: 3,
      tokens: 'cls',
      size: 1024,
    },
    selfTest: null,
    notes: [],
    computed: { device: 'cpu', precision: 'fp32' },
  };
}

/** `attributions` has one row per direction, of one number per latent. */
export function analysisOutcome(
  latents: readonly number[],
  activations: readonly number[],
  attributions: readonly (readonly number[])[],
): ImageOutcome {
  return {
    kind: 'analysis',
    analysis: {
      width: 192,
      height: 192,
      crop: { left: 0, top: 0, width: 192, height: 192 },
      latents: Int32Array.from(latents),
      activations: Float32Array.from(activations),
      directions: attributions.map((row) => ({
        similarity: 0.5,
        total: row.reduce((a, b) => a + b, 0),
        attributions: Float32Array.from(row),
        mode: 'reverse',
      })),
    },
  };
}
