/** What units got, one object for all who got the same: thousands do, and to compare them is to compare places. */
import type { Decision, DecisionContext } from '@tinct/core';
import { ownText } from '@tinct/sdk';
import type { Seen } from './change.ts';

/** What was decided, of which release. */
export interface Sight extends Seen {
  readonly release: string;
}

/** The variant that answered, and what was decided then. */
export interface Answer extends Seen {
  readonly served: string;
}

/** A plan's variants by its reasons; what is more begins anew. */
const MAX_KINDS = 16;

interface Kind {
  /** The first of these: mostly it is the very same one. */
  readonly decision: Decision;
  readonly sight: Sight;
  readonly answers: Answer[];
}

export class Sights {
  readonly #release: string;
  #kinds: Kind[] = [];

  constructor(release: string) {
    this.#release = release;
  }

  /** `attributes`: see {@link Seen.attributes}; of those that say something no two units have much in common. */
  of(decision: Decision, attributes: string): Sight {
    if (attributes !== '') return this.#made(decision, attributes);
    const kinds = this.#kinds;
    for (let i = 0; i < kinds.length; i += 1) {
      const kind = kinds[i] as Kind;
      if (kind.decision === decision || isOf(decision, kind.sight)) return kind.sight;
    }
    const sight = this.#made(decision, attributes);
    if (this.#kinds.length >= MAX_KINDS) this.#kinds = [];
    this.#kinds.push({ decision, sight, answers: [] });
    return sight;
  }

  answered(sight: Sight, served: string): Answer {
    const known = this.#kinds.find((kind) => kind.sight === sight)?.answers;
    const found = known?.find((answer) => answer.served === served);
    if (found !== undefined) return found;
    const made = { ...sight, served };
    known?.push(made);
    return made;
  }

  #made({ variant, revision, epoch, reason }: Decision, attributes: string): Sight {
    return { release: this.#release, variant, revision, epoch, reason, attributes };
  }
}

const isOf = (decision: Decision, sight: Sight): boolean =>
  decision.variant === sight.variant &&
  decision.revision === sight.revision &&
  decision.epoch === sight.epoch &&
  decision.reason === sight.reason;

/** Text of more length would be held for each unit. */
const MAX_ATTRIBUTES = 512;

/** Stands for what conditions saw. */
export function attributesText({ attributes }: Pick<DecisionContext, 'attributes'>): string {
  const text = JSON.stringify(attributes ?? {});
  return text.length > MAX_ATTRIBUTES ? ownText(text.slice(0, MAX_ATTRIBUTES)) : text;
}
