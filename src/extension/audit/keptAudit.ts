import * as z from 'zod';
import { AuditReport, AuditRequest, AuditSubject } from '../../shared/audit';
import { PromptPlace } from '../../shared/auditProtocol';
import { Computed } from '../../shared/device';
import { StudyInfo, StudyRequest } from '../../shared/study';
import type { AuditedPlace } from './auditPlan';
import type { AuditOutcome } from './auditSession';

/** An outcome with what it takes to find its prompts again, and to see whether it still holds. */
export interface KeptAudit {
  readonly outcome: AuditOutcome;
  /** One list per subject: all places where it stands. */
  readonly places: readonly (readonly AuditedPlace[])[];
  /** One per subject: the key of its direction, by which it is found again. */
  readonly keys: readonly string[];
  /** What images of a set are told apart from, beside its subjects. */
  readonly rivals: AuditRequest['rivals'];
  readonly study: StudyRequest;
  /** Images that the library had. */
  readonly images: number;
  readonly scope: KeptScope;
}

/** `AuditScope`, as it is written down. */
export const KeptScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('document'), uri: z.string() }),
  z.strictObject({ kind: z.literal('workspace') }),
  z.strictObject({ kind: z.literal('prompts'), prompts: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('probe'), file: z.string() }),
]);
export type KeptScope = z.infer<typeof KeptScope>;

const version = 1;

const Place = z.strictObject({
  uri: z.string(),
  cell: z.int().nullable(),
  file: z.string(),
  group: z.string(),
  index: z.int().nonnegative(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
});

/** Audits that were kept before there were devices are the CPU's. */
const Study = StudyInfo.extend({ computed: Computed.default({ device: 'cpu', precision: 'fp32' }) });

const File = z
  .strictObject({
    version: z.literal(version),
    outcome: z.strictObject({
      report: AuditReport.extend({ study: Study }),
      subjects: z.array(AuditSubject.extend({ place: PromptPlace.nullable() })),
      ended: z.string(),
    }),
    places: z.array(z.array(Place)),
    keys: z.array(z.string()),
    rivals: AuditRequest.shape.rivals,
    study: StudyRequest,
    images: z.int(),
    scope: KeptScope,
  })
  .refine(({ outcome: { report, subjects }, places, keys }) => {
    const count = subjects.length;
    const isWhole = [report.subjects, places, keys].every(({ length }) => length === count);
    return isWhole && report.findings.every(({ subject }) => subject < count);
  }, 'What belongs to its subjects is of another number.');

/** Null where the text is no audit that this version wrote. */
export function parseKeptAudit(text: string): KeptAudit | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = File.safeParse(data);
  if (!parsed.success) return null;
  const { version: _, ...kept } = parsed.data;
  return kept;
}

export function formatKeptAudit(kept: KeptAudit): string {
  return JSON.stringify({ version, ...kept });
}
