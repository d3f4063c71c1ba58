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
        const { subject } = composeNotifications(
          [{ event, data: { name: 'N', platform: 'N' } }],
          language,
          BASE,
        )
        expect(subject).toContain('N')
      }
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
