import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Grounds, LibraryRequest, Vocabulary } from '../../shared/library';
import type { Handlers, JobContext } from '../../shared/rpc/protocol';
import { firingFacts, firingOf, judgedFacts, NEIGHBOURS, nearestFacts } from '../components/card';
import { buildCoactivity, nearestByActivity } from '../components/coactivity';
import type { LoadedTable } from '../components/componentTables';
import { Labeller } from '../components/labelling';
import { meanAttribution } from '../components/meanAttribution';
import { componentPositions } from '../components/positions';
import { type Relevances, relevances } from '../components/relevance';
import { componentSums, relianceOf } from '../components/reliance';
import { alignmentOf, alignments, searchActivations, searchText } from '../components/search';
import type { InTurn } from '../components/subject';
import { groundsOf, nameOf, type Sources, summaryOf } from '../components/summaries';
import { demandText, readingNotes } from '../components/textVectors';
import { concat } from '../numeric/vector';
import { firingRate } from '../semantics/firing';
import { demandComponent, observeOne } from '../study';
import type { JobServices } from './jobServices';
import { type OpenedSubject, openSubject } from './openSubject';

type ComponentJobs = Pick<
  Handlers<EngineProtocol>,
  'summarise' | 'examine' | 'searchComponents' | 'mapComponents' | 'alignments' | 'meanAttribution'
>;

interface Named extends OpenedSubject {
  readonly loaded: LoadedTable;
  readonly sources: Sources;
  grounds(notes?: readonly string[]): Grounds;
}

