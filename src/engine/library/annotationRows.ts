import { Annotation, noAnnotation } from '../../shared/library';
import { booleans, type Chunks, ints, nullableTexts } from './columns';
import { int, type Session } from './duckdb';
import { noteChange } from './meta';
import { demandStudy, findStudy } from './studies';
import { tables } from './tables';

export async function annotationsOf(
  session: Session,
  study: string,
): Promise<ReadonlyMap<number, Annotation>> {
  const known = await findStudy(session, study);
  const found: Chunks =
    known === null
      ? []
      : await session.run(
          'SELECT component, name, note, mark, pinned FROM annotation WHERE study = $1 ORDER BY component',
          int(known.number),
        );
  const [names, notes, marks] = [nullableTexts(found, 1), nullableTexts(found, 2), nullableTexts(found, 3)];
  const pinned = booleans(found, 4);
  return new Map(
    Array.from(ints(found, 0), (component, i) => [
      component,
      Annotation.parse({ name: names[i], note: notes[i], mark: marks[i], pinned: pinned[i] }),
    ]),
  );
}

/** Puts the annotation in the place of what was there; one that says nothing removes it. */
export async function putAnnotation(
  session: Session,
  study: string,
  component: number,
  annotation: Annotation,
): Promise<void> {
  const { number } = await demandStudy(session, study);
  await session.run(
    'DELETE FROM annotation WHERE study = $1 AND component = $2',
    int(number),
    int(component),
  );
  const { name, note, mark, pinned } = annotation;
  const isEmpty =
    name === noAnnotation.name &&
    note === noAnnotation.note &&
    mark === noAnnotation.mark &&
    pinned === noAnnotation.pinned;
  if (!isEmpty) {
    await session.append('annotation', tables.annotation, {
      study: [number],
      component: [component],
      name: [name],
      note: [note],
      mark: [mark],
      pinned: [pinned],
    });
  }
  await noteChange(session);
}
