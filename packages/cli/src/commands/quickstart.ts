/** `tinct quickstart`: two versions, an edge, a watched plan, and what to try. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Plan } from '@tinct/core';
import { defineCommand } from '../frame/command.ts';
import { text, wholeNumber } from '../frame/kinds.ts';
import { optional, withDefault } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { LiveTable } from '../quickstart/live-table.ts';
import { acceptedLines, refusedLines } from '../quickstart/news.ts';
import { SEED_PLAN } from '../quickstart/seed.ts';
import { type Stage, setStage, USUAL_PORT } from '../quickstart/stage.ts';
import { commandFor, whatToTry } from '../quickstart/try.ts';

/** How often the table is drawn, in milliseconds. */
const REDRAW_MS = 500;

export const quickstartCommand = defineCommand({
  name: 'quickstart',
  group: 'Try it',
  summary:
    'Start two versions of a small service with an edge in front, and see how a plan steers them.',
  description: [
    'Everything runs on loopback until Ctrl-C. The plan is watched: change it from another terminal, and the next request follows it. On a terminal a table shows requests, errors and durations of each version.',
    'The edge believes the user-id header of every program on this machine. That is for this example alone.',
  ],
  arguments: {},
  options: {
    plan: optional(text('the path of a file'), {
      help: 'The plan to follow. Without it a fresh one is written to a temporary folder.',
      value: 'FILE',
      short: 'p',
    }),
    port: withDefault(wholeNumber(0, 65_535), String(USUAL_PORT), {
      help: 'The edge’s port; 0 takes any. The usual one gives way when it is taken.',
      value: 'PORT',
    }),
  },
  examples: [{ does: 'Start with a plan of your own', line: 'tinct quickstart --plan plan.yaml' }],
  async run({ options }, session) {
    const folder = options.plan === undefined ? await mkdtemp(join(tmpdir(), 'tinct-')) : undefined;
    try {
      const plan = folder === undefined ? (options.plan as string) : await writeSeed(folder);
      return await play(resolve(session.cwd, plan), options.port, session);
    } finally {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    }
  },
});

async function writeSeed(folder: string): Promise<string> {
  const file = join(folder, 'plan.yaml');
  await writeFile(file, SEED_PLAN);
  return file;
}

/** Lines about the plan, kept until someone writes them. */
function newsroom() {
  const lines: string[] = [];
  let inForce: Plan | undefined;
  return {
    accepted(compiled: Parameters<typeof acceptedLines>[0]) {
      lines.push(...acceptedLines(compiled, inForce));
      inForce = compiled.plan;
    },
    refused: (findings: Parameters<typeof refusedLines>[0]) =>
      lines.push(...refusedLines(findings, inForce)),
    take: () => lines.splice(0),
  };
}

async function play(plan: string, port: number, session: Session): Promise<'fine'> {
  const news = newsroom();
  const { now } = session;
  const stage = await setStage({
    plan,
    port,
    now,
    onAccepted: news.accepted,
    onRefused: news.refused,
  });
  try {
    await session.out.write(welcome(stage, plan, session));
    await follow(stage, news.take, session);
  } finally {
    await stage.close();
  }
  return 'fine';
}

function welcome({ edge }: Stage, plan: string, { cwd, env, out }: Session): string {
  const shown = relative(cwd, plan).startsWith('..') ? plan : relative(cwd, plan);
  const lines = whatToTry(edge.address.url, shown, commandFor(env)).map((line) => `  ${line}`);
  const head = `${out.style.bold('Tinct')} colors and routes at ${out.style.cyan(edge.address.url)} by ${shown}`;
  return `${head}\n\nTry, in another terminal:\n${lines.join('\n')}\n\nCtrl-C ends it.\n\n`;
}

/** Until the session is interrupted: news as lines and, on a terminal, the table below them. */
async function follow(
  { edge }: Stage,
  takeNews: () => string[],
  { out, signal }: Session,
): Promise<void> {
  const table = out.isTerminal ? new LiveTable(out) : undefined;
  while (!signal.aborted) {
    const lines = takeNews();
    if (table === undefined && lines.length > 0) await out.write(`${lines.join('\n')}\n`);
    else if (lines.length > 0) await table?.above(lines, edge.stats());
    else await table?.draw(edge.stats());
    await pause(REDRAW_MS, signal);
  }
}

/** Waits, but not beyond the interruption. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}
