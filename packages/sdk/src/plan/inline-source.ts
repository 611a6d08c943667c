import type { PlanDocument } from '@tinct/core';
import type { PlanSource, PlanText, Watch } from './source.ts';

/** A plan that stands in the program: YAML, JSON, or the document itself. It never changes. */
export class InlinePlanSource implements PlanSource {
  readonly name = 'inline plan';
  readonly #text: string;

  constructor(plan: string | PlanDocument) {
    this.#text = typeof plan === 'string' ? plan : JSON.stringify(plan);
  }

  async read(): Promise<PlanText> {
    return { text: this.#text, file: this.name, baseDir: '.' };
  }

  watch(): Watch {
    return { close: () => {} };
  }
}
