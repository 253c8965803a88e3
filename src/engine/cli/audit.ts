import * as path from 'node:path';
import type { AuditRequest } from '../../shared/audit';
import { besidePrompts, promptOf } from '../../shared/auditProbe';
import {
  type Audit,
  type AuditReportInput,
  auditJson,
  relativeTo,
  subjectOf,
} from '../../shared/auditReport';
import { folderRivals } from '../../shared/auditRivals';
import { type AuditPrompt, auditSubjects } from '../../shared/auditSubjects';
import { findDecision } from '../../shared/decisionFile';
import type { Decision } from '../../shared/decisions';
import type { EngineInfo } from '../../shared/engineProtocol';
import { ClipsightError, hasCode } from '../../shared/errors';
import type { LibraryRequest } from '../../shared/library';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { AuditCommand } from './auditArguments';
import { failing, failureText } from './auditFailure';
import { type AuditInputs, auditInputs, baseOf, withExpected } from './auditInputs';
import { demandWritable, writeReports } from './auditReports';
import { auditTable } from './auditTable';
import { demandImages, groundNotes, libraryRequest, presentLibrary, vocabularyOf } from './library';
import { besideJson, type Output, withNotes } from './output';
import { studyOf } from './study';

type Remote = EngineSupervisor['remote'];

/** Throws ClipsightError where nothing could be audited. */
export async function runAudit(
  command: AuditCommand,
  { remote }: EngineSupervisor,
  options: CallOptions,
): Promise<Output> {
  try {
    return await auditAndTell(command, remote, options);
  } catch (thrown) {
    if (!hasCode(thrown, 'cancelled')) throw thrown;
    return { stdout: '', stderr: 'Stopped. No report was written.', exitCode: 130 };
  }
}

async function auditAndTell(command: AuditCommand, remote: Remote, options: CallOptions): Promise<Output> {
  const library = presentLibrary(command.library);
  // What would fail at the end of a long run fails at its beginning.
  for (const { file } of command.reports) await demandWritable(file);
  const inputs = await auditInputs(command, library);
  const base = baseOf(library);
  const { prompts, notes: probeNotes } = await withProbe(command, inputs, base, remote, options);
  const engine = await remote.describe({});

  const request = libraryRequest(command, library);
  const first = await auditOf({ command, inputs, prompts, request, engine, remote, options });
  const against =
    command.against === null
      ? null
      : await auditOf({
          command,
          inputs,
          prompts: command.against.model === command.model ? prompts : withoutProbe(prompts),
          request: { ...request, study: studyOf(command.against) },
          engine,
          remote,
          options,
        });

  const access = [first, ...(against === null ? [] : [against])].flatMap(({ report }) =>
    groundNotes({ ...report.grounds, notes: [] }),
  );
  const input: AuditReportInput = { ...first, against, base, notes: [...probeNotes, ...new Set(access)] };
  await writeReports(command.reports, input, { library, remote, options });
  const failed = command.failOn.flatMap((rule) => failing(input, rule));
  const failure = failureText([...new Set(failed)].length, command.failOn);
  const notes = notesOf(input);
  return {
    stdout: command.json
      ? `${JSON.stringify({ library, ...auditJson(input) })}\n`
      : withNotes(auditTable(input, library), [...new Set(notes)]),
    stderr: command.json ? besideJson([...new Set(notes)], failure) : (failure ?? ''),
    exitCode: failure === null ? 0 : 1,
  };
}

interface Asked {
  readonly command: AuditCommand;
  readonly inputs: AuditInputs;
  readonly prompts: readonly AuditPrompt[];
  readonly request: LibraryRequest;
  readonly engine: EngineInfo;
  readonly remote: Remote;
  readonly options: CallOptions;
}

