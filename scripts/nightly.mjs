/*
 * npm run test:nightly: the slower suite (`*.nightly.ts`), on real parts of a production column, and ten times as many
 * random cases. Arguments go to Jest.
 */
import { main as test } from './test.mjs'

const RANDOM = ['**/invariants.property.test.ts', '**/host-adapters/src/conformance.test.ts']

export const main = (args) => {
  process.env.RUNS ??= '10'
  // The globs take whatever follows them, up to the next option.
  const globs = ['**/*.nightly.ts', ...RANDOM].map((glob) => `--testMatch=${glob}`)
  return test([...globs, '--testTimeout=600000', '--runInBand', ...args])
}
