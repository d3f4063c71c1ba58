import { describe, expect, it } from '@jest/globals'
import { LANGUAGES, NOTIFICATION_EVENTS, refusalTexts } from '@obb/contracts'
import { composeNotifications } from './compose-notifications.js'
import { toldEvent } from './told-event.js'

const BASE = 'https://obb.example.org'
const finished = { event: 'link_finished', data: { linkId: 'a', name: 'film.mkv' } } as const
const failed = { event: 'link_failed', data: { linkId: 'b', name: 'song.mp3', cause: 'file_gone' } } as const

describe('a mail of what happened', () => {
  it('names each event, and why a link failed, in the language of its reader', () => {
    const { text, html } = composeNotifications([finished, failed], 'zh-TW', BASE)
    for (const content of [text, html])
      for (const words of ['可以下載：film.mkv', 'song.mp3', refusalTexts('file_gone', 'zh-TW').msg])
        expect(content).toContain(words)
    expect(html).toContain('lang="zh-TW"')
  })

  it('says in its subject what it is about, or how much', () => {
    expect(composeNotifications([finished], 'en', BASE).subject).toBe('Ready to download: film.mkv')
    expect(composeNotifications([finished, failed], 'en', BASE).subject).toBe(
      '2 notifications from obb.example.org',
    )
  })

  it('has a text for every event in every language', () => {
    for (const language of LANGUAGES)
      for (const event of NOTIFICATION_EVENTS) {
        const canary = { key: 'canary N', status: 'warning', kind: 'canary', words: null }
        const data = { name: 'N', platform: 'N', ...canary }
        const { subject } = composeNotifications([{ event, data }], language, BASE)
        expect(subject).toContain('N')
      }
  })

  it('says of each finding what is wrong, what the host said, what to do and where', () => {
    const account = { kind: 'account', id: 'a', account: 'Host · op', words: 'wrong <password>' }
    const off = { ...account, key: 'account a off', status: 'warning', trouble: { kind: 'off', reason: 'x' } }
    const at = '2026-12-05T10:30:00.000Z'
    const ends = { ...off, key: 'account a ending', words: null, trouble: { kind: 'ending', at } }
    const of = (data: object) => ({ event: 'attention_needed' as const, data: { ...data } })
    const url = `${BASE}/admin/accounts?account=a`
    const one = composeNotifications([of(off)], 'en', BASE)
    expect(one.subject).toBe('Needs you: Host · op: switched off, because the host refused it')
    expect(one.text).toContain(`${one.subject}\nwrong <password>\nCure what the host says`)
    expect(one.html).toContain('wrong &lt;password&gt;')
    for (const content of [one.text, one.html]) {
      expect(content).toContain(url)
      expect(content).toContain(`${BASE}/admin`)
    }
    const two = composeNotifications([of(off), of(ends)], 'en', BASE)
    expect(two.subject).toBe('2 things need you at obb.example.org')
    expect(two.text).toContain('Host · op: ends on 2026-12-05 10:30 UTC\nRenew it')
    const mixed = composeNotifications([of(off), finished], 'en', BASE)
    expect(mixed.subject).toBe('2 notifications from obb.example.org')
    expect(mixed.text).toContain(`${BASE}/files`)
  })

  it('escapes names, and shortens those that are long', () => {
    const name = `<script>${'é'.repeat(5_000)}`
    const { html, text } = composeNotifications([{ ...finished, data: { name } }], 'en', BASE)
    expect(html).not.toContain('<script')
    expect(text.length).toBeLessThan(1_000)
  })
})

describe('what a webhook tells of a failed link', () => {
  it('has the number and the text of the external API, and no name of ours', () => {
    const { data } = toldEvent(failed, 'en')
    const { msg } = refusalTexts('file_gone', 'en')
    expect(data).toEqual({ linkId: 'b', name: 'song.mp3', status: expect.any(Number), msg })
  })
})
