import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Handlers, JobContext } from '../../shared/rpc/protocol';
import type { MapRequest, PatchComponents, PatchMap, PatchRequest } from '../../shared/where';
import { embeddingOf, type KeptImage } from '../attribution/attribute';
import type { Evidence } from '../attribution/evidence';
import {
  activationOn,
  attributionOn,
  onPatches,
  type PatchTokens,
  patchTokens,
} from '../attribution/patchMaps';
import { type ScoreDirection, score } from '../attribution/score';
import { tiledPart } from '../components/tokenRegions';
import { steps } from '../job';
import { demandComponent, type Study } from '../study';
import type { JobServices } from './jobServices';

type PatchJobs = Pick<Handlers<EngineProtocol>, 'mapPatches' | 'componentsAt'>;

/** Jobs about where in a picture things are. */
export function patchJobs({ inTurn, studyFor, demandUnchanged }: JobServices): PatchJobs {
  const withStudy = <T>(
    request: MapRequest['study'],
    job: JobContext,
    use: (study: Study) => Promise<T>,
  ): Promise<T> =>
    inTurn(async () => {
      const result = await use(await studyFor(request, job));
      // Weights are read where they lie: a file rewritten meanwhile may have given wrong numbers.
      await demandUnchanged();
      return result;
    });
  return {
    mapPatches: (request, job) => withStudy(request.study, job, async (study) => mapOf(request, study, job)),
    componentsAt: (request, job) =>
      withStudy(request.study, job, async (study) => componentsAt(request, study, job)),
  };
}

/** What a map shows, and what a person should know of it. */
type Shown = Pick<PatchMap, 'values' | 'elsewhere' | 'notes'>;

async function mapOf({ map, image: source }: MapRequest, study: Study, job: JobContext): Promise<PatchMap> {
  const { dictionary, evidence, model, programs } = study;
  const { componentSize } = dictionary;
  const { grid } = model.checkpoint.image;
  if ('component' in map) demandComponent(map.component, dictionary.info);
  const tokens =
    map.kind === 'activation' || map.kind === 'attribution' ? demandPatches(map.kind, study) : null;
  const direction = 'direction' in map ? await resolveOne(map.direction, study, job) : null;
  const { image, pixels } = await study.look(source);
  const column = 'component' in map ? image.components.indexOf(map.component) : -1;
  const silent: Shown | null =
    'component' in map && column < 0
      ? {
          values: new Float32Array(grid * grid),
          elsewhere: tokens === null || tokens.first === 1 ? 0 : null,
          notes: [`Component ${map.component} is not active in this picture.`],
        }
      : null;
  const show = async (): Promise<Shown> => {
    switch (map.kind) {
      case 'activation':
        return shownOnPatches(tokens!, (token) => activationOn(token, image, { column, componentSize }));
      case 'attribution': {
        const gradient = await programs.gradient(image, direction!.direction);
        return shownOnPatches(tokens!, (token) =>
          attributionOn(token, image, { column, componentSize }, gradient),
        );
      }
      case 'evidence': {
        const between = steps(job, 'Mapping', evidence.runs);
        const found = await evidence.ofComponent(pixels, image.codes, column, between);
        return shownEvidence(found, totalActivation(image, column, componentSize));
      }
      case 'score': {
        const between = steps(job, 'Mapping', evidence.runs);
        const found = await evidence.ofScore(pixels, direction!.direction, between);
        return shownEvidence(found, score(await embeddingOf(image, programs), direction!.direction));
      }
    }
  };
  const shown = silent ?? (await show());
  return {
    study: study.info,
    rows: grid,
    columns: grid,
    crop: tiledPart(model.checkpoint.image, model.preprocessing, image),
    ...shown,
    notes: [...(direction?.notes ?? []), ...shown.notes],
  };
}

