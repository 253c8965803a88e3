import * as path from 'node:path';

/** The bundled models and dictionaries lie beside the programs. */
const models = path.resolve(__dirname, '../models');

export const bundledModel = path.join(models, 'emoji-clip');
export const bundledDictionary = path.join(models, 'sae-cls');
export const bundledJudge = path.join(models, 'emoji-judge');
