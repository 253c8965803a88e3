import { describe, expect, it } from 'vitest';
import { isRestricted, resolveStudy, type StudySettings } from '../../../src/extension/engine/studySettings';

const surroundings = { bundledFolder: '/extension/models', home: '/home/me', isTrusted: true };
const empty: StudySettings = { model: '', dictionary: '', layer: null, tokens: '' };
const resolve = (settings: Partial<StudySettings>, isTrusted = true) =>
  resolveStudy({ ...empty, ...settings }, { ...surroundings, isTrusted });

describe('resolveStudy', () => {
  it('studies the bundled model with its autoencoder by default', () => {
    expect(resolve({})).toEqual({
      model: '/extension/models/emoji-clip',
      dictionary: '/extension/models/sae-cls',
    });
  });

  it("studies any other model's neurons by default, never the bundled model's autoencoder", () => {
    expect(resolve({ model: '/models/vit' })).toEqual({ model: '/models/vit', dictionary: 'neurons:-2' });
    expect(resolve({ model: 'bundled:emoji-judge' }).dictionary).toBe('neurons:-2');
  });

  it('passes on what is given', () => {
    expect(resolve({ model: '~/models/vit', dictionary: '/saes/one', layer: -1, tokens: 'patches' })).toEqual(
      { model: '/home/me/models/vit', dictionary: '/saes/one', layer: -1, tokens: 'patches' },
    );
    expect(resolve({ dictionary: 'neurons:0', layer: 0 })).toMatchObject({
      dictionary: 'neurons:0',
      layer: 0,
    });
    expect(resolve({ dictionary: ' bundled:sae-patches ' }).dictionary).toBe('/extension/models/sae-patches');
  });

  it('passes on ids of the hub, which no path can be taken for', () => {
    const id = 'laion/CLIP-ViT-B-32@main/open_clip_model.safetensors';
    expect(resolve({ model: 'openai/clip-vit-base-patch32', dictionary: id })).toEqual({
      model: 'openai/clip-vit-base-patch32',
      dictionary: id,
    });
    expect(resolve({ model: ' owner/name ' }).model).toBe('owner/name');
  });

  it("passes on the model's own units as dictionaries, not as models", () => {
    expect(resolve({ dictionary: 'heads:-1' }).dictionary).toBe('heads:-1');
    expect(() => resolve({ model: 'neurons:3' })).toThrow('which is a dictionary and no model');
  });

  it.each([
    [{ model: 'models' }, 'clipsight.model is “models”, which is not an absolute path'],
    [{ model: '../models/vit' }, 'clipsight.model is “../models/vit”'],
    [{ dictionary: 'neurons:last' }, 'clipsight.dictionary is “neurons:last”'],
    [{ model: '~other/vit' }, 'clipsight.model is “~other/vit”'],
    [{ dictionary: './sae' }, 'clipsight.dictionary is “./sae”'],
    [{ model: 'bundled:sae-cls' }, 'clipsight.model is “bundled:sae-cls”, but nothing of that name'],
    [{ dictionary: 'bundled:../../x' }, 'nothing of that name'],
  ])('refuses %j', (settings, message) => {
    expect(() => resolve(settings)).toThrow(message);
  });

  it('studies only the bundled default in a workspace without trust', () => {
    const wanted = { model: '/models/vit', dictionary: '/saes/one', layer: 2, tokens: 'all' } as const;
    expect(resolve(wanted, false)).toEqual(resolve({}));
    expect(isRestricted({ ...empty, ...wanted }, false)).toBe(true);
    expect(isRestricted({ ...empty, ...wanted }, true)).toBe(false);
    expect(isRestricted(empty, false)).toBe(false);
  });
});
