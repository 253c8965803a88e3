import * as vscode from 'vscode';
import type { DeviceStatus } from '../../shared/device';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { errorLine, toErrorInfo } from '../../shared/errors';
import type { Remote } from '../../shared/rpc/protocol';
import { createSupervisor, type EngineSupervisor } from '../../supervisor/engineSupervisor';
import type { EngineState } from '../../supervisor/supervisor';
import { runtimeObstacle, shippedRuntimes, thisMachine } from './nativeRuntime';
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
  private found: DeviceStatus | null = null;
  private isAsking = false;

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

  /** Where the model runs, as it was after the last job; null before there was one. */
  get devices(): DeviceStatus | null {
    return this.found;
  }

  /** Forgets what was found out about devices, and starts an engine that tries them again. */
  async testDevices(): Promise<void> {
    await this.remote.forgetDevices({});
    await this.restart();
  }

  /** @throws ClipsightError 'configuration' when the settings, or this machine, have nothing that can be started. */
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
      const { node, threads, device, precision } = readEngineSettings();
      // What another program was built for shows when it is started.
      const obstacle =
        node === null && runtimeObstacle(thisMachine(), shippedRuntimes(this.extension.fsPath));
      if (obstacle) throw obstacle;
      this.supervisor = createSupervisor({
        entry: vscode.Uri.joinPath(this.extension, 'dist', 'engine.js').fsPath,
        log: (line) => this.log.info(line),
        env: proxyEnvironment(),
        ...(node === null ? {} : { execPath: node }),
        cacheFolder: this.cache.fsPath,
        args: [
          ...['--device', device, '--precision', precision],
          ...(threads === null ? [] : ['--threads', String(threads)]),
        ],
      });
      this.supervisor.onState((state) => this.onSupervisor(state));
    }
    return this.supervisor;
  }

  /** What runs where may have changed with each job: it is asked after it, and nobody sees that. */
  private onSupervisor(state: EngineState): void {
    if (this.isAsking) return;
    this.stateChange.fire(state);
    if (state === 'ready') void this.askDevices();
  }

  private async askDevices(): Promise<void> {
    const asked = this.supervisor;
    if (asked === null) return;
    this.isAsking = true;
    try {
      const found = await asked.remote.devices({});
      if (asked === this.supervisor) this.found = found;
    } catch (thrown) {
      this.log.debug(errorLine(toErrorInfo(thrown)));
    } finally {
      this.isAsking = false;
      this.stateChange.fire(this.state);
    }
  }

  /** Ends the process, so that the next call starts one with the settings of then. */
  private discard(): void {
    this.found = null;
    void this.supervisor?.stop();
    this.supervisor = null;
    this.stateChange.fire(this.state);
  }
}
