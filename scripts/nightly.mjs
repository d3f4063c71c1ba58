/*
 * npm run test:nightly: what `npm test` leaves to the night (`*.nightly.ts`: real parts of a production column, faults,
 * long ways through the portal), what is measured (`*.linear.ts`), and more of what `npm test` does: crashes at every
 * step, 25 times as many random cases. Arguments go to Jest.
 */
import { main as test } from './test.mjs'

const MORE = [
  '**/invariants.crashes.test.ts',
  '**/invariants.property.test.ts',
  '**/core/src/storage/object-store.test.ts',
  '**/host-adapters/src/conformance.test.ts',
  '**/hostile-bytes.spec.ts',
]

export const main = (args) => {
  process.env.RUNS ??= '25'
  // The globs take whatever follows them, up to the next option.
  const globs = ['**/*.nightly.ts', '**/*.linear.ts', ...MORE].map((glob) => `--testMatch=${glob}`)
  return test([...globs, '--testTimeout=600000', '--runInBand', ...args])
}
