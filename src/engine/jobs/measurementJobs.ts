import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import { measure } from '../attribution/measure';
import { livelyJob } from '../job';
import { observeOne } from '../study';
import type { JobServices } from './jobServices';

type MeasurementJobs = Pick<Handlers<EngineProtocol>, 'measure'>;

/** Jobs about how much components matter for one image. */
export function measurementJobs({ inTurn, studyFor, demandUnchanged }: JobServices): MeasurementJobs {
  return {
    measure: (request, job) =>
      inTurn(async () => {
        const study = await studyFor(request.study, job);
        const { directions, notes } = await study.resolve(request.directions, job);
        const seen = await observeOne(study, request.image, job);
        const image = study.intervene(seen, request.intervention ?? []);
        const { between, progress } = livelyJob(job, { stage: 'Measuring', done: 0, total: 0 });
        const measured = await measure(image, directions, request.methods, study.programs, {
          between,
          progress: (done, total) => progress({ stage: 'Measuring', done, total }),
          nameOf: (d) => nameOf(request.directions[d]!),
        });
        // Weights are read where they lie: a file rewritten meanwhile may have given wrong numbers.
        await demandUnchanged();
        return {
          study: study.info,
          components: image.components,
          directions: measured.directions.map((one) => ({ ...one, values: [...one.values] })),
          notes: [...notes, ...measured.notes],
        };
      }),
  };
}

/** A direction as notes call it. */
export function nameOf(direction: Direction): string {
  switch (direction.kind) {
    case 'prompt':
      return `“${direction.text}”`;
    case 'ensemble':
      return `“${direction.name}”`;
    case 'versus':
      return `${nameOf(direction.of)} against ${direction.against.map(nameOf).join(', ')}`;
    case 'image':
      return direction.image.kind === 'file' ? direction.image.path : 'another picture';
    case 'linear':
      return direction.name;
  }
}
