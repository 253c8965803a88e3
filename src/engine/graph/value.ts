export type ElementType = 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'bool' | 'uint8';

export interface StoredTensor {
  readonly file: string /* absolute real path */;
  readonly offset: number;
  readonly length: number;
  readonly type: ElementType;
  readonly shape: readonly number[];
}
