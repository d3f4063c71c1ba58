/* npm run soak: mixed clients over the whole stack for SOAK_SECONDS (600). Fails on growth and on any failed download. */
import { run, setUp } from './setup.mjs'

export async function main() {
  await setUp()
  await run(
    'Soak',
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      'e2e/src/soak',
    ],
    { env: { ...process.env, SOAK_SECONDS: process.env.SOAK_SECONDS ?? '600' } },
  )
}
