/** The program, as a function of its world. */
import { commandsFor } from './commands/index.ts';
import { EXITS, type ExitName } from './frame/exit.ts';
import { fail } from './frame/failure.ts';
import { commandHelp, overview } from './frame/help.ts';
import { parse } from './frame/parse.ts';
import { type Route, route } from './frame/route.ts';
import { type Session, sessionOf } from './frame/session.ts';
import { VERSION } from './frame/version.ts';
import type { World } from './frame/world.ts';

export type { World } from './frame/world.ts';

/** Runs the command that `argv` names; resolves with the exit status and never rejects. */
export async function run(world: World): Promise<number> {
  const session = sessionOf(world);
  const exit = await attempt(world.argv, session);
  return EXITS[exit].code;
}

async function attempt(argv: readonly string[], session: Session): Promise<ExitName> {
  try {
    session.signal.throwIfAborted();
    return await follow(route(argv, await commandsFor(argv)), session);
  } catch (error) {
    return fail(error, session);
  }
}

async function follow(to: Route, session: Session): Promise<ExitName> {
  const { out } = session;
  if (to.kind === 'version') return print(session, `${VERSION}\n`);
  if (to.kind === 'help') {
    const [only, ...others] = to.of;
    const single = to.topic !== '' && only !== undefined && others.length === 0;
    return print(
      session,
      single ? commandHelp(only, out.style) : overview(to.of, to.topic, out.style),
    );
  }
  const parsed = parse(to.command, to.args);
  if (parsed.kind === 'help') return print(session, commandHelp(to.command, out.style));
  return to.command.run(parsed.given, session);
}

async function print({ out }: Session, text: string): Promise<ExitName> {
  await out.write(text);
  return 'fine';
}
