/** The admin server of a proxy, as its configuration has it. */
import { TinctError } from '@tinct/core';
import { type Admin, startAdmin } from '../admin/server.ts';
import type { AdminView } from '../admin/view.ts';
import type { LoadedConfig } from '../config/load.ts';
import { type Folders, pathOf } from './edge-options.ts';
import type { ProgramConfig } from './engine.ts';
import { readSmall } from './files.ts';

/** The token itself, or the one in its file. */
async function tokenOf(
  { token, tokenFile }: ProgramConfig['admin'],
  loaded: Pick<LoadedConfig, 'originOf'>,
  folders: Folders,
): Promise<string | undefined> {
  if (tokenFile === undefined) return token;
  const file = pathOf(['admin', 'tokenFile'], tokenFile, loaded, folders);
  const read = (await readSmall(file)).trim();
  if (!/^[\x21-\x7e]{16,}$/.test(read))
    throw new TinctError(
      'TINCT_CONFIG_VALUE',
      `${file}: a token has at least 16 visible ASCII characters`,
    );
  return read;
}

export async function adminOf(
  config: ProgramConfig,
  loaded: Pick<LoadedConfig, 'originOf'>,
  folders: Folders,
  view: AdminView,
): Promise<Admin | undefined> {
  const { enabled, host, port, hosts } = config.admin;
  if (!enabled) return undefined;
  const token = await tokenOf(config.admin, loaded, folders);
  return startAdmin({ host, port, hosts, token }, view);
}
