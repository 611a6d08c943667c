/** What a compiled plan asks a list: whether an id is in it. */
export interface IdList {
  /** SHA-256 of the list's bytes, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  /** How many different ids it holds. */
  readonly size: number;
  has(id: string): boolean;
}
