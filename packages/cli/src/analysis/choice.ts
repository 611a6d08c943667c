/** What options may say of where an analysis reads from. */
export const SOURCES = ['edge', 'istio'] as const;

export interface SourceChoice {
  readonly source: (typeof SOURCES)[number];
  /** A variant; `undefined`: as the plan says. */
  readonly baseline: string | undefined;
  /** So many of Istio's requests are taken for one. */
  readonly designEffect: number;
}

/** Edges' series need no plan. */
export const needsPlan = ({ source, baseline }: SourceChoice): boolean =>
  source !== 'edge' || baseline !== undefined;
