/** Draws pictures on a terminal, each over the one before, on a screen of its own; leaves the last one where the user was. */
import type { Printer } from '../frame/printer.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
/** A line that is too long is cut by the terminal, whatever its width has become. */
const [NO_WRAP, WRAP] = ['\u001b[?7l', '\u001b[?7h'];
const [HOME, REST_OF_LINE, REST_OF_SCREEN] = ['\u001b[H', '\u001b[K', '\u001b[J'];

export class Screen {
  readonly #out: Printer;
  #lines: readonly string[] | undefined;

  constructor(out: Printer) {
    this.#out = out;
  }

  async draw(lines: readonly string[]): Promise<void> {
    const enter = this.#lines === undefined ? ENTER : '';
    this.#lines = lines;
    const fitting = lines.slice(0, this.#out.rows());
    const text = fitting.map((line) => `${line}${REST_OF_LINE}`).join('\r\n');
    await this.#out.write(`${enter}${NO_WRAP}${HOME}${text}${REST_OF_SCREEN}${WRAP}`);
  }

  /** After the terminal changed its size. */
  async again(): Promise<void> {
    if (this.#lines !== undefined) await this.draw(this.#lines);
  }

  async leave(): Promise<void> {
    if (this.#lines === undefined) return;
    const lines = this.#lines;
    this.#lines = undefined;
    await this.#out.write(`${LEAVE}${lines.join('\n')}\n`);
  }
}
