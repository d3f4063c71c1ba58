import { describe, expect, it } from '@jest/globals'
import type { HostErrorKind } from '../../kit/errors.js'
import { HTTP_REFUSALS, errorByRules } from '../../kit/refusal-rules.js'
import { discover } from '../../kit/registry.js'
import type { PlatformConformance } from '../platform-conformance.js'
import { CORPUS } from './corpus.js'
import type { Meaning, Said } from './corpus.js'

const LEAST_UNDERSTOOD = 0.95

const MEANINGS: Partial<Record<HostErrorKind, Meaning>> = {
  ACCOUNT_QUOTA: 'rest',
  ACCOUNT_BUSY: 'rest',
  ACCOUNT_RATE: 'rest',
  EGRESS_BLOCKED: 'rest',
  ACCOUNT_INVALID: 'off',
  ACCOUNT_NOT_PREMIUM: 'off',
  ACCOUNT_NEEDS_HUMAN: 'off',
  CAPABILITY_OFF: 'off',
  CONFIG: 'off',
  BAD_URL: 'file',
  FILE_GONE: 'file',
  FILE_BLOCKED: 'file',
  FILE_RESTRICTED: 'file',
  FILE_PASSWORD_REQUIRED: 'file',
  FILE_PASSWORD_WRONG: 'file',
  HOST_TEMP: 'host',
  HOST_DOWN: 'host',
  RATE_LIMITED: 'host',
  SESSION_EXPIRED: 'login',
  LINK_EXPIRED: 'link',
}

const platforms = await discover()

/** What the platform understands, or the kind that means nothing of it. */
async function understood(folder: string, [at, status, text, , code]: Said): Promise<string> {
  const adapter = platforms.find((one) => one.folder === folder)?.adapter
  if (adapter === undefined) throw new Error(`no platform ${folder}`)
  const now = 0
  if (
    at === 'download' &&
    code === undefined &&
    adapter.explainDownload !== undefined &&
    folder !== 'fikper'
  ) {
    const said = adapter.explainDownload({ status, headers: {}, text, now })
    if (typeof said === 'string') return said
    // What says nothing leads to a new direct link: the fetcher's general rule.
    return said === undefined ? 'nothing' : (MEANINGS[said.kind] ?? said.kind)
  }
  const { conformance } = (await import(`../../platforms/${folder}/conformance.js`)) as {
    conformance: PlatformConformance
  }
  const said = errorByRules([...conformance.table, ...HTTP_REFUSALS], adapter.manifest.id, {
    ...{ at, status, code, text, now },
  })
  return said === undefined ? 'nothing' : (MEANINGS[said.kind] ?? said.kind)
}

describe('refusals that are publicly known', () => {
  it('are understood as a client would', async () => {
    const misread: string[] = []
    let all = 0
    for (const [folder, sayings] of Object.entries(CORPUS)) {
      for (const said of sayings) {
        all++
        const meaning = await understood(folder, said)
        if (meaning !== said[3]) misread.push(`${folder} ${said.join(' | ')}: ${meaning}`)
      }
    }
    console.info(`refusals understood: ${all - misread.length} of ${all}\n${misread.join('\n')}`)
    expect((all - misread.length) / all).toBeGreaterThanOrEqual(LEAST_UNDERSTOOD)
  })

  it('that pass by themselves switch no account off, whatever the host and the status', () => {
    const passing = [
      'Too many connections',
      'too many simultaneous IP addresses',
      'Too many sessions for this user',
      'Please try again later',
      'download limit reached',
      'Traffic quota exceeded',
      'Flood detected',
      'The server is under maintenance',
      'Your account is temporarily blocked',
    ]
    for (const { adapter } of platforms) {
      if (adapter.manifest.catchAll) continue
      for (const text of passing) {
        for (const at of ['login', 'account', 'call', 'download']) {
          const rules = [{ kind: 'ACCOUNT_INVALID', message: 'refused' }] as const
          const error = errorByRules(rules, adapter.manifest.id, { at, status: 403, text, now: 0 })
          expect([text, error?.kind]).not.toEqual([text, 'ACCOUNT_INVALID'])
        }
      }
    }
  })
})
