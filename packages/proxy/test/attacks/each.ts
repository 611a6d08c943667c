/** One case, every form. */
import t, { type Test } from 'tap';
import { type Except, FORMS, type Form } from './forms.ts';

let cases = 0;
let skipped = 0;
t.teardown(() => {
  const all = cases * FORMS.length;
  process.stdout.write(
    `# ${cases} cases × ${FORMS.length} forms: ${all - skipped} run, ${skipped} skipped\n`,
  );
});

/** Runs a case against each form, but for those that are excepted, which say why. */
export function each(
  name: string,
  run: (t: Test, form: Form) => Promise<void> | void,
  except: Except = {},
): void {
  cases += 1;
  for (const form of FORMS) {
    const reason = except[form.name];
    if (reason !== undefined) skipped += 1;
    t.test(`${name} [${form.name}]`, { skip: reason ?? false }, (t) => run(t, form));
  }
}
