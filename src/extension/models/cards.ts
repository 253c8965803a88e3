import type { Source } from '../../shared/engineProtocol';
import { ClipsightError, type ErrorInfo, toErrorInfo } from '../../shared/errors';
import type { Card } from '../../shared/inspection';
import type { SourceKind } from './reference';

type CardOf<K extends SourceKind> = Extract<Card, { kind: K }>;

/** A card, or why there is none. */
export type CardOutcome<K extends SourceKind> =
  | { readonly kind: 'card'; readonly card: CardOf<K> }
  | { readonly kind: 'failure'; readonly error: ErrorInfo };

/** What the engine said of models and dictionaries: each is asked for once, until it is forgotten. */
export class Cards {
  private readonly known = new Map<string, Promise<Card>>();

  constructor(private readonly inspect: (source: Source) => Promise<Card>) {}

  /** @throws ClipsightError */
  async get<K extends SourceKind>(kind: K, source: string): Promise<CardOf<K>> {
    const key = `${kind} ${source}`;
    let card = this.known.get(key);
    if (card === undefined) {
      card = this.inspect({ kind, source });
      this.known.set(key, card);
    }
    const answer = await card;
    if (isOf(kind, answer)) return answer;
    throw new ClipsightError('protocol', `The engine gave a ${answer.kind} where a ${kind} was asked for.`);
  }

  async find<K extends SourceKind>(kind: K, source: string): Promise<CardOutcome<K>> {
    try {
      return { kind: 'card', card: await this.get(kind, source) };
    } catch (thrown) {
      return { kind: 'failure', error: toErrorInfo(thrown) };
    }
  }

  forget(kind: SourceKind, source: string): void {
    this.known.delete(`${kind} ${source}`);
  }

  clear(): void {
    this.known.clear();
  }
}

function isOf<K extends SourceKind>(kind: K, card: Card): card is CardOf<K> {
  return card.kind === kind;
}
