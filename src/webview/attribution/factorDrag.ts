import { dragged } from './factors';

/** What becomes of a drag. */
export interface DragListener {
  /** It has come to a factor, with the pointer at this place of the window. */
  readonly onMove: (factor: number, x: number, y: number) => void;
  /** Ended where it was, or taken back. */
  readonly onEnd: (kept: boolean) => void;
}

/** Pixels that a pointer may tremble without dragging. */
const tremble = 3;

/**
 * Follows the pointer that pressed `grip`, the end of a bar, until it is let go. `length` is what the bar has in pixels at a
 * factor of 1, `direction` where it points. Escape takes it back.
 */
export function dragFactor(
  { pointerId, clientX }: PointerEvent,
  grip: Element,
  start: number,
  length: number,
  direction: 1 | -1,
  { onMove, onEnd }: DragListener,
): void {
  let moved = false;
  const move = (event: Event) => {
    const { clientX: x, clientY: y } = event as PointerEvent;
    moved ||= Math.abs(x - clientX) >= tremble;
    if (moved) onMove(dragged(start, direction * (x - clientX), length), x, y);
  };
  const end = (kept: boolean) => {
    grip.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', letGo, true);
    window.removeEventListener('lostpointercapture', lose, true);
    window.removeEventListener('keydown', takeBack, true);
    if (grip.hasPointerCapture(pointerId)) grip.releasePointerCapture(pointerId);
    onEnd(kept && moved);
  };
  const letGo = (event: PointerEvent) => event.pointerId === pointerId && end(true);
  const lose = (event: PointerEvent) => event.pointerId === pointerId && end(false);
  const takeBack = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    end(false);
  };
  grip.setPointerCapture(pointerId);
  grip.addEventListener('pointermove', move);
  // Cancelled, or the row is gone: where the grip has left the document, the document is told, and it is not.
  window.addEventListener('pointerup', letGo, true);
  window.addEventListener('lostpointercapture', lose, true);
  window.addEventListener('keydown', takeBack, true);
}
