/** `tinct demo`: the quickstart's story, told and checked by itself. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { TinctError } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { printerOf, type Style } from '../frame/printer.ts';
import type { Session } from '../frame/session.ts';
import { changeFile } from '../plan/change.ts';
import { SEED_PLAN } from '../quickstart/seed.ts';
import { RELEASE, setStage } from '../quickstart/stage.ts';
import { type Line, type Scene, type SceneChange, tell } from '../quickstart/story.ts';

/** How long a changed plan may take to be in force before the demo gives up, in milliseconds. */
const PATIENCE_MS = 10_000;

export const demoCommand = defineCommand({
  name: 'demo',
  group: 'Try it',
  summary: 'Tell the quickstart’s story, check each line of it, and end.',
  description: [
    'Starts two versions of a small service and the edge on free ports of this machine, asks for a thousand users, raises the canary, aborts it, and checks after each step that everyone reaches the version that the plan says. Nothing stays behind.',
  ],
  arguments: {},
  options: {},
  examples: [{ does: 'See it work', line: 'tinct demo' }],
  exits: { fine: 'Every line was right.', findings: 'A line was not.' },
  async run(_, session) {
    const folder = await mkdtemp(join(tmpdir(), 'tinct-'));
    try {
      return await play(join(folder, 'plan.yaml'), session);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

async function play(plan: string, session: Session): Promise<'fine' | 'findings'> {
  const { out, signal, now } = session;
  await writeFile(plan, SEED_PLAN);
  const revisions = new Revisions();
  const stage = await setStage({
    plan,
    port: 0,
    now,
    onAccepted: ({ revision }) => revisions.reached(revision),
  });
  try {
    const change = (wanted: SceneChange) => changeAndWait(plan, wanted, revisions, session);
    const scene: Scene = {
      url: stage.edge.address.url,
      change,
      text: () => readFile(plan, 'utf8'),
    };
    await out.write(
      `${out.style.bold('Tinct')}: two versions of my-service, an edge in front, a plan that says who gets which.\n\n`,
    );
    let wrong = 0;
    for await (const line of tell(scene)) {
      signal.throwIfAborted();
      if (!line.right) wrong++;
      await out.write(`${lineText(line, out.style)}\n`);
    }
    await out.write(
      `\n${wrong === 0 ? 'Every line was checked, and right.' : `${wrong} of the lines are not right.`}\n`,
    );
    return wrong === 0 ? 'fine' : 'findings';
  } finally {
    await stage.close();
  }
}

function lineText({ kind, text, right }: Line, { bold, green, red }: Style): string {
  if (kind === 'command') return `\n  ${bold(`$ ${text}`)}`;
  return right ? `  ${green('✓')} ${text}` : `  ${red('✗')} ${text}`;
}

/** Which revision the edge has reached, and who waits for one. */
class Revisions {
  #reached = 0;
  readonly #waiting = new Set<() => void>();

  reached(revision: number): void {
    this.#reached = revision;
    for (const wake of this.#waiting) wake();
  }

  async until(revision: number): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (this.#reached < revision) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      deadline.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      this.#waiting.delete(resolve);
      if (deadline.aborted)
        throw new TinctError(
          'TINCT_PLAN_UNREADABLE',
          `the edge has not seen revision ${revision} in ${PATIENCE_MS / 1_000} s`,
        );
    }
  }

  get next(): number {
    return this.#reached + 1;
  }
}

/** Changes the plan's file by the same code as `tinct plan`, quietly, and waits until the edge follows it. */
async function changeAndWait(
  plan: string,
  wanted: SceneChange,
  revisions: Revisions,
  session: Session,
): Promise<number> {
  const { next } = revisions;
  const silent = printerOf(new Writable({ write: (_, __, done) => done() }), session.out.style);
  const change = { ...wanted, release: RELEASE };
  await changeFile(plan, change, { dryRun: false, output: 'text' }, { ...session, out: silent });
  const written = performance.now();
  await revisions.until(next);
  return performance.now() - written;
}
