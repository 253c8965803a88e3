import { describe, expect, it, vi } from 'vitest';
import { AuditHost } from '../../../../src/extension/audit/auditHost';
import type { AuditOutcome, AuditSession } from '../../../../src/extension/audit/auditSession';
import type { Finding } from '../../../../src/shared/audit';
import type { Decision, FindingId, Verdict } from '../../../../src/shared/decisions';
import type { Progress } from '../../../../src/shared/rpc/protocol';

/** Only what the host looks at. */
function outcomeOf(components: readonly number[]): AuditOutcome {
  const findings = components.map((component) => ({ subject: 0, component }) as Finding);
  const subject = {
    name: 'a wolf',
    text: 'a wolf',
    set: 'prompts',
    direction: { kind: 'prompt', text: 'a wolf' },
    place: null,
  };
  const report = {
    study: { key: 'k' },
    grounds: { judge: null, images: 10, notes: [] },
    subjects: [{ images: 12, tested: 4, error: null }],
    findings,
    unexplained: [],
    notes: [],
  };
  return { report, subjects: [subject], ended: '2026-11-23T06:50:00.000Z' } as unknown as AuditOutcome;
}

function sessionOf(first: AuditOutcome | null) {
  const decisions = new Map<string, Decision>();
  const keyOf = ({ component }: FindingId) => String(component);
  const session = {
    outcome: first,
    other: null as AuditOutcome | null,
    progress: null as Progress | null,
    error: null,
    outdated: null as 'study' | 'library' | null,
    scope: null,
    idOf: (_: AuditOutcome, { component }: Finding): FindingId => ({ prompt: 'a wolf', key: 'k', component }),
    decisionOf: (id: FindingId) => decisions.get(keyOf(id)) ?? null,
    decide: vi.fn(async (id: FindingId, verdict: Verdict | null, note?: string) => {
      if (verdict === null) decisions.delete(keyOf(id));
      else decisions.set(keyOf(id), { ...id, verdict, ...(note ? { note } : {}) });
    }),
  };
  return session;
}

function hostOf(session: ReturnType<typeof sessionOf>) {
  const listener = { onState: vi.fn(), onProgress: vi.fn() };
  const around = { scope: () => null, document: () => null };
  return { host: new AuditHost(session as unknown as AuditSession, around, listener), listener };
}

describe('AuditHost', () => {
  it('tells progress alone, and keeps it for a page that comes up later', () => {
    const session = sessionOf(outcomeOf([1]));
    const { host, listener } = hostOf(session);
    const { revision, audit } = host.state;
    session.progress = { stage: 'Measuring', done: 1, total: 2 };
    host.follow();
    expect(listener.onState).not.toHaveBeenCalled();
    expect(listener.onProgress).toHaveBeenCalledWith(session.progress);
    expect(host.state).toMatchObject({ revision, progress: session.progress });
    expect(host.state.audit).toBe(audit);
  });

  it('takes decisions back one by one, with the notes that they had', async () => {
    const session = sessionOf(outcomeOf([1, 2]));
    const { host } = hostOf(session);
    const audit = host.state.audit!.id;
    await host.decide({ audit, finding: 1 }, 'todo', 'ask');
    await host.decide({ audit, finding: 1 }, 'spurious', null);
    expect(host.state.audit?.findings.map(({ decision }) => decision)).toEqual([
      null,
      { verdict: 'spurious', note: null },
    ]);
    await host.undo();
    expect(host.state.audit?.findings[1]?.decision).toEqual({ verdict: 'todo', note: 'ask' });
    await host.undo();
    expect(host.state.audit?.findings[1]?.decision).toBeNull();
    expect(host.state.undo).toBeNull();
  });

  it('keeps what could not be taken back', async () => {
    const session = sessionOf(outcomeOf([1]));
    const { host } = hostOf(session);
    await host.decide({ audit: host.state.audit!.id, finding: 0 }, 'todo', null);
    session.decide.mockRejectedValueOnce(new Error('read-only'));
    await expect(host.undo()).rejects.toThrow('read-only');
    expect(host.state.undo).not.toBeNull();
  });

  it('says that the audit is old, and of two audits the same comparison until one is another', () => {
    const session = sessionOf(outcomeOf([1]));
    const { host, listener } = hostOf(session);
    session.outdated = 'library';
    host.follow();
    expect(host.state).toMatchObject({ outdated: 'library', comparison: null });
    session.other = outcomeOf([1, 2]);
    host.follow();
    const { comparison } = host.state;
    expect(comparison?.prompts[0]?.matches).toEqual([
      { left: 0, right: 0 },
      { left: null, right: 1 },
    ]);
    listener.onState.mockClear();
    host.follow();
    expect(listener.onState).not.toHaveBeenCalled();
    session.other = null;
    host.follow();
    expect(host.state.comparison).toBeNull();
  });

  it('answers for no run but those that are shown', () => {
    const session = sessionOf(outcomeOf([1]));
    const { host } = hostOf(session);
    const before = host.state.audit!.id;
    session.outcome = outcomeOf([7]);
    host.follow();
    expect(() => host.finding({ audit: before, finding: 0 })).toThrow('The audit has changed meanwhile.');
    expect(() => host.finding({ audit: host.state.audit!.id, finding: 1 })).toThrow('no finding 1');
    expect(host.place({ prompt: 'a wolf', key: 'k', component: 7 })).toEqual({
      audit: host.state.audit!.id,
      finding: 0,
    });
    expect(host.place({ prompt: 'a wolf', key: 'other', component: 7 })).toBeNull();
  });
});
