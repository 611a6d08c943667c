/** Where a contestant runs. */
export interface Place {
  /** Where it may write. */
  readonly folder: string;
  /** Where it is to listen. */
  readonly port: number;
  /** The ports of the two versions of the service. */
  readonly v1: number;
  readonly v2: number;
}