/** Jobs about what components mean. Only what runs a model takes a turn. */
export function componentJobs(services: JobServices): ComponentJobs {
  const { threads, nounsFile, tables, texts } = services;
  const labeller = new Labeller({ nounsFile, texts, threads });

  const open = (request: LibraryRequest, job: JobContext) => openSubject(request, services, job);

  const openNamed = async (
    request: LibraryRequest & { readonly vocabulary: Vocabulary },
    job: JobContext,
  ): Promise<Named> => {
    const begun = await open(request, job);
    const { library, subject, inTurn } = begun;
    const loaded = await tables.load(library, subject, job);
    const labelling = await labeller.label(request.vocabulary, loaded, library, subject, inTurn, job);
    const annotations = await library.annotations(subject.study.key);
    return {
      ...begun,
      loaded,
      sources: { table: loaded.table, labelling, annotations, subject },
      grounds: (notes = []) => groundsOf(library, loaded, subject, [...labelling.notes, ...notes]),
    };
  };

  /** A text and "" as the judge reads them. */
  const readByJudge = async (text: string, { library, subject, inTurn }: OpenedSubject, job: JobContext) => {
    demandText(text);
    const [read, empty] = await texts.of([text, ''], library, subject, inTurn, job);
    return {
      vector: read!.vector,
      empty: empty!.vector,
      notes: readingNotes(text, read!, subject.judge.name),
    };
  };

  const resolve = async (directions: readonly Direction[], inTurn: InTurn, job: JobContext) =>
    directions.length === 0
      ? { directions: [], notes: [] }
      : inTurn(job, ({ study }) => study.resolve(directions, job));

  return {
    async summarise(request, job) {
      const { subject, sources, grounds } = await openNamed(request, job);
      for (const component of request.components) demandComponent(component, subject.study.dictionary);
      return {
        grounds: grounds(),
        components: request.components.map((component) => summaryOf(component, sources)),
      };
    },

    async examine(request, job) {
      const { component, samples, prompts } = request;
      const named = await openNamed(request, job);
      const { library, subject, inTurn, loaded, sources, grounds } = named;
      const { table } = loaded;
      demandComponent(component, subject.study.dictionary);
      const notes: string[] = [];

      const firing = firingOf(await library.activationsOf(subject.study.key, component, table.pictures));
      let found: Relevances | null = null;
      if (samples.order.kind === 'relevance') {
        const resolved = await resolve([samples.order.direction], inTurn, job);
        const [direction] = resolved.directions;
        found = await relevances(component, firing, direction!, library, subject, table, inTurn, job);
        notes.push(...resolved.notes, ...found.notes);
      }

      const coactivity = await loaded.coactivity.get('', job, (shared) =>
        buildCoactivity(library, subject, table, shared),
      );
      const images = table.pictures.sha256.length;
      if (coactivity.pictures < images) {
        notes.push(`What fires together is read from ${coactivity.pictures} of the ${images} pictures.`);
      }

      const sums = await componentSums(library, subject, component);
      if (sums.images > 0) notes.push(...sums.notes);
      const wanted = prompts.filter((prompt) => prompt.trim() !== '');
      const resolved = await resolve(
        wanted.map((text) => ({ kind: 'prompt', text })),
        inTurn,
        job,
      );
      notes.push(...resolved.notes.filter((note) => !notes.includes(note)));
      const read = await texts.of([...wanted, ''], library, subject, inTurn, job);
      const empty = read[wanted.length]!.vector;
      if (subject.judge.id !== null) {
        notes.push(...wanted.flatMap((prompt, i) => readingNotes(prompt, read[i]!, subject.judge.name)));
      }
      const row = table.meaningRows[component]!;
      return {
        grounds: grounds(notes),
        card: {
          summary: summaryOf(component, sources),
          ...firingFacts(firing, samples.order.kind, found, samples.most, table, subject.regions),
          ...(await judgedFacts(component, table, firing, library, subject)),
          ...nearestFacts(component, nearestByActivity(coactivity, component, firing, NEIGHBOURS), sources),
          reliance: wanted.map((prompt, i) =>
            relianceOf(
              prompt,
              resolved.directions[i]!.vector,
              alignmentOf(row, table.meanings, read[i]!.vector, empty),
              sums,
            ),
          ),
        },
      };
    },

    async searchComponents(request, job) {
      const named = await openNamed(request, job);
      const { loaded, inTurn, sources, grounds } = named;
      const { query, most } = request;
      switch (query.kind) {
        case 'text': {
          const { vector, empty, notes } = await readByJudge(query.text, named, job);
          const aligned = alignments(loaded.table.meanings, vector, empty);
          return { grounds: grounds(notes), hits: searchText(query.text, aligned, most, sources) };
        }
        case 'image': {
          const { components, peaks } = await inTurn(job, ({ study }) => observeOne(study, query.image, job));
          return { grounds: grounds(), hits: searchActivations(components, peaks, most, sources) };
        }
      }
    },

    async mapComponents(request, job) {
      const { loaded, sources, grounds } = await openNamed(request, job);
      const { table } = loaded;
      const { components } = table.meanings;
      const { x, y } = await loaded.positions.get(request.layout, job, (shared) =>
        componentPositions(table.meanings, request.layout, threads, shared),
      );
      const images = table.pictures.sha256.length;
      return {
        grounds: grounds(),
        layout: request.layout,
        components,
        x,
        y,
        firingRates: Float32Array.from(components, (j) => firingRate(table.samples.fired[j]!, images) ?? 0),
        names: Array.from(components, (component) => nameOf(component, sources)),
      };
    },

    async alignments(request, job) {
      const begun = await open(request, job);
      const { table } = await tables.load(begun.library, begun.subject, job);
      const { vector, empty } = await readByJudge(request.text, begun, job);
      return {
        key: begun.subject.study.key,
        components: table.meanings.components,
        alignments: alignments(table.meanings, vector, empty),
      };
    },

    async meanAttribution(request, job) {
      const { library, subject, inTurn } = await open(request, job);
      const { directions, notes } = await resolve(request.directions, inTurn, job);
      const vectors = {
        data: concat(
          directions.map(({ kind, vector }) => {
            if (kind === 'cosine') return vector;
            throw new ClipsightError(
              'probe',
              'Means over class folders are kept of normalised embeddings, and a probe on raw ones needs others.',
              'Compare images with it instead.',
            );
          }),
        ),
        width: subject.study.model.embeddingSize,
      };
      const found = await meanAttribution(library, subject, vectors, request.most, threads, job);
      return { ...found, notes: [...notes, ...found.notes] };
    },
  };
}
