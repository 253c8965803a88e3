import type { PanelHostProtocol } from '../../shared/panelProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { StudyInfo } from '../../shared/study';
import { type AppliedTo, applyToLibrary } from '../interventions/applyToLibrary';
import { forgetIntervention, saveIntervention } from '../interventions/keepIntervention';
import type { KeptInterventions } from '../interventions/keptInterventions';
import type { SentPictures } from '../library/sentPictures';

type PanelInterventions = Pick<
  Handlers<PanelHostProtocol>,
  'saveIntervention' | 'forgetIntervention' | 'applyIntervention'
>;

export interface IntervenedPanel extends AppliedTo {
  /** What the panel shows; throws where it shows nothing yet. */
  readonly study: () => StudyInfo;
  /** Where its interventions are kept. @throws ClipsightError 'configuration' where that is nowhere */
  readonly kept: () => KeptInterventions;
  /** Those that its page was told of. */
  readonly pictures: Pick<SentPictures, 'changes'>;
  /** Does what the page does not wait for, and tells the person what went wrong. */
  readonly attempt: (work: Promise<void>) => void;
}

/** What the page does with interventions beside computing them: they are of the study that it shows. */
export function panelInterventions(panel: IntervenedPanel): PanelInterventions {
  const { study, kept, pictures, attempt } = panel;
  return {
    saveIntervention: ({ intervention }) => {
      attempt((async () => saveIntervention(kept(), study(), intervention))());
    },
    forgetIntervention: ({ name }) => {
      attempt((async () => forgetIntervention(kept(), { name, key: study().key }))());
    },
    applyIntervention: async ({ intervention }, { signal, progress }) => {
      const { classes, outcome } = await applyToLibrary(panel, intervention, study().key, {
        signal,
        onProgress: progress,
      });
      return { classes, outcome: pictures.changes(outcome) };
    },
  };
}
