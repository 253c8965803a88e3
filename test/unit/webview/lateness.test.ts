import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lateness } from '../../../src/webview/attribution/lateness';

describe('Lateness', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told once, and only of one wait that lasts', () => {
    const told = vi.fn();
    const lateness = new Lateness(told, 400);
    for (let i = 0; i < 5; i++) {
      lateness.wait(true);
      vi.advanceTimersByTime(300);
      lateness.wait(false);
    }
    expect(told).not.toHaveBeenCalled();
    lateness.wait(true);
    vi.advanceTimersByTime(300);
    lateness.wait(true);
    vi.advanceTimersByTime(200);
    expect(told).toHaveBeenCalledTimes(1);
    expect(lateness.late).toBe(true);
    lateness.wait(false);
    expect(lateness.late).toBe(false);
  });
});
