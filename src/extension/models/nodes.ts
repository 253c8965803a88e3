import type { SourceKind } from './reference';
import type { Row } from './row';

/** An entry of the tree of models and dictionaries. */
export type Node = SectionNode | SourceNode | RowNode;

/** All models, or all dictionaries. */
export interface SectionNode {
  readonly kind: 'section';
  readonly of: SourceKind;
}

export interface SourceNode {
  readonly kind: 'source';
  readonly of: SourceKind;
  /** As it is named in settings. */
  readonly reference: string;
  readonly inUse: boolean;
  /** Whether the person put it on the list, and can take it off. */
  readonly removable: boolean;
}

/** A line about a model or dictionary. */
export interface RowNode {
  readonly kind: 'row';
  readonly source: SourceNode;
  readonly parent: SourceNode | RowNode;
  readonly row: Row;
}

/** Names a node across changes of the lists. */
export function nodeId(node: Node): string {
  switch (node.kind) {
    case 'section':
      return node.of;
    case 'source':
      return `${node.of}\n${node.reference}`;
    case 'row':
      return `${nodeId(node.parent)}\n${node.row.id}`;
  }
}

/** Words that menus ask for: what a node is, and what can be done about it. */
export function nodeContext(node: Node): string {
  switch (node.kind) {
    case 'section':
      return `section ${node.of}`;
    case 'source':
      return [
        'source',
        node.of,
        ...(node.inUse ? ['inUse'] : ['unused']),
        ...(node.removable && !node.inUse ? ['removable'] : []),
        ...(/^(neurons|heads):/.test(node.reference) ? [] : ['inspected']),
      ].join(' ');
    case 'row':
      return ['row', ...(node.row.action ? [node.row.action] : []), ...(node.row.file ? ['file'] : [])].join(
        ' ',
      );
  }
}
