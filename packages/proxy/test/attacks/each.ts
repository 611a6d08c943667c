/** One case, every form. */
import t, { type Test } from 'tap';
import { type Except, FORMS, type Form } from './forms.ts';

let forms = FORMS;
let cases = 0;
let skipped = 0;
t.teardown(() => {
  const all = cases * forms.length;
  process.stdout.write(
    `# ${cases} cases × ${forms.length} forms: ${all - skipped} run, ${skipped} skipped\n`,
  );
});

/** From now on cases run against these. */
export function useForms(others: readonly Form[]): void {
  forms = others;
}

/** Runs a case against each form, but for those that are excepted, which say why. */
export function each(
  name: string,
  run: (t: Test, form: Form) => Promise<void> | void,
  except: Except = {},
): void {
  cases += 1;
  for (const form of forms) {
    const reason = except[form.kind] ?? (form.isReal === true ? except.Envoy : undefined);
    if (reason !== undefined) skipped += 1;
    t.test(`${name} [${form.name}]`, { skip: reason ?? false }, (t) => run(t, form));
  }
}
