/** `tinct istio remove`: a release out of the routes that it was put into. */
import { defineCommand } from '../frame/command.ts';
import { file } from '../frame/kinds.ts';
import { many } from '../frame/options.ts';
import { removeFrom } from '../istio/into.ts';
import { releaseArgument } from '../plan/change-options.ts';
import { folderOption } from '../plan/options.ts';

export const istioRemoveCommand = defineCommand({
  name: 'istio remove',
  group: 'Routes in the mesh',
  summary: 'Take a release out of the routes that it was put into.',
  description: [
    'What `tinct istio generate --into` put there goes, whichever plan it came from; everything else stays byte for byte. No plan is needed.',
    'This is for files. In a cluster it is `tinct istio delete`, with `--release NAME` for one release: it gives back what `tinct istio apply --adopt` wrote into.',
    'Write the routes before the DestinationRules: a route whose subset is gone answers 503.',
  ],
  arguments: { release: releaseArgument },
  options: {
    from: many(file, { value: 'FILE', help: 'The routes, and DestinationRules, that it is in.' }),
    folder: folderOption,
  },
  examples: [
    {
      does: 'The routes as they were',
      line: 'tinct istio remove my-service --from web-with-release.yaml',
    },
  ],
  exits: {
    fine: 'Taken out, or nothing of it was there.',
    findings: 'A file could not be read as YAML.',
  },
  async run({ options, arguments: { release } }, session) {
    await removeFrom(release, options, session);
    return 'fine';
  },
});
