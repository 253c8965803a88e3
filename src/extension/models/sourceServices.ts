import type { Uri } from 'vscode';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Remote } from '../../shared/rpc/protocol';
import type { Cards } from './cards';
import type { SourceMemory } from './sourceMemory';

/** What it takes to choose a model or a dictionary. */
export interface SourceServices {
  readonly extension: Uri;
  readonly engine: () => Remote<EngineProtocol>;
  readonly cards: Cards;
  readonly memory: SourceMemory;
}
