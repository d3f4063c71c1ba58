import type { FakeFile, FakeFolder } from '../../fake/fake-host.js'
import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute, FileRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for PixelDrain's API and its downloads; folders are directories of a filesystem, and lists. */
export interface PixelDrainKnobs extends ApiKnobs {
  /** `free`, `subscription`, `prepaid`, or empty. */
  subscriptionType: string
  /** Bytes a month; -1 is unlimited. */
  transferCap: number
  /** Grows by what is handed out; beyond the cap the files come at `throttledTo` bytes a second. */
  transferUsed: number
  throttledTo: number
  balanceMicroEur: number
  /** Downloads without a key, or with one of a low tier, want a captcha. */
  captcha: boolean
  /** Availability of every file. */
  availability: string
  abuseType: string
}

const API_KEY = '00000000-fake-0000-pixel-drain0000000'
const AUTHORIZATION = `Basic ${Buffer.from(`:${API_KEY}`).toString('base64')}`
const MIB = 2 ** 20

/** The envelope of a refusal. */
export function refused(status: number, value: string): CannedAnswer {
  return { status, body: { success: false, value, message: 'Words that change now and then' } }
}

export const fake = apiFake<PixelDrainKnobs>(() => {
  const knobs: PixelDrainKnobs = {
    ...apiKnobs(),
    subscriptionType: 'subscription',
    transferCap: 4e12,
    transferUsed: 1000,
    throttledTo: MIB,
    balanceMicroEur: 0,
    captcha: false,
    availability: '',
    abuseType: '',
  }
  return {
    knobs,
    credentials: { apiKey: API_KEY },
    fileLink: (id) => `https://pixeldrain.com/u/${id}`,
    folderLink: (id) => `https://pixeldrain.com/d/${id}`,
    newId: () => hexId(8),
    routes: (host) => new PixelDrainRoutes(host, knobs).routes(),
    fileRoutes: (host) => new PixelDrainRoutes(host, knobs).fileRoutes(),
  }
})

interface Found {
  name: string
  /** Id of the file; undefined for a directory. */
  fileId: string | undefined
  folder: FakeFolder | undefined
}

class PixelDrainRoutes {
  constructor(
    private readonly host: ApiFakeHost,
    private readonly knobs: PixelDrainKnobs,
  ) {}

  routes(): ApiRoute[] {
    return [
      { name: 'user', path: /^\/api\/user$/, answer: (request) => this.user(request) },
      {
        name: 'info',
        path: /^\/api\/file\/([\w,]+)\/info$/,
        answer: (_request, [ids]) => this.info(ids ?? ''),
      },
      { name: 'list', path: /^\/api\/list\/(\w+)$/, answer: (_request, [id]) => this.list(id ?? '') },
      {
        name: 'stat',
        path: /^\/api\/filesystem\/(.+)$/,
        when: ({ url }) => url.searchParams.has('stat'),
        answer: (_request, [path]) => this.stat(path ?? ''),
      },
    ]
  }

  fileRoutes(): FileRoute[] {
    const rules = {
      refuse: (request: FakeRequest) => this.refusal(request),
      served: (bytes: number) => this.charge(bytes),
    }
    return [
      { path: /^\/api\/file\/(\w+)$/, fileId: ([id]) => id ?? '', ...rules },
      {
        path: /^\/api\/filesystem\/(.+)$/,
        when: ({ url }) => url.searchParams.has('attach'),
        fileId: ([path]) => this.find(path ?? '')?.fileId ?? '',
        ...rules,
      },
    ]
  }

  /** idOf returns the id of a file or a folder by its link. */
  idOf(link: string): string {
    const { pathname } = new URL(link)
    const [, kind, rest = ''] = /^\/(u|l|d|api\/filesystem)\/(.+?)\/?$/.exec(pathname) ?? []
    return kind === 'u' || kind === 'l' || !rest.includes('/') ? rest : (this.find(rest)?.fileId ?? '')
  }

