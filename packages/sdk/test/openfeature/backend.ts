/** A plan that can be changed and lost, with a release for each flag of OpenFeature's scenarios that a release can be. */
import { TinctError } from '@tinct/core';
import type { PlanSource, PlanText } from '@tinct/sdk';

interface Flag {
  readonly stable: string;
  readonly other: string;
  /** More lines of the release. */
  readonly more: string;
}

const completed = (stable: string, other: string, winner: string): Flag => ({
  ...{ stable, other },
  more: `state: completed, winner: "${winner}"`,
});

const FLAGS: Readonly<Record<string, Flag>> = {
  'boolean-flag': completed('off', 'on', 'on'),
  'boolean-zero-flag': completed('zero', 'one', 'zero'),
  'string-flag': completed('bye', 'hi', 'hi'),
  'targeting-key-flag': {
    ...{ stable: 'miss', other: 'hit' },
    more: 'rules: [{ users: ["5c3d8535-f81a-4478-a6d3-afaa4d51199e"], variant: hit }]',
  },
  'disabled-boolean-flag': {
    ...{ stable: 'off', other: 'on' },
    more: 'state: aborted, rules: [{ percent: 100, variant: "on" }]',
  },
};

function releaseOf(name: string, { stable, other, more }: Flag): string {
  const subsets = `subsets: { "${stable}": { version: a }, "${other}": { version: b } }`;
  return `  ${name}: { stable: "${stable}", ${more}, services: { ${name}: { host: ${name}, ${subsets} } } }`;
}

export class Backend implements PlanSource {
  readonly name = 'a backend';
  readonly #watchers = new Set<() => void>();
  #revision = 1;
  #isDown: boolean;

  constructor(isDown = false) {
    this.#isDown = isDown;
  }

  async read(): Promise<PlanText> {
    if (this.#isDown) throw new TinctError('TINCT_PLAN_UNREADABLE', 'nobody answers');
    const flags = Object.entries({ ...FLAGS, 'changing-flag': this.#changing() });
    const text = [
      `apiVersion: tinct.dev/v1\nkind: Plan\nmetadata: { name: flags, revision: ${this.#revision} }`,
      'identity: [{ unit: user, header: user-id }]\nreleases:',
      ...flags.map(([name, flag]) => releaseOf(name, flag)),
    ].join('\n');
    return { text, file: 'plan.yaml', baseDir: '.' };
  }

  watch(onChange: () => void) {
    this.#watchers.add(onChange);
    return { close: () => void this.#watchers.delete(onChange) };
  }

  change(): void {
    this.#revision += 1;
    this.#tell();
  }

  lose(isDown: boolean): void {
    this.#isDown = isDown;
    this.#tell();
  }

  #changing(): Flag {
    return completed('foo', 'bar', this.#revision % 2 === 0 ? 'bar' : 'foo');
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
