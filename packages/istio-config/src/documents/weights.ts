import type { ServiceRouting } from '../routes/routing.ts';

/** Whole percentages where they suffice, as people write them. */
export function weights({ shares }: ServiceRouting): { subset: string; weight: number }[] {
  const unit = shares.every(({ thousandths }) => thousandths % 1_000 === 0) ? 1_000 : 1;
  return shares.map(({ subset, thousandths }) => ({ subset, weight: thousandths / unit }));
}
