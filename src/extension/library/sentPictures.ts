import { ClipsightError } from '../../shared/errors';
import type { ComponentCard, ComponentSummary, SearchHit } from '../../shared/library';
import type { LibraryIntervention } from '../../shared/libraryIntervention';

type Picture = Pick<ComponentSummary['samples'][number], 'path' | 'sha256'>;

/**
 * The pictures of the library that a page was told of: only these may it ask for. It knows them by their SHA-256; their
 * paths go to it relative to the workspace, for people.
 */
export class SentPictures {
  private readonly paths = new Map<string, string>();

  /** @param label a path as it is shown */
  constructor(private readonly label: (path: string) => string) {}

  /** @throws ClipsightError 'image' for a picture that was never sent */
  path(sha256: string): string {
    const path = this.paths.get(sha256);
    if (path === undefined) throw new ClipsightError('image', `There is no picture ${sha256} here.`);
    return path;
  }

  summary(summary: ComponentSummary): ComponentSummary {
    return { ...summary, samples: this.pictures(summary.samples) };
  }

  card(card: ComponentCard): ComponentCard {
    const neighbours = (all: ComponentCard['nearest']['inMeaning']) =>
      all.map(({ component, cosine }) => ({ component: this.summary(component), cosine }));
    return {
      ...card,
      summary: this.summary(card.summary),
      samples: this.pictures(card.samples),
      nearest: {
        inMeaning: neighbours(card.nearest.inMeaning),
        inActivation: neighbours(card.nearest.inActivation),
      },
    };
  }

  hit(hit: SearchHit): SearchHit {
    return { ...hit, component: this.summary(hit.component) };
  }

  changes(outcome: LibraryIntervention): LibraryIntervention {
    return { ...outcome, changed: this.pictures(outcome.changed) };
  }

  pictures<P extends Picture>(pictures: readonly P[]): P[] {
    return pictures.map((picture) => {
      this.paths.set(picture.sha256, picture.path);
      return { ...picture, path: this.label(picture.path) };
    });
  }
}
