/** `tinct override create`: a token with which a tester gets a variant. */
import { type Release, TinctError } from '@tinct/core';
import { OVERRIDE_PARAMETER, type SignedOverride, signOverride } from '@tinct/sdk';
import { defineCommand } from '../frame/command.ts';
import { duration, file, text, url } from '../frame/kinds.ts';
import { nearest } from '../frame/names.ts';
import { optional, required, withDefault } from '../frame/options.ts';
import { releaseArgument } from '../plan/change-options.ts';
import { readKeys } from '../plan/keys.ts';
import { loadPlan } from '../plan/load.ts';
import { outputOption, planOf, planOption } from '../plan/options.ts';
import { releaseOf } from '../plan/releases.ts';
import { jsonText } from '../text/json.ts';

export const overrideCreateCommand = defineCommand({
  name: 'override create',
  group: 'Testers and keys',
  summary: 'Sign a token that gives a tester a variant for a while.',
  description: [
    "The token names the release, the variant and the release's epoch as the plan has it: an abort ends it, and so does time. Whoever holds it gets the variant, whoever they are; docs/spec/override.md describes it.",
    'A tester follows a link (--link) once; the edge answers with a cookie that holds the token until it ends. Programs send the token as that cookie: __Host-tinct-override.',
  ],
  arguments: {
    release: releaseArgument,
    variant: required(text('a variant of the release'), { value: 'VARIANT', help: 'The variant.' }),
  },
  options: {
    plan: planOption,
    keys: required(file, { value: 'FILE', short: 'k', help: 'The key file; its first key signs.' }),
    expires: withDefault(duration, '1h', {
      value: 'DURATION',
      help: 'When it ends: 30m, 2h, at most 24h.',
    }),
    link: optional(url, {
      value: 'URL',
      help: 'A page of the site: a link to it that a browser takes the token from is printed in the place of the token.',
    }),
    output: outputOption,
  },
  examples: [
    {
      does: 'A link for a browser',
      line: 'tinct override create my-service v2 --keys keys.json --link https://shop.example/',
    },
    {
      does: 'Two hours of v2',
      line: 'tinct override create my-service v2 --plan plan.yaml --keys keys.json --expires 2h',
    },
  ],
  exits: {
    fine: 'Signed: the token, or the link, is on stdout.',
    findings:
      'The plan or the key file has errors, the plan has no such release or variant, or it would last too long.',
  },
  async run({ options, arguments: wish }, session) {
    const plan = planOf(options.plan);
    if (plan === '-' && options.keys === '-')
      throw new TinctError('TINCT_CLI_ARGUMENTS', 'stdin (-) can be only one of the files');
    const release = releaseOf((await loadPlan(plan, session)).plan, wish.release);
    checkVariant(release, wish.variant);
    const keys = await readKeys(options.keys, session);
    const now = session.now();
    const expires = now + options.expires;
    const { name, epoch } = release;
    const signed = await signOverride(
      { release: name, variant: wish.variant, epoch, expires },
      keys,
      now,
    );
    const link = options.link && linkTo(options.link, signed);
    const told = link === undefined ? signed : { ...signed, link };
    const line = `${link ?? signed.token}\n`;
    await session.out.write(options.output === 'json' ? jsonText(told) : line);
    if (options.output === 'text') await session.err.write(noteOn(signed));
    return 'fine';
  },
});

/** Throws for a token that could never hold. */
function checkVariant({ name, state, services }: Release, variant: string): void {
  if (state === 'aborted')
    throw new TinctError(
      'TINCT_PLAN_STATE',
      `\`${name}\` is aborted: an abort beats every override`,
      {
        hint: `use \`tinct plan resume ${name}\` first`,
      },
    );
  const variants = [...new Set(services.flatMap(({ subsets }) => Object.keys(subsets)))];
  if (variants.includes(variant)) return;
  const near = nearest(variant, variants);
  throw new TinctError('TINCT_PLAN_SUBSET_UNKNOWN', `\`${name}\` has no variant \`${variant}\``, {
    hint: near === undefined ? `it has ${variants.join(', ')}` : `did you mean \`${near}\`?`,
  });
}

function linkTo(page: URL, { token }: SignedOverride): string {
  const link = new URL(page);
  link.searchParams.set(OVERRIDE_PARAMETER, token);
  return link.href;
}

function noteOn({ kid, claims: { release, variant, epoch, exp } }: SignedOverride): string {
  const end = new Date(exp * 1000).toISOString().replace('.000', '');
  return `${release} gives ${variant} until ${end} (epoch ${epoch}, key ${kid})\n`;
}
