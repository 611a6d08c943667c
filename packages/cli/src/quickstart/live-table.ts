/** The live table: requests, errors and durations of each version, drawn over itself. */
import type { EdgeStats, VersionStats } from '@tinct/proxy';
import type { Printer } from '../frame/printer.ts';
import { columns, indented } from '../text/table.ts';

const HEAD = ['version', 'requests', 'errors', 'p50', 'p95'] as const;

function ms(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

function row({ requests, errors, p50, p95 }: VersionStats, name: string): string[] {
  return [name, String(requests), String(errors), ms(p50), ms(p95)];
}

/** The table as lines, a blank one first; every version that the plan names has one. */
export function tableLines({ versions }: EdgeStats): string[] {
  const several = new Set(versions.map(({ release }) => release)).size > 1;
  const rows = versions.map((version) =>
    row(version, several ? `${version.release} ${version.variant}` : version.variant),
  );
  const aligns = ['left', 'right', 'right', 'right', 'right'] as const;
  return ['', ...indented(columns([[...HEAD], ...rows], aligns))];
}

const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A\u001b[0J`);

/** Draws on a terminal, each time over what it drew before. */
export class LiveTable {
  readonly #out: Printer;
  #drawn = 0;

  constructor(out: Printer) {
    this.#out = out;
  }

  async draw(stats: EdgeStats): Promise<void> {
    const lines = tableLines(stats);
    const text = `${up(this.#drawn)}${lines.join('\n')}\n`;
    this.#drawn = lines.length;
    await this.#out.write(text);
  }

  /** Writes lines above the table. */
  async above(lines: readonly string[], stats: EdgeStats): Promise<void> {
    const text = `${up(this.#drawn)}${lines.join('\n')}\n`;
    this.#drawn = 0;
    await this.#out.write(text);
    await this.draw(stats);
  }
}
