import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { newFileKey, packed, sealedName } from '../../fake/mega-content.js'
import type { FileKey } from '../../kit/mega/content.js'
import { answerWith, apiFake } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { FakeFile } from '../../fake/fake-host.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

/**
 * A stand-in for transfer.it: transfers behind `/cs`, plain text of their files behind `/cs/g`. Each file is alone in a
 * transfer of its own, as uploads often are.
 */
export interface TransferItKnobs extends ApiKnobs {
  /** Storage servers say that the quota is used up for so many seconds; 0: without saying how long. */
  quotaSeconds: number | undefined
  /** Storage servers are asked for too much. */
  storageBusy: boolean
}

const SITE = 'https://transfer.it'
const LANDING_PAGE = '<!doctype html><html><body>transfer.it: send files of any size</body></html>'
const idOf = (link: string): string => link.slice(-12)
/** Handles of nodes are 8 characters. */
const fileNode = (id: string): string => id.slice(4)
const folderNode = (id: string): string => id.slice(0, 8)

export const fake = apiFake<TransferItKnobs>(() => {
  const knobs: TransferItKnobs = { ...apiKnobs(), quotaSeconds: undefined, storageBusy: false }
  return {
    knobs,
    credentials: {},
    newId: () => randomBytes(9).toString('base64url'),
    fileLink: (id) => `${SITE}/t/${id}`,
    folderLink: (id) => `${SITE}/t/${id}`,
    routes: (host) => new Transfers(host, knobs).routes(),
  }
})

class Transfers {
  /** The site has made a new one for whatever was uploaded. */
  private readonly keys = new WeakMap<FakeFile, FileKey>()

  constructor(
    private readonly host: ApiFakeHost,
    private readonly knobs: TransferItKnobs,
  ) {}

  routes(): ApiRoute[] {
    const command = ({ json }: FakeRequest): unknown => (json as { a?: unknown }[])[0]?.a
    return [
      {
        name: 'f',
        method: 'POST',
        path: /^\/cs$/,
        when: (request) => command(request) === 'f',
        answer: ({ fields }) => {
          const { x = '', pw } = fields
          if (!this.has(x)) return answerWith({ status: 200, body: -9 })
          if (!this.opens(x, pw)) return answerWith({ status: 200, body: -14 })
          return [{ f: this.nodes(x), sn: 'sequence', noc: 1 }]
        },
      },
      { name: 'g', method: 'GET', path: /^\/cs\/g$/, answer: (request) => this.download(request) },
    ]
  }

  /** A redirect to a storage server. */
  private download(request: FakeRequest): object {
    const { fields, headers } = request
    const { x = '', n, pw } = fields
    if (!headers['referer']?.startsWith(`${SITE}/`)) return answerWith({ status: 200, body: LANDING_PAGE })
    if (!this.opens(x, pw)) return answerWith({ status: 200, body: -14 })
    const id = [...this.filesIn(x)].find((one) => fileNode(one) === n)
    if (id === undefined) return answerWith({ status: 200, body: -9 })
    const location = this.host.directLink(id, { refuse: () => this.refusal() })
    return answerWith({ status: 302, body: '', headers: { location } })
  }

  private has(id: string): boolean {
    return this.host.files.has(id) || this.host.folders.has(id)
  }

  private opens(id: string, token: string | undefined): boolean {
    const { password } = this.host.files.get(id) ?? this.host.folders.get(id) ?? {}
    if (password === undefined) return true
    const salt = Buffer.from(id, 'base64url').toString('hex').slice(6).repeat(3)
    const key = pbkdf2Sync(password, Buffer.from(salt, 'hex'), 100_000, 32, 'sha256')
    return token === key.toString('base64url')
  }

  private refusal(): CannedAnswer | undefined {
    const { quotaSeconds: seconds, storageBusy } = this.knobs
    if (storageBusy) return { status: 503, body: '' }
    if (seconds === undefined) return undefined
    return { status: 509, body: '', headers: seconds > 0 ? { 'x-mega-time-left': String(seconds) } : {} }
  }

  private *filesIn(id: string): Generator<string> {
    if (this.host.files.has(id)) yield id
    for (const link of this.host.folders.get(id)?.entries ?? []) yield* this.filesIn(idOf(link))
  }

  /** The transfer's own folder first. */
  private nodes(id: string): object[] {
    const file = this.host.files.get(id)
    if (file === undefined) return this.folder(id, '')
    return [this.folderNode(id, '', file.name), this.file(id, file, folderNode(id))]
  }

  private folder(id: string, parent: string): object[] {
    const { entries = [], name = '' } = this.host.folders.get(id) ?? {}
    const inside = entries.map(idOf).flatMap((inner) => {
      const file = this.host.files.get(inner)
      return file === undefined
        ? this.folder(inner, folderNode(id))
        : [this.file(inner, file, folderNode(id))]
    })
    return [this.folderNode(id, parent, name), ...inside]
  }

  private folderNode(id: string, p: string, name: string): object {
    const key = randomBytes(16)
    const [a, k] = [sealedName(key, name), key.toString('base64url')]
    return { h: folderNode(id), p, t: 1, a, k, ts: 1700000000 }
  }

  private file(id: string, file: FakeFile, p: string): object {
    const key = this.keys.get(file) ?? newFileKey(file.content)
    this.keys.set(file, key)
    const [a, k] = [sealedName(key.aes, file.name), packed(key).toString('base64url')]
    return { h: fileNode(id), p, t: 0, a, k, s: file.content.size, ts: 1700000000 }
  }
}
