import type { ComponentSummary, SearchHit } from '../../shared/library';
import { count } from '../components/format';

/** Fewest images that a label is read from (docs/method.md). */
export const fewestForMeaning = 5;

/** What a list says of a component beside its name: its number, and what it is called by the vocabulary. */
export function detailsOf({ component, annotation, labels, n }: ComponentSummary): string {
  const label = annotation.name === null ? undefined : labels[0]?.text;
  return [`#${component}`, ...(label === undefined ? [] : [label]), `n\u00a0=\u00a0${count(n)}`].join(' · ');
}

/** Why a component was found, as its place in the list needs it. */
export const reasons: { readonly [By in SearchHit['by']]: string } = {
  number: 'its number',
  name: 'your name for it',
  note: 'your note',
  label: 'its label',
  meaning: 'its meaning',
  activation: 'fires in the image',
};

/** The last part of a path of any system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** `about 4 min left`; a person plans by the first figure alone. */
export function timeLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds left';
  if (seconds <= 50) return `${Math.ceil(seconds / 10) * 10} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h left` : `${hours} h ${minutes % 60} min left`;
}

/** Images per second: whole numbers need no decimals. */
export function pace(imagesPerSecond: number): string {
  const digits = imagesPerSecond >= 10 ? 0 : 1;
  return `${count(Number(imagesPerSecond.toFixed(digits)))} images/s`;
}

/** A moment for people; what is no date is shown as it is. */
export function moment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}

/** An alignment, which is a difference of cosines, with its sign. */
export function alignment(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (text === '0.00') return text;
  return `${value < 0 ? '\u2212' : '+'}${text}`;
}
