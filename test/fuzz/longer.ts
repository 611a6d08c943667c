/**
 * Imported before a test file: its properties run for TINCT_FUZZ_SECONDS, whatever number of cases and seed they ask
 * for, and say on stderr how many that were.
 */
import { registerHooks } from 'node:module';

const WRAPPER = new URL('./properties.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const isTest = specifier === 'fast-check' && context.parentURL !== WRAPPER;
    return isTest ? { url: WRAPPER, shortCircuit: true } : next(specifier, context);
  },
});
