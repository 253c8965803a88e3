import * as vscode from 'vscode';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Remote } from '../../shared/rpc/protocol';
import { createSupervisor, type EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { EngineState } from '../../supervisor/supervisor';
import { changesEngine, proxyEnvironment, readEngineSettings } from './settings';

/**
 * The one owner of the engine process. The process starts with the first call and ends with the extension; after
 * a crash the supervisor starts it again.
 */
export class EngineClient implements vscode.Disposable {
  private readonly stateChange = new vscode.EventEmitter<EngineState>();
  readonly onState = this.stateChange.event;
  private readonly settingsChange: vscode.Disposable;
  private supervisor: EngineSupervisor | null = null;

  /**
   * @param cache folder for what the engine may compute again
   * @param log disposed with it
   */
  constructor(
    private readonly extension: vscode.Uri,
    private readonly cache: vscode.Uri,
    readonly log = vscode.window.createOutputChannel('Clipsight', { log: true }),
  ) {
    this.settingsChange = vscode.workspace.onDidChangeConfiguration((event) => {
      if (changesEngine(event)) this.discard();
    });
  }

  get state(): EngineState {
    return this.supervisor?.state ?? 'stopped';
  }

  /** Null while no process is running. */
  get pid(): number | null {
    return this.supervisor?.pid ?? null;
  }

  /** @throws ClipsightError 'configuration' when the settings say nothing that can be started. */
  get remote(): Remote<EngineProtocol> {
    return this.supervised().remote;
  }

  async restart(): Promise<void> {
    await this.supervised().restart();
  }

  async stop(): Promise<void> {
    await this.supervisor?.stop();
  }

  dispose(): void {
    this.settingsChange.dispose();
    this.discard();
    this.stateChange.dispose();
    this.log.dispose();
  }

  private supervised(): EngineSupervisor {
    if (this.supervisor === null) {
      const { node, threads } = readEngineSettings();
      this.supervisor = createSupervisor({
        entry: vscode.Uri.joinPath(this.extension, 'dist', 'engine.js').fsPath,
        log: (line) => this.log.info(line),
        env: proxyEnvironment(),
        ...(node === null ? {} : { execPath: node }),
        cacheFolder: this.cache.fsPath,
        args: threads === null ? [] : ['--threads', String(threads)],
      });
      this.supervisor.onState(() => this.stateChange.fire(this.state));
    }
    return this.supervisor;
  }

  /** Ends the process, so that the next call starts one with the settings of then. */
  private discard(): void {
    void this.supervisor?.stop();
    this.supervisor = null;
    this.stateChange.fire(this.state);
  }
}
