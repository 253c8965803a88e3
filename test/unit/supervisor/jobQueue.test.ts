import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jobQueue } from '../../../src/supervisor/jobQueue';

function watched(grace = 10) {
  const events: string[] = [];
  const queue = jobQueue(grace, {
    stuck: ({ method }) => events.push(`stuck ${method}`),
    blocked: ({ method }) => events.push(`blocked ${method}`),
  });
  return { queue, events };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of a job', () => {
  it('runs out after its patience without progress', () => {
    const { queue, events } = watched();
    const job = queue.add('attribute', 100);
    vi.advanceTimersByTime(99);
    queue.progressed(job);
    vi.advanceTimersByTime(99);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(['stuck attribute']);
  });

  it('stops when the job is finished', () => {
    const { queue, events } = watched();
    queue.finish(queue.add('attribute', 100));
    vi.advanceTimersByTime(1000);
    expect(events).toEqual([]);
    expect(queue.size).toBe(0);
  });

  it('does not run while an older job keeps the engine', () => {
    const { queue, events } = watched();
    const study = queue.add('openStudy', 1000);
    queue.add('describe', 10);
    vi.advanceTimersByTime(999);
    expect(events).toEqual([]);
    queue.finish(study);
    vi.advanceTimersByTime(9);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(['stuck describe']);
  });

  it('is not wound up by the progress or the end of younger jobs', () => {
    const { queue, events } = watched();
    queue.add('attribute', 100);
    for (let minute = 0; minute < 10; minute++) {
      const hover = queue.add('preview', 50);
      vi.advanceTimersByTime(9);
      queue.progressed(hover);
      queue.finish(hover);
    }
    vi.advanceTimersByTime(10);
    expect(events).toEqual(['stuck attribute']);
  });
});

describe('a cancelled job', () => {
  it('is let go on where nobody waits', () => {
    const { queue, events } = watched(10);
    queue.cancel(queue.add('attribute', 5));
    vi.advanceTimersByTime(1000);
    expect(events).toEqual([]);
    expect(queue.size).toBe(1);
  });

  it('blocks when somebody has waited for the whole grace', () => {
    const { queue, events } = watched(10);
    queue.cancel(queue.add('attribute', 1000));
    queue.add('describe', 1000);
    vi.advanceTimersByTime(9);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(['blocked attribute']);
  });

  it('blocks at once when somebody comes after the grace', () => {
    const { queue, events } = watched(10);
    queue.cancel(queue.add('attribute', 1000));
    vi.advanceTimersByTime(500);
    expect(events).toEqual([]);
    queue.add('describe', 1000);
    expect(events).toEqual(['blocked attribute']);
  });

  it('is forgotten when it has come to rest', () => {
    const { queue, events } = watched(10);
    const job = queue.add('attribute', 1000);
    queue.cancel(job);
    vi.advanceTimersByTime(500);
    queue.finish(job);
    expect(queue.size).toBe(0);
    queue.add('describe', 1000);
    vi.advanceTimersByTime(999);
    expect(events).toEqual([]);
  });

  it('leaves the clock to the next job, with its own patience', () => {
    const { queue, events } = watched(10);
    const job = queue.add('attribute', 1000);
    queue.cancel(job);
    queue.add('describe', 100);
    vi.advanceTimersByTime(9);
    queue.finish(job);
    expect(queue.oldest?.method).toBe('describe');
    vi.advanceTimersByTime(99);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(['stuck describe']);
  });

  it('does not count as somebody who waits', () => {
    const { queue, events } = watched(10);
    const jobs = [queue.add('attribute', 1000), queue.add('openStudy', 1000)];
    for (const job of jobs) queue.cancel(job);
    vi.advanceTimersByTime(500);
    expect(events).toEqual([]);
  });
});

it('times nothing once it is cleared', () => {
  const { queue, events } = watched(10);
  queue.add('attribute', 100);
  queue.cancel(queue.add('describe', 100));
  queue.clear();
  vi.advanceTimersByTime(1000);
  expect(events).toEqual([]);
  expect(queue.size).toBe(0);
});
