/** Where a plan's text comes from: a file today, a URL or a ConfigMap by the same three members. */

/** A plan as it was read. */
export interface PlanText {
  readonly text: string;
  /** What findings name. */
  readonly file: string;
  /** What the paths of its lists are relative to. */
  readonly baseDir: string;
}

/** An ongoing watch. */
export interface Watch {
  close(): void;
}

export interface PlanSource {
  /** What logs and `status()` call it. */
  readonly name: string;
  /** Reads what is there now. Rejects with a `TinctError`. */
  read(signal: AbortSignal): Promise<PlanText>;
  /** Calls back soon after the text may have changed; too often is no harm. */
  watch(onChange: () => void): Watch;
}
