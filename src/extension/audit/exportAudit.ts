import * as vscode from 'vscode';
import { auditHtml } from '../../shared/auditHtml';
import { picturesOf } from '../../shared/auditHtmlFinding';
import { auditMarkdown } from '../../shared/auditMarkdown';
import type { ReportFormat } from '../../shared/auditProtocol';
import { type Audit, type AuditReportInput, auditJsonText } from '../../shared/auditReport';
import type { EngineInfo, Preview } from '../../shared/engineProtocol';
import { ClipsightError, hasCode } from '../../shared/errors';
import { withPatience } from '../patience';
import { fileStem } from '../views/fileStem';
import { saveFile } from '../views/saveFile';
import type { AuditOutcome, AuditSession } from './auditSession';

export interface ExportServices {
  readonly session: Pick<AuditSession, 'outcome' | 'other' | 'idOf' | 'decisionOf'>;
  readonly engine: () => Promise<EngineInfo>;
  readonly thumbnail: (sha256: string, size: number, signal: AbortSignal) => Promise<Preview>;
  readonly storage: vscode.Memento;
}

/** The longer side of a report's pictures, in pixels: the size that is on disk already. */
const pictureSize = 128;

const extensions: Readonly<Record<ReportFormat, string>> = { html: 'html', json: 'json', markdown: 'md' };

/**
 * Writes the report of the last audit where the person chooses.
 *
 * @throws ClipsightError when there is none, and whatever the file system does
 */
export async function exportAudit(format: ReportFormat, services: ExportServices): Promise<void> {
  const { session, storage } = services;
  const { outcome, other } = session;
  if (outcome === null) throw new ClipsightError('configuration', 'There is no audit to report.');
  const text = await withPatience(
    vscode.l10n.t('Writing the report'),
    async ({ signal = new AbortController().signal, onProgress }) => {
      const engine = await services.engine();
      const audit = ({ report, subjects }: AuditOutcome): Audit => ({
        engine,
        report,
        subjects,
        decisions: report.findings.map((finding) =>
          session.decisionOf(session.idOf({ report, subjects, ended: '' }, finding)),
        ),
      });
      const input: AuditReportInput = {
        ...audit(outcome),
        against: other === null ? null : audit(other),
        base: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? null,
        notes: [],
      };
      switch (format) {
        case 'json':
          return auditJsonText(input);
        case 'markdown':
          return auditMarkdown(input);
        case 'html': {
          const wanted = picturesOf(outcome.report.findings);
          const pictures = new Map<string, string>();
          for (const [done, sha256] of wanted.entries()) {
            if (signal.aborted) throw new ClipsightError('cancelled', 'The report was not written.');
            onProgress?.({ stage: vscode.l10n.t('Pictures'), done, total: wanted.length });
            const picture = await services.thumbnail(sha256, pictureSize, signal).catch((thrown) => {
              // What is gone is named in the report, and not shown.
              if (hasCode(thrown, 'image') || hasCode(thrown, 'library')) return null;
              throw thrown;
            });
            if (picture !== null) pictures.set(sha256, dataUrl(picture));
          }
          return auditHtml(input, pictures, new Date(outcome.ended).toLocaleString());
        }
      }
    },
  );
  const { model, dictionary } = outcome.report.study;
  const name = fileStem(`audit ${model.id} ${dictionary.id}`, 'audit');
  const bytes = new TextEncoder().encode(text);
  await saveFile(
    { title: vscode.l10n.t('Save report'), name, extension: extensions[format], bytes },
    storage,
  );
}

function dataUrl({ mime, bytes }: Preview): string {
  return `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`;
}
