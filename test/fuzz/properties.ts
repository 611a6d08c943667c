/** fast-check, whose `assert` goes on for TINCT_FUZZ_SECONDS. */
import fc from 'fast-check';

export * from 'fast-check';

const MS = Number(process.env['TINCT_FUZZ_SECONDS']) * 1000;

function told<T>(result: fc.RunDetails<T>): void {
  process.stderr.write(`  ${result.numRuns} cases\n`);
  if (result.failed) throw new Error(fc.defaultReportMessage(result) ?? 'a property failed');
}

/** As long as it takes, and another way each time. */
function assert<T>(property: fc.IRawProperty<T>): Promise<void> | void {
  const result = fc.check(property, {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: MS,
    markInterruptAsFailure: false,
  });
  return result instanceof Promise ? result.then(told) : told(result);
}

export default { ...fc, assert };
