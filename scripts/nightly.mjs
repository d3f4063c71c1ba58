/* npm run test:nightly: the slower suite (`*.nightly.ts`), on real parts of a production column. Arguments go to Jest. */
import { main as test } from './test.mjs'

export const main = (args) => test(['--testMatch=**/*.nightly.ts', '--runInBand', ...args])
