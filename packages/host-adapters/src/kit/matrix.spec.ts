import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { hostsDocument, withHostsList } from './matrix.js'
import { loadRegistry } from './registry.js'

const adapters = (await loadRegistry()).adapters()
const kept = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')

describe('what is written of the hosts (npm run hosts writes it)', () => {
  it('is in docs/hosts.md what the adapters say', () => {
    expect(kept('docs/hosts.md')).toBe(hostsDocument(adapters))
  })

  it('is in the README every platform there is', () => {
    const readme = kept('README.md')
    expect(readme).toBe(withHostsList(readme, adapters))
    for (const { manifest } of adapters) expect(readme).toMatch(new RegExp(`\\b${manifest.id}\\b`))
  })
})
