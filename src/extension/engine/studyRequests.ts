import * as vscode from 'vscode';
import type { StudyRequest } from '../../shared/study';
import type { WorkspaceImages } from '../images/workspaceImages';
import type { AcceptedPoor } from '../models/acceptedPoor';
import { parseReference } from '../models/reference';
import { readStudy } from './settings';

/** Gives what is to be studied now. Rejects with ClipsightError 'configuration'. */
export type StudyReader = () => Promise<StudyRequest>;

/**
 * What the settings ask to study, with what the person accepted, and with images of theirs to test the dictionary
 * on. The model's own units are not tested, and nothing of a workspace without trust is read unasked.
 */
export function studyReader(
  extension: vscode.Uri,
  accepted: AcceptedPoor,
  images: WorkspaceImages,
): StudyReader {
  return async () => {
    const study = readStudy(extension);
    const isTested = parseReference(study.dictionary).kind !== 'own' && vscode.workspace.isTrusted;
    const samples = isTested ? await images.sample() : [];
    return {
      ...study,
      ...(accepted.has(study) ? { acceptPoor: true } : {}),
      ...(samples.length === 0 ? {} : { samples: [...samples] }),
    };
  };
}
