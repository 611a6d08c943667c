import { ERRORS } from '../../packages/core/src/errors.ts';
import { LINT_CODES } from '../../packages/istio-config/src/lint/lint.ts';

/** `docs/istio-lint.md`: every code of `tinct istio lint`, and a manifest that has it. */
export function lintPage(): string {
  return [
    '# What `tinct istio lint` finds',
    '<!-- Made by `pnpm docs:generate` from packages/core/src/errors. -->',
    'Reads the manifests of a mesh (files, folders, or stdin) and says, with file, line and column, what would go wrong there. It asks no cluster.',
    [
      '```sh no-run',
      'tinct istio lint k8s/ --plan plan.yaml',
      'kubectl kustomize overlays/prod | tinct istio lint - --output sarif > lint.sarif',
      '```',
    ].join('\n'),
    'Name everything that belongs together in one run: a subset, a Gateway or a guard that is in no file counts as missing. With `--plan`, requests are made up for each route and each variant and followed along the routes, the first that matches first, as Envoy does; expressions are RE2. Of HTTPRoutes and GRPCRoutes it looks at whether each variant has a match, and at the pods behind it.',
    '`--output json` prints the findings and their counts, `--output sarif` a SARIF 2.1.0 log. The exit status is 1 when there is an error, with `--strict` also when there is a warning.',
    'A code never changes its meaning, and a retired one never comes back.',
    '| code | level | |',
    ...LINT_CODES.map((code) => {
      const { level, title } = ERRORS[code];
      return `| [${code}](#${code.toLowerCase()}) | ${level} | ${title} |`;
    }),
    ...LINT_CODES.map(entry),
  ]
    .join('\n\n')
    .replace('| code | level | |\n\n', '| code | level | |\n|---|---|---|\n')
    .replaceAll(' |\n\n| [', ' |\n| [')
    .concat('\n');
}

function entry(code: (typeof LINT_CODES)[number]): string {
  const { title, cause, mend } = ERRORS[code];
  const name = code.replace('TINCT_LINT_', '').replaceAll('_', '-').toLowerCase();
  const folder = '../packages/istio-config/testdata/lint';
  return [
    `## ${code}`,
    `**${title}.** ${cause}`,
    `*Mend:* ${mend}`,
    `*Shown by:* [a manifest](${folder}/${name}.in.yaml) and [what is said of it](${folder}/${name}.out.txt).`,
  ].join('\n\n');
}
