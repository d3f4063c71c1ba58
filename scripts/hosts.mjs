/*
 * npm run hosts: writes docs/hosts.md and the README's list of platforms from the adapters. A test fails while they
 * differ from the code.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, say, setUp } from './setup.mjs'

export async function main() {
  await setUp()
  const { hostsDocument, loadRegistry, withHostsList } = await import(
    pathToFileURL(join(root, 'packages', 'host-adapters', 'dist', 'index.js')).href
  )
  const adapters = (await loadRegistry()).adapters()
  writeFileSync(join(root, 'docs', 'hosts.md'), hostsDocument(adapters))
  const readme = join(root, 'README.md')
  writeFileSync(readme, withHostsList(readFileSync(readme, 'utf8'), adapters))
  say(`docs/hosts.md and README.md are up to date with ${adapters.length} platforms`)
}
