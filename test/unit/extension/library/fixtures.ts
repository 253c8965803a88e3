import type { ComponentSummary, LibraryStatus, Survey } from '../../../../src/shared/library';
import { noAnnotation } from '../../../../src/shared/library';
import { studyInfo } from '../../fixtures';

export function hash(digit: string): string {
  return digit.repeat(64);
}

export function sample(path: string, sha256: string): ComponentSummary['samples'][number] {
  const crop = { left: 0, top: 0, width: 192, height: 192 };
  return {
    path,
    sha256,
    width: 192,
    height: 192,
    crop,
    activation: 2,
    mean: 1,
    token: 0,
    region: null,
    relevance: null,
  };
}

export function summary(component: number, change: Partial<ComponentSummary> = {}): ComponentSummary {
  return {
    component,
    annotation: noAnnotation,
    labels: [{ text: 'snow', alignment: 0.2 }],
    n: 20,
    firingRate: 0.1,
    samples: [],
    ...change,
  };
}

export function libraryStatus(change: Partial<LibraryStatus> = {}): LibraryStatus {
  return {
    access: { kind: 'owner' },
    study: studyInfo(),
    judge: 'emoji-judge',
    files: 10,
    images: 9,
    judged: 9,
    live: 5,
    contributions: 0,
    failures: [],
    notes: [],
    ...change,
  };
}

export function survey(change: Partial<Survey> = {}): Survey {
  return {
    files: 1234,
    fresh: 1000,
    network: [],
    contributions: { perImage: 1e5, now: 0, expected: 1e8, served: true },
    ...change,
  };
}
