/*
 * npm run newest-lts: the start, the demo and a slice of the suite on the newest Node.js LTS, so that what is to come
 * is known before it is needed. Part of `npm test`.
 */
import { join } from 'node:path'
import { installRuntime, runOn } from './runtime.mjs'
import { root, say } from './setup.mjs'

/** SLICE names the tests where Node itself matters: sockets, streams, crypto, threads, child processes. */
const SLICE = [
  'packages/core/src/storage/local-store',
  'packages/core/src/secrets',
  'packages/host-http',
  'packages/http-engine',
  'packages/host-adapters/src/kit/mega',
  'packages/host-adapters/src/platforms/mega',
  'apps/fetcher/src/hashing',
  'apps/proxy/src/small-ranges',
  'apps/proxy/src/download/download',
  'e2e/src/journey.embedded',
]

export async function main() {
  const node = await installRuntime('newest-lts')
  for (const args of [['demo'], ['test', ...SLICE]]) {
    say(`\n${node}: npm run ${args[0]} …`)
    const code = await runOn(node, [join(root, 'scripts', 'run.mjs'), ...args])
    if (code !== 0) return code
  }
  return 0
}
