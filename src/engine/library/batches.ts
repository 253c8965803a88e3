import type { Session } from './duckdb';
import { putFiles } from './fileRows';
import type { Batch, NewPicture, PictureCodes } from './library';
import { noteChange, takeNumbers } from './meta';
import { alreadyIn, numbersOf } from './pictureRows';
import { activationTable } from './sqlText';
import { demandEmbedder, demandStudy, type KnownEmbedder, type KnownStudy } from './studies';
import { activationColumns, tables } from './tables';
import { bytesOf } from './vectorBytes';

/** Contribution vectors of one picture, to be written with those of others. */
export interface NewContributions {
  readonly study: KnownStudy;
  readonly picture: number;
  readonly sha256: string;
  readonly components: Int32Array;
  /** [components, embedding] */
  readonly contributions: Float32Array;
}

interface Numbered {
  readonly number: number;
  readonly picture: NewPicture;
}

/**
 * Adds what a batch has and the library has not; pictures, codes and embeddings that are there stay.
 *
 * @returns the contributions of pictures that have none in a file yet.
 */
export async function addBatch(
  session: Session,
  { pictures, files }: Batch,
  into: { readonly study: string; readonly model: string; readonly judge: string | null },
): Promise<readonly NewContributions[]> {
  const study = await demandStudy(session, into.study);
  const model = await demandEmbedder(session, into.model);
  const judge = into.judge === null ? null : await demandEmbedder(session, into.judge);
  for (const picture of pictures) demandShapes(picture, study, model, judge);

  const numbered = await numberedPictures(session, pictures);
  const done = await addCodes(session, study, numbered);
  await addEmbeddings(session, model, numbered, ({ embedding }) => embedding);
  if (judge !== null) await addEmbeddings(session, judge, numbered, ({ judged }) => judged);
  await putFiles(session, files);
  await noteChange(session);

  // New ones without active components have nothing to keep. Where codes are there, they may say otherwise.
  const withContributions = numbered.filter(
    ({ number, picture: { codes } }) =>
      codes !== null && codes.contributions !== null && (codes.components.length > 0 || done.has(number)),
  );
  const written = await alreadyIn(session, 'contribution_picture', study.number, numbers(withContributions));
  return withContributions
    .filter(({ number }) => !written.has(number))
    .map(({ number, picture: { sha256, codes } }) => ({
      study,
      picture: number,
      sha256,
      components: codes!.components,
      contributions: codes!.contributions!,
    }));
}

/** Each picture once, with its number; those that are new get a row. */
async function numberedPictures(
  session: Session,
  pictures: readonly NewPicture[],
): Promise<readonly Numbered[]> {
  const bySha = new Map(pictures.map((picture) => [picture.sha256, picture]));
  const known = await numbersOf(session, [...bySha.keys()]);
  const fresh = [...bySha.values()].filter(({ sha256 }) => !known.has(sha256));
  const first = await takeNumbers(session, 'next_picture', fresh.length);
  await session.append('picture', tables.picture, {
    number: Int32Array.from(fresh, (_, i) => first + i),
    sha256: fresh.map(({ sha256 }) => sha256),
    width: fresh.map(({ width }) => width),
    height: fresh.map(({ height }) => height),
  });
  const added = new Map(fresh.map(({ sha256 }, i) => [sha256, first + i]));
  return [...bySha.values()].map((picture) => ({
    number: known.get(picture.sha256) ?? added.get(picture.sha256)!,
    picture,
  }));
}

/** Returns the numbers of those that had codes before. */
async function addCodes(
  session: Session,
  study: KnownStudy,
  numbered: readonly Numbered[],
): Promise<ReadonlySet<number>> {
  const coded = numbered.filter(({ picture }) => picture.codes !== null);
  const done = await alreadyIn(session, 'done', study.number, numbers(coded));
  const fresh = coded.filter(({ number }) => !done.has(number));
  const codes = fresh.map(({ picture }) => picture.codes!);
  await session.append(activationTable(study.number), activationColumns, {
    picture: joined(
      Int32Array,
      fresh.map(({ number }, i) => new Int32Array(codes[i]!.components.length).fill(number)),
    ),
    component: joined(
      Int32Array,
      codes.map(({ components }) => components),
    ),
    max: joined(
      Float32Array,
      codes.map(({ max }) => max),
    ),
    mean: joined(
      Float32Array,
      codes.map(({ mean }) => mean),
    ),
    token: joined(
      Int32Array,
      codes.map(({ token }) => token),
    ),
  });
  await session.append('done', tables.done, {
    study: new Int32Array(fresh.length).fill(study.number),
    picture: numbers(fresh),
  });
  return done;
}

async function addEmbeddings(
  session: Session,
  embedder: KnownEmbedder,
  numbered: readonly Numbered[],
  embeddingOf: (picture: NewPicture) => Float32Array | null,
): Promise<void> {
  const embedded = numbered.filter(({ picture }) => embeddingOf(picture) !== null);
  const there = await alreadyIn(session, 'embedding', embedder.number, numbers(embedded));
  const fresh = embedded.filter(({ number }) => !there.has(number));
  await session.append('embedding', tables.embedding, {
    embedder: new Int32Array(fresh.length).fill(embedder.number),
    picture: numbers(fresh),
    vector: fresh.map(({ picture }) => bytesOf(embeddingOf(picture)!)),
  });
}

function numbers(numbered: readonly Numbered[]): number[] {
  return numbered.map(({ number }) => number);
}

function joined<T extends Int32Array | Float32Array>(
  Kind: new (length: number) => T,
  parts: readonly T[],
): T {
  const whole = new Kind(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Throws at arrays that do not fit each other: what is torn here would be read as other pictures' numbers. */
function demandShapes(
  { sha256, codes, embedding, judged }: NewPicture,
  study: KnownStudy,
  model: KnownEmbedder,
  judge: KnownEmbedder | null,
): void {
  if (embedding !== null && embedding.length !== model.width) {
    throw new Error(`the embedding of picture ${sha256} is not [${model.width}]`);
  }
  if (judged !== null && judged.length !== judge?.width) {
    throw new Error(`what the judge saw in picture ${sha256} is not [${judge?.width}]`);
  }
  if (codes !== null) demandCodes(sha256, codes, study.width);
}

function demandCodes(sha256: string, codes: PictureCodes, width: number): void {
  const { components, max, mean, token, contributions } = codes;
  const count = components.length;
  const fits =
    max.length === count &&
    mean.length === count &&
    token.length === count &&
    (contributions === null || contributions.length === count * width) &&
    components.every((component, i) => i === 0 || component > components[i - 1]!);
  if (!fits) throw new Error(`the codes of picture ${sha256} do not fit each other`);
}
