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
    expect(question?.message).toBe('Index 1,000 images?');
    expect(question?.detail).toContain('/mnt/photos');
  });

  it('is asked where much space is taken, and names it and the limit', () => {
    const question = surveyQuestion(survey({ contributions: large }), limit);
    expect(question?.detail).toContain('about 4\u00a0GB of at most 10\u00a0GB');
  });

  it('counts only what will be added, up to the limit', () => {
    expect(surveyQuestion(survey({ contributions: large }), 5e8)).toBeNull();
    expect(surveyQuestion(survey({ contributions: { ...large, now: 3.5e9 } }), limit)).toBeNull();
    expect(surveyQuestion(survey({ contributions: { ...large, served: false } }), limit)).toBeNull();
    expect(surveyQuestion(survey({ contributions: large }), null)).toBeNull();
  });

  it('is not asked where nothing is new', () => {
    expect(surveyQuestion(survey({ fresh: 0, network: ['/mnt/photos'] }), limit)).toBeNull();
  });

  it('says what becomes of contributions beyond the limit', () => {
    const [, line] = surveyLines(survey({ contributions: large }), 1e9);
    expect(line).toBe(
      'Contribution vectors will take about 4\u00a0GB, of which 1\u00a0GB are kept (setting); the others are computed when needed.',
    );
  });
});