  private user({ headers }: FakeRequest): object {
    if (headers['authorization'] !== AUTHORIZATION) return answerWith(refused(401, 'authentication_failed'))
    const { balanceMicroEur, subscriptionType, transferCap, transferUsed } = this.knobs
    return {
      username: 'op',
      email: 'op@example.test',
      subscription: { id: 'pro', name: 'Pro', type: subscriptionType, monthly_transfer_cap: transferCap },
      monthly_transfer_cap: transferCap,
      monthly_transfer_used: transferUsed,
      balance_micro_eur: balanceMicroEur,
      hotlinking_enabled: true,
    }
  }

  private info(ids: string): object {
    const asked = ids.split(',')
    if (asked.length > 1000) return answerWith(refused(400, 'too_many_files'))
    const rows = asked.flatMap((id) => this.row(id) ?? [])
    if (asked.length > 1) return rows
    return rows[0] ?? answerWith(refused(404, 'not_found'))
  }

  private row(id: string): object | undefined {
    const file = this.host.files.get(id)
    if (file === undefined) return undefined
    return {
      id,
      name: file.name,
      size: file.content.size,
      mime_type: 'application/octet-stream',
      hash_sha256: file.sha256 ?? '',
      date_upload: '2026-01-01T00:00:00Z',
      availability: this.knobs.availability,
      availability_message: '',
      abuse_type: this.knobs.abuseType,
      download_speed_limit: 0,
    }
  }

  private list(id: string): object {
    const folder = this.host.folders.get(id)
    if (folder === undefined) return answerWith(refused(404, 'list_not_found'))
    const files = folder.entries.flatMap((link) => this.row(this.idOf(link)) ?? [])
    return { success: true, id, title: folder.name, files }
  }

  private stat(path: string): object {
    const found = this.find(path)
    if (found === undefined) return answerWith(refused(404, 'path_not_found'))
    const children = found.folder?.entries.flatMap((link) => this.entry(link) ?? [])
    return {
      path: [this.node(found)],
      base_index: 0,
      children: children?.map((child) => this.node(child)) ?? null,
    }
  }

  private node({ fileId, name }: Found): object {
    const file = this.host.files.get(fileId ?? '')
    if (file === undefined) return { type: 'dir', name, mode_octal: '755' }
    return {
      type: 'file',
      name,
      file_size: file.content.size,
      sha256_sum: file.sha256 ?? '',
      mode_octal: '644',
    }
  }

  /** find returns what a path of a filesystem leads to, from its root on. */
  private find(path: string): Found | undefined {
    const [root = '', ...names] = path.split('/').map(decodeURIComponent)
    const single = this.host.files.get(root)
    if (single !== undefined) return names.length === 0 ? foundFile(root, single) : undefined
    const folder = this.host.folders.get(root)
    let found: Found | undefined = folder && { name: folder.name, fileId: undefined, folder }
    for (const name of names) {
      const entries: Found[] = found?.folder?.entries.flatMap((link) => this.entry(link) ?? []) ?? []
      found = entries.find((entry) => entry.name === name)
    }
    return found
  }

  private entry(link: string): Found | undefined {
    const id = this.idOf(link)
    const file = this.host.files.get(id)
    if (file !== undefined) return foundFile(id, file)
    const folder = this.host.folders.get(id)
    return folder && { name: folder.name, fileId: undefined, folder }
  }

  private refusal({ headers, url }: FakeRequest): CannedAnswer | undefined {
    const { authorization } = headers
    const known = authorization === AUTHORIZATION
    if (authorization !== undefined && !known) return refused(401, 'authentication_failed')
    if (this.knobs.captcha) return refused(403, 'file_rate_limited_captcha_required')
    const [, id] = /^\/api\/file\/(\w+)$/.exec(url.pathname) ?? []
    return id === undefined || this.host.files.has(id) ? undefined : refused(404, 'not_found')
  }

  private charge(bytes: number): void {
    const { knobs } = this
    knobs.transferUsed += bytes
    if (knobs.transferCap >= 0 && knobs.transferUsed >= knobs.transferCap) {
      knobs.bytesPerSecond = knobs.throttledTo
    }
  }
}

function foundFile(fileId: string, { name }: FakeFile): Found {
  return { name, fileId, folder: undefined }
}
