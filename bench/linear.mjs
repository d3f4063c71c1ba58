/*
 * npm run bench:linear: whether every reader of what comes from outside takes time in proportion to what it reads
 * (`*.linear.ts`): sixteen times as much of each hostile shape, as a ratio within one run. Arguments go to Jest, among
 * them paths; ADAPTER=<folder> asks for one platform only. Ends with 1 and the name of the shape where one does not.
 */
import { spawnSync } from 'node:child_process'

const { status } = spawnSync(
  process.execPath,
  [
    ...[
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
    ],
    // One at a time: what else runs takes its share of what is measured.
    ...['--testMatch=**/*.linear.ts', '--runInBand', '--testTimeout=600000', ...process.argv.slice(2)],
  ],
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1
