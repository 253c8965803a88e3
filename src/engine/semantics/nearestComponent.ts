/** Another component that is like one. The nearest of them makes a component redundant. */
export interface NearComponent {
  readonly component: number;
  readonly cosine: number;
}
