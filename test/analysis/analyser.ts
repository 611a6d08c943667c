/** `tinct watch --serve` as a program, at a real Prometheus. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnalysisReport } from '@tinct/core';
import type { Test } from 'tap';
import { freePort } from '../../packages/proxy/test/parts.ts';
import { CLI } from './stage.ts';

/** The analyser as a process, which may be killed and begins again with what it kept. */
export class Analyser {
  readonly #argv: readonly string[];
  readonly #url: string;
  #child: ChildProcess;

  private constructor(prometheus: string, dir: string, port: number, more: readonly string[]) {
    const serving = ['watch', '--serve', 'my-service', '--prometheus', prometheus];
    const often = ['--every', '1s', '--bake', '5s', '--minimum-units', '50'];
    this.#argv = [CLI, ...serving, ...often, '--state', dir, '--port', `${port}`, ...more];
    this.#url = `http://127.0.0.1:${port}`;
    this.#child = this.#spawned();
  }

  static async start(t: Test, prometheus: string, ...more: string[]): Promise<Analyser> {
    const dir = mkdtempSync(join(tmpdir(), 'tinct-analyser-'));
    const analyser = new Analyser(prometheus, dir, await freePort(), more);
    t.teardown(async () => {
      await analyser.kill();
      rmSync(dir, { recursive: true, force: true });
    });
    return analyser;
  }

  /** Waits for a report that is as it should be. */
  async report(is: (report: AnalysisReport) => boolean): Promise<AnalysisReport> {
    for (;;) {
      const answer = await fetch(`${this.#url}/verdict/my-service`).catch(() => undefined);
      const report = (await answer?.json().catch(() => undefined)) as AnalysisReport | undefined;
      if (answer?.status === 200 && report !== undefined && is(report)) return report;
      await sleep(100);
    }
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.#url}/metrics`)).text();
  }

  begin(): void {
    this.#child = this.#spawned();
  }

  /** Answers with the exit status. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [status] = await gone;
    return status;
  }

  #spawned(): ChildProcess {
    const { NODE_OPTIONS: _, ...env } = process.env;
    return spawn(process.execPath, [...this.#argv], { env, stdio: 'ignore' });
  }
}
