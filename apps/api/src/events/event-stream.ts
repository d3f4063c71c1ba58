import type { ServerResponse } from 'node:http'
import type { AccountEvent, Language, ListedLink } from '@obb/contracts'
import { withoutKey } from '../callers/keys-untold.js'
import { inLanguage } from '../http/language.js'

/** A client that takes events so slowly that so many bytes wait for it comes back for what it missed. */
const MOST_WAITING = 1024 * 1024
/** How soon a client that lost the stream comes back, ms. */
const RETRY_MS = 3_000

export interface StreamOptions {
  accountId: string
  /** Beginning of download URLs for this client; null: it is told none. */
  downloads: string | null
  /** Whether a key opened it, which is told nothing of the others. */
  isKey: boolean
  /** That texts are told in. */
  language: Language
  /** Whether who opened it may still listen. */
  mayListen: () => Promise<boolean>
  /** When it was opened, epoch ms. */
  openedAt: number
}

/** One open answer of server-sent events. */
export class EventStream {
  private heardAt: number
  private balance: number | undefined

  /** The head of the answer is sent. */
  constructor(
    private readonly response: ServerResponse,
    readonly options: StreamOptions,
  ) {
    this.heardAt = options.openedAt
    response.write(`retry: ${RETRY_MS}\n\n`)
  }

  /** `id`: of the event, for Last-Event-ID. Links as `ListedLinks` tells them with '' in front of download paths. */
  sendLink(link: ListedLink, id: number): void {
    const { downloads, isKey, language } = this.options
    const url = link.link === null || downloads === null ? null : downloads + link.link
    this.send('link', inLanguage({ ...(isKey ? withoutKey(link) : link), link: url }, language), id)
  }

  /** Where it is another one than before. */
  sendBalance(trafficLeft: number, id: number): void {
    if (this.balance === trafficLeft) return
    this.balance = trafficLeft
    this.send('account', { trafficLeft } satisfies AccountEvent, id)
  }

  /** Says that it is still there, if it has said nothing for so long, ms. `now`: epoch ms. */
  beat(everyMs: number, now: number): void {
    if (now - this.heardAt < everyMs) return
    this.heardAt = now
    this.write(': \n\n')
  }

  end(): void {
    this.response.end()
  }

  private send(event: string, data: object, id: number): void {
    this.heardAt = id
    this.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  private write(text: string): void {
    if (this.response.writableLength > MOST_WAITING) this.response.destroy()
    else if (!this.response.destroyed) this.response.write(text)
  }
}
