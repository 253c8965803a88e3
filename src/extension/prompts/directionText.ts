import type { Direction } from '../../shared/direction';

/** The text that is asked whether it describes a component. */
export function textOf(direction: Direction): string {
  switch (direction.kind) {
    case 'prompt':
      return direction.text;
    case 'ensemble':
      return direction.name;
    case 'versus':
      return `${textOf(direction.of)} − ${direction.against.map(textOf).join(', ')}`;
    case 'image':
      return '';
    case 'linear':
      return direction.name;
  }
}
