import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import { type Annotation, noAnnotation } from '../../shared/library';
import type { Handlers } from '../../shared/rpc/protocol';
import { decodeBytes } from '../image/decode';
import { previewOf } from '../image/preview';
import { readImage } from '../image/source';
import { oneAtATime } from '../job';
import type { Library } from '../library/library';
import { sha256Of } from '../library/readPictures';
import { indexLibrary, libraryStudy, opened, surveyLibrary } from './indexing';
import type { JobServices } from './jobServices';

type LibraryJobs = Pick<
  Handlers<EngineProtocol>,
  | 'surveyLibrary'
  | 'indexLibrary'
  | 'libraryStatus'
  | 'classFolders'
  | 'annotate'
  | 'annotations'
  | 'thumbnail'
  | 'exportLibrary'
  | 'importLibrary'
>;

/** Jobs about a library as a whole. */
export function libraryJobs(services: JobServices): LibraryJobs {
  const indexing = oneAtATime();
  const annotating = oneAtATime();
  return {
    surveyLibrary: (request, job) => surveyLibrary(request, services, job),
    indexLibrary: (request, job) => indexing(() => indexLibrary(request, services, job)),
    async libraryStatus(request, job) {
      const library = await services.libraryAt(request.library);
      const { study, judge } = await opened(request, services, job);
      const { key } = study.info;
      const { sha256 } = await library.pictures(key);
      const unjudged = await library.lacking(sha256, { study: key, embedders: [judge.embedder.key] });
      const [counts, live, contributions, failures] = await Promise.all([
        library.counts(),
        library.liveComponents(key),
        library.contributionSize(key),
        library.failures(),
      ]);
      return {
        access: library.access,
        study: study.info,
        judge: judge.id,
        files: counts.files,
        images: sha256.length,
        judged: sha256.length - unjudged.embeddings[0]!.size,
        live,
        contributions: contributions.bytes,
        failures: [...failures],
        notes: [],
      };
    },
    async classFolders(request, job) {
      const library = await services.libraryAt(request.library);
      const { study } = await opened({ ...request, judge: null }, services, job);
      const { key } = study.info;
      const folders = (await library.classes(key)).filter(({ pictures }) => pictures > 0);
      return { key, folders: folders.map(({ name, pictures }) => ({ name, images: pictures })) };
    },
    // All of it in the order asked: opening a study may take one call longer than the next.
    annotate: (request, job) =>
      annotating(async () => {
        const library = await services.libraryAt(request.library);
        const { study } = await opened({ ...request, judge: null }, services, job);
        const { component, change } = request;
        const components = study.info.dictionary.size;
        if (component >= components) {
          throw new ClipsightError(
            'dictionary',
            `${study.info.dictionary.id} has no component ${component}: they go from 0 to ${components - 1}.`,
            'Choose one of them.',
          );
        }
        await library.useStudy(libraryStudy(study));
        const { key } = study.info;
        const before = (await library.annotations(key)).get(component) ?? noAnnotation;
        const after = changed(before, change);
        await library.annotate(key, component, after);
        return after;
      }),
    async annotations(request, job) {
      const library = await services.libraryAt(request.library);
      const { study } = await opened({ ...request, judge: null }, services, job);
      const all = await library.annotations(study.info.key);
      return [...all].map(([component, annotation]) => ({ component, annotation }));
    },
    async thumbnail({ library: file, sha256, size }) {
      const library = await services.libraryAt(file);
      const kept = await library.thumbnail(sha256, size);
      if (kept !== null) {
        const { jpeg, width, height } = kept;
        return { bytes: new Uint8Array(jpeg), mime: 'image/jpeg', width, height };
      }
      const made = await previewOf(await indexedPicture(library, sha256), size);
      if (library.access.kind === 'owner') await library.keepThumbnail(sha256, size, made.bytes);
      return made;
    },
    async exportLibrary({ library: file, folder }, job) {
      const library = await services.libraryAt(file);
      return library.exportTo(folder, job);
    },
    async importLibrary({ library: file, folders }, job) {
      const library = await services.libraryAt(file);
      const notes: string[] = [];
      let added = 0;
      for (const [done, folder] of folders.entries()) {
        const imported = await library.importFrom(folder, {
          signal: job.signal,
          progress: ({ stage, ...progress }) => {
            const which = folders.length === 1 ? '' : `, folder ${done + 1} of ${folders.length}`;
            job.progress({ stage: `${stage}${which}`, ...progress });
          },
        });
        added += imported.added;
        notes.push(...imported.notes);
      }
      await library.settle();
      return { images: (await library.counts()).pictures, added, notes };
    },
  };
}

type AnnotationChange = Parameters<LibraryJobs['annotate']>[0]['change'];

function changed(annotation: Annotation, change: AnnotationChange): Annotation {
  const { name, note, mark, pinned } = change;
  return {
    name: name === undefined ? annotation.name : name,
    note: note === undefined ? annotation.note : note,
    mark: mark === undefined ? annotation.mark : mark,
    pinned: pinned ?? annotation.pinned,
  };
}

/** The picture of that name, from its file: another one there now must not be shown for it. */
async function indexedPicture(library: Library, sha256: string) {
  const path = await library.fileOf(sha256);
  if (path === null) {
    throw new ClipsightError(
      'library',
      `${library.file} has no file with the picture ${sha256}.`,
      'It may have been removed: index the images again.',
    );
  }
  const bytes = await readImage({ kind: 'file', path });
  if (sha256Of(bytes) !== sha256) {
    throw new ClipsightError('image', `${path} changed since it was indexed.`, 'Index the images again.');
  }
  return decodeBytes(bytes, path);
}
