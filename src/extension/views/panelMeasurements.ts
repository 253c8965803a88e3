import type { Direction } from '../../shared/direction';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, fromErrorInfo } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { PanelHostProtocol } from '../../shared/panelProtocol';
import type { Handlers, Remote } from '../../shared/rpc/protocol';
import type { StudyInfo, StudyRequest } from '../../shared/study';

type PanelMeasurements = Pick<
  Handlers<PanelHostProtocol>,
  'intervene' | 'measure' | 'faithfulness' | 'mapPatches' | 'componentsAt' | 'attributeWords'
>;

export interface MeasuredPanel {
  readonly engine: () => Remote<EngineProtocol>;
  /** What the panel shows; rejects where it shows nothing yet. */
  readonly shown: () => { readonly asked: StudyRequest; readonly study: StudyInfo };
  readonly images: () => readonly (() => Promise<ImageSource>)[];
}

/**
 * What the page asks of single images beside what it is shown. Every answer is of the study that the panel shows: numbers
 * of two studies must not stand beside each other.
 */
export function panelMeasurements({ engine, shown, images }: MeasuredPanel): PanelMeasurements {
  const image = (index: number): Promise<ImageSource> => {
    const found = images()[index];
    if (found === undefined) throw new ClipsightError('protocol', `The panel has no image ${index}.`);
    return found();
  };
  const ofShown = async <T extends { readonly study: StudyInfo }>(
    ask: (study: StudyRequest) => Promise<T>,
  ): Promise<T> => {
    const { asked, study } = shown();
    const answer = await ask(asked);
    if (answer.study.key === study.key) return answer;
    throw new ClipsightError(
      'checkpoint',
      'The model or dictionary changed on disk since the panel was computed.',
      'Choose “Retry” to compute all images with the new one.',
    );
  };
  return {
    async intervene({ image: index, prompts, intervention }, { signal }) {
      const source = await image(index);
      const directions = prompts.map(ofPrompt);
      const { images: outcomes } = await ofShown((study) =>
        engine().attribute({ study, images: [source], directions, intervention }, { signal }),
      );
      const [outcome] = outcomes;
      if (outcome === undefined) throw new ClipsightError('protocol', 'The engine gave no answer.');
      if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
      return outcome.analysis;
    },
    async measure({ image: index, prompts, ...request }, { signal, progress }) {
      const source = await image(index);
      const directions = prompts.map(ofPrompt);
      return ofShown((study) =>
        engine().measure({ study, image: source, directions, ...request }, { signal, onProgress: progress }),
      );
    },
    async faithfulness({ image: index, prompt, ...request }, { signal, progress }) {
      const sources =
        index === null ? await Promise.all(images().map((read) => read())) : [await image(index)];
      return ofShown((study) =>
        engine().faithfulness(
          {
            study,
            images: sources,
            directions: [ofPrompt(prompt)],
            pairs: sources.map((_, i) => ({ image: i, direction: 0 })),
            ...request,
          },
          { signal, onProgress: progress },
        ),
      );
    },
    async mapPatches({ image: index, map }, { signal, progress }) {
      const source = await image(index);
      return ofShown((study) =>
        engine().mapPatches({ study, image: source, map }, { signal, onProgress: progress }),
      );
    },
    async componentsAt({ image: index, prompt, patch }, { signal, progress }) {
      const source = await image(index);
      const direction = ofPrompt(prompt);
      return ofShown((study) =>
        engine().componentsAt({ study, image: source, direction, patch }, { signal, onProgress: progress }),
      );
    },
    async attributeWords({ image: index, text, components }, { signal, progress }) {
      const source = await image(index);
      return ofShown((study) =>
        engine().attributeWords({ study, image: source, text, components }, { signal, onProgress: progress }),
      );
    },
  };
}

const ofPrompt = (text: string): Direction => ({ kind: 'prompt', text });
