import * as vscode from 'vscode';
import { Inspector } from '../../src/extension/inspector/inspector';
import { InspectorMemory } from '../../src/extension/inspector/inspectorMemory';
import { ComponentSummaries } from '../../src/extension/library/componentSummaries';
import { Indexer } from '../../src/extension/library/indexer';
import { SentPictures } from '../../src/extension/library/sentPictures';
import { Vocabularies } from '../../src/extension/library/vocabularies';
import { type LibraryServices, WorkspaceLibrary } from '../../src/extension/library/workspaceLibrary';
import { PanelInUse } from '../../src/extension/views/panelInUse';
import type { EngineProtocol } from '../../src/shared/engineProtocol';
import type { Remote } from '../../src/shared/rpc/protocol';
import { engineRemote } from '../support/engineRemote';
import { testMemento } from '../unit/extension/models/fixtures';

/**
 * The extension's side of a library over an engine that answers as told.
 * @param storage folder where the library is kept
 */
export function testLibrary(
  storage: vscode.Uri,
  answers: Partial<Remote<EngineProtocol>>,
  memento: vscode.Memento = testMemento(),
) {
  return libraryOver(
    {
      storage,
      engine: () => engineRemote(answers),
      readStudy: async () => ({ model: '/m', dictionary: '/d' }),
      readJudge: () => null,
    },
    memento,
  );
}

/** The extension's side of a library, put together as the extension does. */
export function libraryOver(services: LibraryServices, memento: vscode.Memento) {
  const { engine } = services;
  const library = new WorkspaceLibrary(services);
  const inUse = new PanelInUse(['a wolf', 'a dog']);
  const indexer = new Indexer({ library, engine, storage: memento });
  const vocabularies = new Vocabularies(inUse);
  const summaries = new ComponentSummaries(library, vocabularies, engine);
  const inspector = new Inspector({
    engine,
    library,
    vocabularies,
    summaries,
    indexer,
    pictures: new SentPictures((path) => vscode.workspace.asRelativePath(path)),
    memory: new InspectorMemory(memento),
    panelInUse: inUse,
  });
  return { library, inUse, indexer, vocabularies, summaries, inspector };
}
