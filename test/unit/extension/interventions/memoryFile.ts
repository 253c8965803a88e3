import { keptInterventions } from '../../../../src/extension/interventions/keptInterventions';
import type { TextFile } from '../../../../src/extension/keptFile';
import type { NamedIntervention } from '../../../../src/shared/intervention';
import { formatInterventionFile } from '../../../../src/shared/interventionFile';

/** A file in memory, and how often it was written. */
export interface MemoryFile extends TextFile {
  text: string | null;
  writes: number;
}

export function memoryFile(text: string | null = null): MemoryFile {
  return {
    name: '.clipsight/interventions.json',
    text,
    writes: 0,
    async read() {
      return this.text;
    },
    async write(next) {
      this.text = next;
      this.writes += 1;
    },
  };
}

export function keeping(...interventions: readonly NamedIntervention[]) {
  const file = memoryFile(formatInterventionFile(interventions));
  return { file, kept: keptInterventions(file) };
}

export function named(name: string, change: Partial<NamedIntervention> = {}): NamedIntervention {
  return {
    name,
    key: 'study',
    model: 'emoji-clip',
    dictionary: 'sae-cls',
    intervention: [{ component: 3, factor: 0 }],
    ...change,
  };
}
