import { FindingId } from '../../shared/decisions';

/** Opens the audit at a finding: `clipsight.openAudit`, whose argument is a FindingId. */
export const openAuditCommand = 'clipsight.openAudit';

/** The address of a command link that opens a finding's evidence. */
export function findingLink(id: FindingId): string {
  return `command:${openAuditCommand}?${encodeURIComponent(JSON.stringify([id]))}`;
}

/** The finding that such a link is of; null of any other. */
export function findingOfLink(link: {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}): FindingId | null {
  if (link.scheme !== 'command' || link.path !== openAuditCommand) return null;
  try {
    const parsed = FindingId.array().length(1).safeParse(JSON.parse(link.query));
    return parsed.success ? parsed.data[0]! : null;
  } catch {
    return null;
  }
}
