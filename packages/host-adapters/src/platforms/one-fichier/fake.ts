import type { FakeFile } from '../../fake/fake-host.js'
import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for the API v1 of 1fichier, its `check_links.pl`, its folders and its download servers. */
export interface OneFichierKnobs extends ApiKnobs {
  /** 0 free, 1 premium, 2 access, 3 gold. */
  offer: number
  /** `YYYY-MM-DD HH:MM:SS` in Paris. */
  subscriptionEnd: string | undefined
  /** GB of CDN credit. */
  cdn: number
  /** So many calls of `user/info` in five minutes are answered, then the address is locked. */
  userInfoCalls: number
  /** Direct links are given for CDN credit only, as to addresses of data centres. */
  cdnRequired: boolean
  /** The account is in use at another address, and one is all it may have. */
  elsewhere: boolean
  /** `check_links.pl` calls every file private, and tells neither name nor size. */
  isPrivate: boolean
  /** The domain that the uploader of every file chose: on others there is none. */
  domain: string
  /** Time in which a direct link shall be opened, ms on the fake's clock. */
  linkMs: number
}

const API_KEY = 'fake-onefichier-key-0123456789'
const WINDOW_MS = 300_000

/** The envelope of a refusal. */
export function refused(message: string, status = 403): CannedAnswer {
  return { status, body: { status: 'KO', message } }
}

export const fake = apiFake<OneFichierKnobs>((now) => {
  const knobs: OneFichierKnobs = {
    ...apiKnobs(),
    offer: 1,
    subscriptionEnd: '2030-01-01 12:00:00',
    cdn: 0,
    userInfoCalls: Infinity,
    cdnRequired: false,
    elsewhere: false,
    isPrivate: false,
    domain: '1fichier.com',
    linkMs: WINDOW_MS,
  }
  return {
    knobs,
    credentials: { apiKey: API_KEY },
    originNames: ['api', 'site'],
    fileLink: (id) => `https://${knobs.domain}/?${id}`,
    folderLink: (id) => `https://1fichier.com/dir/${id}`,
    newId: () => hexId(20),
    routes: (host) => new OneFichierRoutes(host, knobs, now).routes(),
  }
})

class OneFichierRoutes {
  private readonly asked: number[] = []

  constructor(
    private readonly host: ApiFakeHost,
    private readonly knobs: OneFichierKnobs,
    private readonly now: () => number,
  ) {}

  routes(): ApiRoute[] {
    const method = (name: string, answer: (request: FakeRequest) => object): ApiRoute => ({
      name,
      method: 'POST',
      path: new RegExp(`^/v1/${name}\\.cgi$`),
      answer: (request) => this.refusal(request) ?? answer(request),
    })
    return [
      method('user/info', () => this.userInfo()),
      method('file/info', (request) => this.withFile(request, (file, url) => this.fileInfo(file, url))),
      method('download/get_token', (request) =>
        this.withFile(request, (_file, url) => this.token(request, url)),
      ),
      {
        name: 'check_links',
        method: 'POST',
        path: /^\/check_links\.pl$/,
        answer: ({ text }) => this.lines(new URLSearchParams(text).getAll('links[]')),
      },
      { name: 'folder', path: /^\/dir\/(\w+)$/, answer: ({ fields }, [id]) => this.folder(id ?? '', fields) },
    ]
  }

  private refusal({ headers, json }: FakeRequest): object | undefined {
    if (json === undefined) return answer('Invalid request #1', 400)
    const known = headers['authorization'] === `Bearer ${API_KEY}`
    if (!known) return answer('Not authenticated #92', 401)
    return undefined
  }

  private userInfo(): object {
    const { cdn, offer, subscriptionEnd, userInfoCalls } = this.knobs
    const recent = this.asked.filter((at) => at > this.now() - WINDOW_MS)
    if (recent.length >= userInfoCalls) return answer('Flood detected: IP Locked #38')
    this.asked.push(this.now())
    return {
      status: 'OK',
      email: 'op@example.test',
      offer,
      ...(subscriptionEnd !== undefined && { subscription_end: subscriptionEnd }),
      cdn,
      use_cdn: 0,
    }
  }

  private withFile(request: FakeRequest, work: (file: FakeFile, url: string) => object): object {
    const { url = '', pass } = request.json as { url?: string; pass?: string }
    const file = this.onItsDomain(url) ? this.host.files.get(idOf(url)) : undefined
    if (file === undefined) return answer('Resource not found #469', 404)
    if (file.password === undefined || pass === file.password) return work(file, url)
    return answer(
      pass === undefined ? 'Password not provided - Resource not allowed #631' : 'Invalid password #631',
    )
  }

  private fileInfo(file: FakeFile, url: string): object {
    return {
      url,
      filename: file.name,
      size: file.content.size,
      date: '2025-01-01 00:00:00',
      checksum: 'ab'.repeat(64),
      'content-type': 'application/octet-stream',
      description: '',
      pass: file.password === undefined ? 0 : 1,
      path: '',
      folder_id: 0,
    }
  }

  private token({ json }: FakeRequest, url: string): object {
    const { cdnRequired, elsewhere, linkMs, offer } = this.knobs
    const { cdn } = json as { cdn?: number }
    if (offer === 0) return answer('Must be a customer (Premium, Access) #200')
    if (elsewhere) return answer('Only 1 location(s) allowed at a time #887')
    if (cdnRequired && (cdn !== 1 || this.knobs.cdn <= 0)) {
      return answer('This address belongs to professional equipment: you must have CDN credits #705')
    }
    const until = this.now() + linkMs
    const link = this.host.directLink(idOf(url), {
      refuse: () =>
        this.now() > until ? { status: 404, body: '<html>This link has expired</html>' } : undefined,
    })
    return { status: 'OK', url: link, message: 'OK' }
  }

  private lines(urls: readonly string[]): string {
    if (urls.length > 100) return 'Too many links'
    return urls.map((url) => `${this.line(url)}\n`).join('')
  }

  private line(url: string): string {
    const file = this.onItsDomain(url) ? this.host.files.get(idOf(url)) : undefined
    if (file === undefined) return `${url};;;${idOf(url) === '' ? 'BAD LINK' : 'NOT FOUND'}`
    if (this.knobs.isPrivate || file.password !== undefined) return `${url};;;PRIVATE`
    return `${url};${escaped(file.name)};${file.content.size}`
  }

  private folder(id: string, fields: Readonly<Record<string, string>>): object | string {
    const folder = this.host.folders.get(id)
    if (folder === undefined) return answerWith({ status: 404, body: '<html>Not found</html>' })
    if (folder.password !== undefined && fields['pass'] !== folder.password) {
      return '<html><form method="post"><input type="password" name="pass"></form></html>'
    }
    return folder.entries.map((link) => {
      const file = this.host.files.get(idOf(link))
      return { filename: file?.name ?? '', link, size: file?.content.size ?? 0 }
    })
  }

  private onItsDomain(url: string): boolean {
    return url.startsWith(`https://${this.knobs.domain}/?`)
  }
}

function answer(message: string, status?: number): object {
  return answerWith(refused(message, status))
}

function idOf(link: string): string {
  return /(?:\/\?|\/dir\/)(\w+)/.exec(link)?.[1] ?? ''
}

function escaped(name: string): string {
  return name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
