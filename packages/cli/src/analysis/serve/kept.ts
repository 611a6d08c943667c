/** What an analyser knows of a release, in a file: whole or not at all, and nothing in it is believed that is not as it was written. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ANALYSIS_PROGRESS_VERSION,
  type AnalysisProgress,
  isRecord,
  TinctError,
} from '@tinct/core/watching';

const FORMAT = 'tinct analysis';

export interface Kept {
  readonly progress: AnalysisProgress | undefined;
  /** Why there is none though there is a file. */
  readonly trouble: TinctError | undefined;
}

const NOTHING: Kept = { progress: undefined, trouble: undefined };

export class KeptAnalyses {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `settings`: a text that is another one where evidence would mean something else. */
  async load(release: string, settings: string): Promise<Kept> {
    const file = this.#fileOf(release);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? NOTHING : unusable(file, `it cannot be read (${code})`);
    }
    const read = bodyOf(text);
    if (read === undefined) {
      await rename(file, `${file}.damaged`).catch(() => {});
      return unusable(file, 'it is damaged');
    }
    if (read['version'] !== ANALYSIS_PROGRESS_VERSION)
      return unusable(file, `it is of version ${String(read['version'])} of its shape`);
    if (read['release'] !== release) return unusable(file, 'it is of another release');
    if (read['settings'] !== settings) return unusable(file, 'it is of other settings');
    return { progress: read['progress'] as AnalysisProgress, trouble: undefined };
  }

  /** Resolves once it would survive a crash. Rejects with a TinctError. */
  async keep(release: string, settings: string, progress: AnalysisProgress): Promise<void> {
    const file = this.#fileOf(release);
    const content = { version: ANALYSIS_PROGRESS_VERSION, release, settings, progress };
    const body = JSON.stringify(content);
    try {
      await mkdir(this.#folder, { recursive: true });
      const handle = await open(`${file}.new`, 'w', 0o600);
      try {
        await handle.writeFile(`${FORMAT} ${digestOf(body)}\n${body}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}.new`, file);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new TinctError('TINCT_CLI_UNWRITABLE', `${file}: ${code}`, { cause });
    }
  }

  #fileOf(release: string): string {
    return join(this.#folder, `${release}.analysis`);
  }
}

const unusable = (file: string, why: string): Kept => ({
  progress: undefined,
  trouble: new TinctError('TINCT_ANALYSIS_STATE', `${file}: ${why}`),
});

const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** `undefined`: not what was written. */
function bodyOf(text: string): Record<string, unknown> | undefined {
  const [head = '', body = ''] = text.split('\n');
  if (head !== `${FORMAT} ${digestOf(body)}`) return undefined;
  const read: unknown = JSON.parse(body);
  return isRecord(read) ? read : undefined;
}