async function componentsAt(
  { image: source, direction, patch }: PatchRequest,
  study: Study,
  job: JobContext,
): Promise<PatchComponents> {
  const { dictionary, evidence, model, programs } = study;
  const { componentSize, hook } = dictionary;
  const patches = model.checkpoint.image.grid ** 2;
  if (patch >= patches) {
    throw new ClipsightError(
      'configuration',
      `${model.info.id} has no patch ${patch}.`,
      `Its patches are numbered row by row, from 0 to ${patches - 1}.`,
    );
  }
  const tokens = patchTokens(model.checkpoint.image, hook);
  if (tokens === null) {
    const { image, pixels } = await study.look(source);
    const between = steps(job, 'Mapping', evidence.runs);
    const values = await evidence.atPatch(pixels, image.codes, patch, between);
    return { study: study.info, by: 'evidence', ...ranked(image, values, null), notes: [] };
  }
  const resolved = await resolveOne(direction, study, job);
  const { image } = await study.look(source);
  const gradient = await programs.gradient(image, resolved.direction);
  const token = tokens.first + patch;
  const columns = image.components.map((_, column) => column);
  const values = Float32Array.from(columns, (column) =>
    activationOn(token, image, { column, componentSize }),
  );
  const attributions = Float32Array.from(columns, (column) =>
    attributionOn(token, image, { column, componentSize }, gradient),
  );
  return {
    study: study.info,
    by: 'activation',
    ...ranked(image, values, attributions),
    notes: [...resolved.notes],
  };
}

/** Those with a value other than 0, largest magnitude first. */
function ranked(
  { components }: KeptImage,
  values: Float32Array,
  attributions: Float32Array | null,
): Pick<PatchComponents, 'components' | 'values' | 'attributions'> {
  const order = [...values.keys()]
    .filter((column) => values[column] !== 0)
    .toSorted((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!));
  return {
    components: Int32Array.from(order, (column) => components[column]!),
    values: Float32Array.from(order, (column) => values[column]!),
    attributions: attributions && Float32Array.from(order, (column) => attributions[column]!),
  };
}

function shownOnPatches(tokens: PatchTokens, numberOn: (token: number) => number): Shown {
  const { values, cls } = onPatches(tokens, numberOn);
  return { values, elsewhere: cls, notes: [] };
}

/** Of what is divided, the part that may be missing before that is said. */
const toldFrom = 0.1;

function shownEvidence({ values, flat }: Evidence, whole: number): Shown {
  const sum = values.reduce((total, value) => total + value, 0);
  const missing = whole - flat - sum;
  const shown = (value: number) => Number(value.toPrecision(3));
  // Where the picture is nearly flat there is nothing to divide, and what is missing is rounding.
  const isTold = Math.abs(missing) > toldFrom * Math.abs(whole - flat) && shown(flat + sum) !== shown(whole);
  return {
    values,
    elsewhere: flat,
    notes: isTold
      ? [
          `The map and the flat picture add up to ${shown(flat + sum)}, not to ${shown(whole)}: the path between the pictures was followed in too few steps for more. What the map shows of where is not much changed by that.`,
        ]
      : [],
  };
}

function totalActivation(image: KeptImage, column: number, componentSize: number): number {
  let total = 0;
  for (let token = 0; token < image.codes.tokens; token++) {
    total += activationOn(token, image, { column, componentSize });
  }
  return total;
}

async function resolveOne(
  direction: Direction,
  study: Study,
  job: JobContext,
): Promise<{ readonly direction: ScoreDirection; readonly notes: readonly string[] }> {
  const { directions, notes } = await study.resolve([direction], job);
  return { direction: directions[0]!, notes };
}

function demandPatches(kind: 'activation' | 'attribution', { info, dictionary, model }: Study): PatchTokens {
  const tokens = patchTokens(model.checkpoint.image, dictionary.hook);
  if (tokens !== null) return tokens;
  const read = dictionary.hook.point === 'embedding' ? 'the embedding of the whole picture' : 'the CLS token';
  throw new ClipsightError(
    'dictionary',
    `${info.dictionary.id} reads ${read}: there is no ${kind} on patches to map.`,
    'Ask for evidence, what in the picture made a component fire, or for the score; or choose a dictionary on patch tokens.',
  );
}
