import * as vscode from 'vscode';

/** A tree in the side bar whose nodes come from a provider that is made when VS Code first asks for them. */
export class LateTree<Node> implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly change = new vscode.EventEmitter<Node | Node[] | undefined>();
  readonly onDidChangeTreeData = this.change.event;
  private readonly view: vscode.TreeView<Node>;
  private tree: vscode.TreeDataProvider<Node> | null = null;

  /** @param wake has `show` called */
  constructor(
    viewType: string,
    private readonly wake: () => Promise<unknown>,
  ) {
    this.view = vscode.window.createTreeView(viewType, { treeDataProvider: this, showCollapseAll: true });
  }

  /** Shows the nodes of `tree` from now on. */
  show(tree: vscode.TreeDataProvider<Node>): vscode.TreeView<Node> {
    this.tree = tree;
    tree.onDidChangeTreeData?.((nodes) => this.change.fire(nodes ?? undefined));
    return this.view;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    await this.wake();
    return (await this.tree?.getChildren(node)) ?? [];
  }

  getTreeItem(node: Node): vscode.TreeItem | Thenable<vscode.TreeItem> {
    return this.tree!.getTreeItem(node);
  }

  getParent(node: Node): vscode.ProviderResult<Node> {
    return this.tree!.getParent!(node);
  }

  dispose(): void {
    this.view.dispose();
    this.change.dispose();
  }
}
