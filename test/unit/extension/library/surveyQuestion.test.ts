import { describe, expect, it } from 'vitest';
import { surveyLines, surveyQuestion } from '../../../../src/extension/library/surveyQuestion';
import { survey } from './fixtures';

const limit = 10e9;
const large = { perImage: 1e6, now: 1e8, expected: 4e9, served: true };

describe('the question before images are indexed', () => {
  it('is not asked where little is at stake', () => {
    expect(surveyQuestion(survey(), limit)).toBeNull();
  });

  it('is asked for a network drive, and names it', () => {
    const question = surveyQuestion(survey({ network: ['/mnt/photos'] }), limit);
    expect(question?.message).toBe('Index images on a network drive?');
    expect(question?.detail).toContain('/mnt/photos');
  });

  it('is asked where much space is taken, and names it and the limit', () => {
    const question = surveyQuestion(survey({ contributions: large }), limit);
    expect(question?.detail).toContain('about 4\u00a0GB of the 10\u00a0GB');
  });

  it('counts only what will be added', () => {
    expect(surveyQuestion(survey({ contributions: { ...large, expected: 5e8 } }), 5e8)).toBeNull();
    expect(surveyQuestion(survey({ contributions: { ...large, now: 3.5e9 } }), limit)).toBeNull();
    expect(surveyQuestion(survey({ contributions: { ...large, served: false } }), limit)).toBeNull();
    expect(surveyQuestion(survey({ contributions: large }), null)).toBeNull();
  });

  it('is asked where all is on a network drive, into which nobody looked', () => {
    expect(surveyQuestion(survey({ files: 0, fresh: 0, network: ['/mnt/photos'] }), limit)).not.toBeNull();
  });

  it('says what becomes of contributions beyond the limit', () => {
    const [, line] = surveyLines(survey({ contributions: { ...large, expected: 1e9 } }), 1e9);
    expect(line).toBe(
      'Contribution vectors will take the 1\u00a0GB that the settings allow; others are computed when needed.',
    );
  });
});
