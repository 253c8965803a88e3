import { ClipsightError } from '../../../shared/errors';
import { shapeOf, type TensorFile, tensorNames } from '../../checkpoint/tensors';
import type { Activation } from '../config';
import type { OpenClipConfig } from '../openClipConfig';

/**
 * The architecture of a CLIP in OpenAI's layout as its shapes tell it (open_clip's
 * `build_model_from_openai_state_dict`): layers counted, the grid from the number of positions, the rest as OpenAI's
 * models have it. What no shape tells is assumed, the activation as given.
 *
 * @throws ClipsightError `checkpoint` where the shapes are not those of such a model.
 */
export function architectureFromShapes(source: TensorFile, activation: Activation): OpenClipConfig {
  const root = tensorNames(source).includes('text.token_embedding.weight') ? 'text.' : '';
  const shape = (name: string, axes: number): readonly number[] => {
    const found = shapeOf(source, name);
    if (found?.length === axes) return found;
    throw untold(source, `"${name}" is missing or not of ${axes} axes`);
  };
  const [width = 0, , patchSize = 0] = shape('visual.conv1.weight', 4);
  const [positions = 0] = shape('visual.positional_embedding', 2);
  const grid = Math.sqrt(positions - 1);
  if (!Number.isInteger(grid) || grid === 0)
    throw untold(source, `${positions} positions are no square and a class token`);
  const names = new Set(tensorNames(source));
  if (!names.has('visual.ln_pre.weight')) {
    throw untold(source, 'its image tower is not like OpenAI’s: it has no norm before the first block');
  }
  const [contextLength = 0, textWidth = 0] = shape(`${root}positional_embedding`, 2);
  const [vocabulary = 0] = shape(`${root}token_embedding.weight`, 2);
  const [, embeddingSize = 0] = shape('visual.proj', 2);
  const tower = (name: string, width: number, heads: number) => {
    if (!Number.isInteger(heads) || heads === 0)
      throw untold(source, `a width of ${width} is no multiple of 64`);
    return {
      width,
      heads,
      layers: [...names].filter((key) => key.startsWith(`${name}.resblocks.`) && key.endsWith('.ln_1.weight'))
        .length,
      mlpWidth: shape(`${name}.resblocks.0.mlp.c_fc.weight`, 2)[0] ?? 0,
      epsilon: 1e-5,
      activation,
      layerScale: names.has(`${name}.resblocks.0.ls_1.gamma`),
    };
  };
  return {
    image: {
      ...tower('visual.transformer', width, imageHeads(width)),
      imageSize: patchSize * grid,
      patchSize,
      grid,
      preNorm: true,
      pooling: { kind: 'cls' },
    },
    text: {
      ...tower(`${root}transformer`, textWidth, textWidth / 64),
      contextLength,
      vocabulary,
      pooling: { kind: 'argmax' },
      causal: true,
      padding: null,
      projection: textProjection(names, `${root}text_projection`),
    },
    embeddingSize,
    preparation: { cleaning: 'lower', separatorIsPadding: false, padding: 'zero' },
  };
}

/** 64 wide each, but for the towers wider than OpenAI's: all that open_clip has of those have 16. */
function imageHeads(width: number): number {
  return [1280, 1408, 1664, 1792].includes(width) ? 16 : width / 64;
}

function textProjection(names: ReadonlySet<string>, name: string): 'matrix' | 'linear' | 'none' {
  if (names.has(name)) return 'matrix';
  return names.has(`${name}.weight`) ? 'linear' : 'none';
}

/** What was assumed of weights of open_clip that no configuration lies beside, in sentences. */
export function assumptions({ image, text }: OpenClipConfig, path: string): readonly string[] {
  return [
    `No open_clip_config.json lies beside ${path}, so what the weights do not tell is assumed: GELU (models trained ` +
      `further from OpenAI's have QuickGELU), ${image.heads} and ${text.heads} attention heads, layer norms with an ` +
      'epsilon of 1e-5, causal attention of the text, which is read at its highest token id.',
    `Pictures are assumed to be prepared as OpenAI's models want them, at ${image.imageSize} × ${image.imageSize}.`,
    "The model's own open_clip_config.json, put beside the weights, replaces all of this.",
  ];
}

function untold({ path }: TensorFile, why: string): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    `${path}: the shapes of the weights do not tell the architecture: ${why}.`,
    "Put the model's open_clip_config.json beside the weights.",
  );
}
