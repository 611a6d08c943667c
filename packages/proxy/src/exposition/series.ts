/** What takes the series of a metric one after the other: to keep them, to look at their labels, or only at their numbers. */
import type { HistogramValue, Labels, Point } from '@tinct/core';

export interface Series {
  number(labels: Labels, value: number): void;
  /** With one more label behind these: for a label of which each series has another value. */
  named(labels: Labels, label: string, name: string, value: number): void;
  histogram(labels: Labels, histogram: HistogramValue): void;
}

/** Keeps them. */
export class Points implements Series {
  readonly all: Point[] = [];

  number(labels: Labels, value: number): void {
    this.all.push({ labels, value });
  }

  named(labels: Labels, label: string, name: string, value: number): void {
    this.all.push({ labels: { ...labels, [label]: name }, value });
  }

  histogram(labels: Labels, histogram: HistogramValue): void {
    this.all.push({ labels, histogram });
  }
}
