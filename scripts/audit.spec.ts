import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { verdictOf } from './audit.mjs'

const counts = { info: 0, low: 1, moderate: 2, high: 0, critical: 0 }
const advisory = { severity: 'high', module_name: 'a', vulnerable_versions: '<2', title: 't', url: 'u' }

describe('the audit of the dependencies', () => {
  it('fails for what is high or critical, and names it', () => {
    for (const severity of ['high', 'critical']) {
      const text = JSON.stringify({
        advisories: { 1: advisory },
        metadata: { vulnerabilities: { ...counts, [severity]: 1 } },
      })
      expect(verdictOf(text)).toEqual({ outcome: 'vulnerable', advisories: ['high: a <2: t (u)'] })
    }
    expect(verdictOf(JSON.stringify({ advisories: {}, metadata: { vulnerabilities: counts } }))).toEqual({
      outcome: 'sound',
      advisories: [],
    })
  })

  it.each([
    ['', undefined],
    ['<html>405</html>', undefined],
    ['null', undefined],
    ['{"error":{"code":"ERR_PNPM_AUDIT_BAD_RESPONSE"}}', 'ERR_PNPM_AUDIT_BAD_RESPONSE'],
    ['{"metadata":{}}', undefined],
  ])('knows nothing where the registry does not answer: %s', (text, reason) => {
    expect(verdictOf(text)).toEqual({ outcome: 'unknown', reason })
  })
})

describe('pnpm', () => {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

  it('is the same one by its hash wherever it is named', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string }
    const [, version = '', hash = ''] = /^pnpm@([\d.]+)\+sha512\.([0-9a-f]{128})$/.exec(packageManager) ?? []
    const integrity = `sha512-${Buffer.from(hash, 'hex').toString('base64')}`
    const { packages } = JSON.parse(read('scripts/runtimes/pnpm/package-lock.json')) as {
      packages: Record<string, { version?: string; integrity?: string }>
    }
    expect(packages['node_modules/pnpm']).toMatchObject({ version, integrity })
    expect(read('pnpm-lock.yaml')).toContain(`pnpm@${version}:\n    resolution: {integrity: ${integrity}}`)
  })

  it('takes no version up that is younger than three days', () => {
    expect(read('pnpm-workspace.yaml')).toMatch(/^minimumReleaseAge: 4320$/m)
  })
})
