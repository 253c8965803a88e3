import * as vscode from 'vscode';
import { toErrorInfo } from '../../shared/errors';
import type { ModelCard } from '../../shared/inspection';
import type { StudyRequest } from '../../shared/study';
import { readReferences, resolveSource } from '../engine/settings';
import type { AcceptedPoor } from './acceptedPoor';
import { acceptedRows } from './acceptedRows';
import type { Cards } from './cards';
import { dictionaryRows, misfitId, ownDictionaryRows } from './dictionaryRows';
import { errorRows } from './errorRows';
import { listedSources } from './listed';
import { modelRows } from './modelRows';
import type { Node, RowNode, SectionNode, SourceNode } from './nodes';
import { parseReference } from './reference';
import type { Row } from './row';
import { selfTestRow } from './selfTestRow';
import type { SelfTests } from './selfTests';
import type { SourceMemory } from './sourceMemory';
import { treeItem } from './treeItem';

export interface ModelTreeSources {
  readonly extension: vscode.Uri;
  readonly memory: SourceMemory;
  readonly accepted: AcceptedPoor;
  readonly cards: Cards;
  readonly selfTests: SelfTests;
  /** What the settings ask to study now. @throws ClipsightError 'configuration' */
  readonly study: () => StudyRequest;
}

/** Models and dictionaries, with what they are. Nothing is asked of the engine before a person opens one. */
export class ModelTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly change = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.change.event;

  constructor(private readonly sources: ModelTreeSources) {}

  refresh(): void {
    this.change.fire(undefined);
  }

  dispose(): void {
    this.change.dispose();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return treeItem(node);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) return [...sections];
    switch (node.kind) {
      case 'section':
        return [...this.list(node)];
      case 'source':
        return rowNodes(node, await this.rows(node));
      case 'row':
        return rowNodes(node, node.row.rows ?? []);
    }
  }

  getParent(node: Node): Node | undefined {
    switch (node.kind) {
      case 'section':
        return undefined;
      case 'source':
        return sections.find(({ of }) => of === node.of);
      case 'row':
        return node.parent;
    }
  }

  /** Where a model or dictionary is listed; undefined if it is not. */
  find(kind: SourceNode['of'], reference: string): SourceNode | undefined {
    return this.list({ kind: 'section', of: kind }).find((node) => node.reference === reference);
  }

  private list({ of }: SectionNode): readonly SourceNode[] {
    const { memory } = this.sources;
    return listedSources(of, readReferences(), memory.chosen(of), vscode.workspace.isTrusted);
  }

  private async rows(node: SourceNode): Promise<readonly Row[]> {
    const { cards, extension } = this.sources;
    let source = '';
    try {
      source = resolveSource(extension, node.of, node.reference);
      if (node.of === 'model') return modelRows(await cards.get('model', source));
      const reference = parseReference(node.reference);
      if (reference.kind === 'own') {
        return ownDictionaryRows(reference.unit, reference.layer, await this.modelInUse());
      }
      const rows = await this.trainedRows(source);
      const isUsed = node.inUse && rows[0]?.id !== misfitId;
      return [...(isUsed ? this.useRows(source) : []), ...rows];
    } catch (thrown) {
      return errorRows(toErrorInfo(thrown), source);
    }
  }

  private async trainedRows(source: string): Promise<readonly Row[]> {
    const { cards } = this.sources;
    // A model that cannot be read says so itself: here it only means that the fit is not known.
    const [card, model] = await Promise.all([
      cards.get('dictionary', source),
      this.modelInUse().catch(() => null),
    ]);
    return dictionaryRows(card, model);
  }

  private async modelInUse(): Promise<ModelCard> {
    const { cards, extension } = this.sources;
    return cards.get('model', resolveSource(extension, 'model', readReferences().model));
  }

  /** What is known of a dictionary from using it. */
  private useRows(source: string): readonly Row[] {
    const { selfTests, accepted, study } = this.sources;
    return [selfTestRow(selfTests.find(study())), ...acceptedRows(accepted.modelsOf(source))];
  }
}

const sections: readonly SectionNode[] = [
  { kind: 'section', of: 'model' },
  { kind: 'section', of: 'dictionary' },
];

function rowNodes(parent: SourceNode | RowNode, rows: readonly Row[]): RowNode[] {
  const source = parent.kind === 'source' ? parent : parent.source;
  return rows.map((row) => ({ kind: 'row', source, parent, row }));
}
