/** A real Prometheus that scrapes every second, in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../packages/proxy/test/parts.ts';

/** Why tests of it are skipped; `false`: it is there. Throws where all parts have to be. */
export function withoutPrometheus(): string | false {
  const { status } = spawnSync('prometheus', ['--version'], { stdio: 'ignore' });
  if (status === 0) return false;
  const missing = 'prometheus is not installed';
  if (process.env['TINCT_REQUIRE_PARTS'] === '1') throw new Error(missing);
  return missing;
}

export class Prometheus {
  readonly url: string;
  readonly #dir: string;
  readonly #child: ChildProcess;

  private constructor(url: string, dir: string, child: ChildProcess) {
    this.url = url;
    this.#dir = dir;
    this.#child = child;
  }

  /** Ready to be asked. `seconds`: between two scrapes. */
  static async start(targets: readonly string[], seconds = 1): Promise<Prometheus> {
    const dir = mkdtempSync(join(tmpdir(), 'tinct-prometheus-'));
    const config = {
      global: { scrape_interval: `${seconds}s`, scrape_timeout: `${seconds}s` },
      scrape_configs: [{ job_name: 'tinct', static_configs: [{ targets }] }],
    };
    writeFileSync(join(dir, 'prometheus.yml'), JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const options = [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ];
    const child = spawn('prometheus', options, { stdio: 'ignore' });
    const prometheus = new Prometheus(`http://${address}`, dir, child);
    await prometheus.#ready();
    return prometheus;
  }

  async #ready(): Promise<void> {
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      const answer = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      if (this.#child.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error('prometheus did not come up');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