/** One audit by one study. */
async function auditOf({
  command,
  inputs,
  prompts,
  request,
  engine,
  remote,
  options,
}: Asked): Promise<Audit> {
  const { key, folders: counted } = await remote.classFolders(request, options);
  if (counted.length === 0) demandImages(await remote.libraryStatus(request, options), request.library);
  const folders = counted.map(({ name }) => name);
  const subjects = auditSubjects(prompts, folders, { most: command.most });
  const texts = [...new Set(subjects.map(({ text }) => text))].filter((text) => text.length <= 1000);
  const audit: AuditRequest = {
    ...request,
    subjects,
    rivals: folderRivals(subjects, folders, command.classTemplate),
    vocabulary: await vocabularyOf({ concepts: [], nouns: command.nouns }, [...texts, ...inputs.concepts]),
    nuisances: [...inputs.nuisances],
    margin: command.margin,
    level: command.level,
    confirm: command.confirm,
  };
  const report = await remote.audit(audit, options);
  if (report.study.key !== key) {
    throw new ClipsightError(
      'checkpoint',
      'The model or dictionary changed on disk while it was in use.',
      'Run it again when the files are complete.',
    );
  }
  demandSome(report.subjects.map(({ error }) => error));
  const told = { engine, report, subjects };
  return { ...told, decisions: decisionsOf(told, inputs.decisions) };
}

/** Throws the first error where nothing at all could be audited. */
function demandSome(errors: Audit['report']['subjects'][number]['error'][]): void {
  const [first] = errors;
  if (first == null || errors.some((error) => error === null)) return;
  const others = errors.length === 1 ? '' : ` (None of ${errors.length} prompts could be audited.)`;
  throw new ClipsightError(first.code, `${first.message}${others}`, first.remedy);
}

function decisionsOf(
  audit: Omit<Audit, 'decisions'>,
  decisions: readonly Decision[],
): readonly (Decision | null)[] {
  const { key } = audit.report.study;
  return audit.report.findings.map((finding) =>
    findDecision(decisions, {
      prompt: promptOf(subjectOf(audit, finding)),
      key,
      component: finding.component,
    }),
  );
}

/** The prompts, and the classes of the probe that was asked for, each beside the prompt of its class. */
async function withProbe(
  { probe: file, classTemplate }: AuditCommand,
  { prompts, expected }: AuditInputs,
  base: string,
  remote: Remote,
  options: CallOptions,
): Promise<{ readonly prompts: readonly AuditPrompt[]; readonly notes: readonly string[] }> {
  if (file === null) return { prompts, notes: [] };
  const absolute = path.resolve(file);
  const { probe, notes } = await remote.readProbe({ file: absolute }, options);
  const within = relativeTo(base, absolute);
  // As the editor calls it: decisions and reports that are shared name nobody's folders.
  const set = path.isAbsolute(within) ? path.basename(absolute) : within;
  const all = besidePrompts(prompts, probe, { template: classTemplate, set });
  return { prompts: all.map((prompt) => withExpected(prompt, expected)), notes };
}

/** A probe is of one model: another one's embeddings are other numbers. */
function withoutProbe(prompts: readonly AuditPrompt[]): readonly AuditPrompt[] {
  return prompts.filter(({ direction }) => direction?.kind !== 'linear');
}

function notesOf({ report, subjects, notes }: AuditReportInput): string[] {
  const failed = report.subjects.flatMap(({ error }, i) =>
    error === null ? [] : [notAudited(subjects[i]!.name, error.message)],
  );
  const shown = failed.slice(0, 5);
  return [
    ...report.study.notes,
    ...report.grounds.notes,
    ...report.notes,
    ...notes,
    ...shown,
    ...(failed.length > shown.length
      ? [`${failed.length - shown.length} more were not audited: reports list them.`]
      : []),
  ];
}

/** Messages of the engine mostly begin with the name: it is said once. */
function notAudited(name: string, message: string): string {
  return message.includes(`“${name}”`) ? `Not audited: ${message}` : `“${name}” was not audited: ${message}`;
}
