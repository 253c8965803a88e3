import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nameProblem } from '../../../../src/extension/interventions/interventionName';
import {
  forgetIntervention,
  saveIntervention,
} from '../../../../src/extension/interventions/keepIntervention';
import { keptInterventions } from '../../../../src/extension/interventions/keptInterventions';
import { withIntervention } from '../../../../src/shared/interventionFile';
import { expectError } from '../../../support/expectError';
import { studyInfo } from '../../fixtures';
import { keeping, memoryFile, named } from './memoryFile';

/** What the person answers. */
const editor = vi.hoisted(() => ({
  typed: undefined as string | undefined,
  chooses: (_message: string): string | Promise<string> | undefined => undefined,
  asked: [] as string[],
  isTrusted: true,
}));

vi.mock('vscode', async (original) => {
  const ask = async (message: string) => {
    editor.asked.push(message);
    return editor.chooses(message);
  };
  return {
    ...(await original<object>()),
    workspace: {
      get isTrusted() {
        return editor.isTrusted;
      },
    },
    window: {
      showInputBox: async () => editor.typed,
      showWarningMessage: ask,
      showInformationMessage: ask,
      setStatusBarMessage: () => undefined,
    },
  };
});

beforeEach(() => {
  Object.assign(editor, { typed: undefined, chooses: () => undefined, asked: [], isTrusted: true });
});

const intervention = [
  { component: 9, factor: 0.5 },
  { component: 2, factor: 1 },
];
const mine = named('mine', { intervention: [{ component: 9, factor: 0.5 }] });

describe('keeping an intervention', () => {
  it('keeps what is changed under the name, beside those of other studies', async () => {
    const other = named('mine', { key: 'other' });
    const { kept } = keeping(other);
    editor.typed = ' mine ';
    await saveIntervention(kept, studyInfo(), intervention);
    expect(await kept.all()).toEqual([other, mine]);
    expect(editor.asked).toEqual([]);
  });

  it('keeps nothing where no name is given', async () => {
    const { kept } = keeping();
    await saveIntervention(kept, studyInfo(), intervention);
    expect(await kept.all()).toEqual([]);
  });

  it('replaces one of the same name only when the person agrees', async () => {
    const { kept } = keeping(named('mine'));
    editor.typed = 'mine';
    await saveIntervention(kept, studyInfo(), intervention);
    expect(editor.asked).toEqual(['There is an intervention “mine” already.']);
    expect(await kept.all()).toEqual([named('mine')]);
    editor.chooses = () => 'Replace';
    await saveIntervention(kept, studyInfo(), intervention);
    expect(await kept.all()).toEqual([mine]);
  });

  it('refuses what changes nothing, a file that cannot be read, and a workspace without trust', async () => {
    const { kept } = keeping();
    editor.typed = 'mine';
    const nothing = [{ component: 2, factor: 1 }];
    await expectError(saveIntervention(kept, studyInfo(), nothing), 'configuration', 'nothing to keep');
    const broken = keptInterventions(memoryFile('{'));
    await expectError(saveIntervention(broken, studyInfo(), intervention), 'configuration', 'is no JSON');
    editor.isTrusted = false;
    await expectError(saveIntervention(kept, studyInfo(), intervention), 'configuration', 'not trusted');
    await expectError(forgetIntervention(kept, mine), 'configuration', 'not trusted');
    expect(await kept.all()).toEqual([]);
  });
});

describe('forgetting an intervention', () => {
  it('forgets that of the study alone', async () => {
    const other = named('mine', { key: 'other' });
    const { kept } = keeping(mine, other);
    await forgetIntervention(kept, { name: 'mine', key: 'study' });
    expect(editor.asked).toEqual(['Forgot “mine”.']);
    expect(await kept.all()).toEqual([other]);
    await forgetIntervention(kept, { name: 'gone', key: 'study' });
    expect(editor.asked).toHaveLength(1);
  });

  it('can be taken back, unless another has its name by then', async () => {
    const { kept } = keeping(mine);
    editor.chooses = () => 'Undo';
    await forgetIntervention(kept, mine);
    expect(await kept.all()).toEqual([mine]);
    const newer = named('mine');
    editor.chooses = async () => {
      await kept.change((all) => withIntervention(all, newer));
      return 'Undo';
    };
    await forgetIntervention(kept, mine);
    expect(await kept.all()).toEqual([newer]);
  });
});

describe('a name', () => {
  it('is neither empty nor too long', () => {
    expect(nameProblem('  ')).toMatch(/needed/);
    expect(nameProblem('x'.repeat(201))).toMatch(/too long/);
    expect(nameProblem(` ${'x'.repeat(200)} `)).toBeUndefined();
  });
});
