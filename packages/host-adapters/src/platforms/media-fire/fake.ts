import { createHash } from 'node:crypto'
import type { FakeFile } from '../../fake/fake-host.js'
import { answerWith, apiFake, hexId } from '../../fake/api-fake.js'
import type { ApiFakeHost, ApiRoute } from '../../fake/api-fake.js'
import { apiKnobs } from '../../fake/api-knobs.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'

/** A stand-in for MediaFire's API 1.5 that checks every signature and moves secret keys on when it likes. */
export interface MediaFireKnobs extends ApiKnobs {
  account: {
    email: string
    password: string
    premium: boolean
    /** Bytes of premium bandwidth; reduced by what direct links hand out. */
    bandwidth: number
  }
  application: { id: string; apiKey: string }
  /** How often a signed call, refused or not, moves the key on: 0 never, 1 always. */
  newKeyChance: number
  /** A session stops working after so many calls. */
  sessionCalls: number
  /** The next so many new keys are kept by the host but lost on their way. */
  lostNewKeys: number
  privacy: 'public' | 'private'
  /** Delete date of every file. */
  deleteDate: string
  /** Entry of file/get_links in place of the direct link. */
  linkEntry: object | undefined
  /** Entries of a folder per answer. */
  chunkSize: number
  forgetSessions(): void
}

interface Session {
  secretKey: number
  time: string
  callsLeft: number
}

const CHUNK = 100

export function refused(action: string, error: number | undefined, message = 'Refused'): CannedAnswer {
  const body = { response: { action, message, error, result: 'Error', current_api_version: '1.5' } }
  const statuses = [400, 403, 404, 200]
  return { status: statuses[(error ?? 0) % 4] ?? 400, body, headers: { 'content-type': 'text/xml' } }
}

export const fake = apiFake<MediaFireKnobs>((now) => {
  const state = new FakeState(now)
  const { account, application } = state.knobs
  const { email, password } = account
  return {
    knobs: state.knobs,
    credentials: { email, password, applicationId: application.id, apiKey: application.apiKey },
    fileLink: (id, { name }) => `https://www.mediafire.com/file/${id}/${encodeURIComponent(name)}/file`,
    folderLink: (id) => `https://www.mediafire.com/folder/${id}`,
    newId: (kind) => hexId(kind === 'file' ? 15 : 13),
    routes: (host) => state.routes(host),
  }
})

class FakeState {
  private readonly sessions = new Map<string, Session>()
  private seed = 1
  readonly knobs: MediaFireKnobs = {
    ...apiKnobs(),
    account: {
      email: 'op@example.test',
      password: 'fake-mediafire-password',
      premium: true,
      bandwidth: 10 ** 12,
    },
    application: { id: '42511', apiKey: 'fake-mediafire-api-key' },
    newKeyChance: 0.5,
    sessionCalls: Infinity,
    lostNewKeys: 0,
    privacy: 'public',
    deleteDate: '',
    linkEntry: undefined,
    chunkSize: CHUNK,
    forgetSessions: () => this.sessions.clear(),
  }

  constructor(private readonly now: () => number) {}

  routes({ directLink, files, folders }: ApiFakeHost): ApiRoute[] {
    const fileOf = (key: string): object[] => {
      const file = files.get(key)
      return file === undefined ? [] : [this.fileInfo(key, file)]
    }
    return [
      this.route('user/get_session_token', (request) => this.login(request)),
      this.route('user/get_info', (request) =>
        this.signed('user/get_info', request, () => ({
          user_info: {
            email: this.knobs.account.email,
            premium: this.knobs.account.premium ? 'yes' : 'no',
            bandwidth: String(Math.max(0, this.knobs.account.bandwidth)),
            storage_limit: '1099511627776',
            created: '2015-01-01 00:00:00',
          },
        })),
      ),
      this.route('file/get_info', ({ fields }) => {
        const keys = (fields['quick_key'] ?? '').split(',')
        if (keys.length > 500) return refused('file/get_info', 129, 'Too many quick keys')
        const found = keys.flatMap(fileOf)
        const skipped = keys.filter((key) => !files.has(key)).join(',')
        if (found.length === 0) return refused('file/get_info', 110, 'Unknown or Invalid QuickKey')
        if (keys.length === 1) return this.good('file/get_info', { file_info: found[0] })
        return this.good('file/get_info', { file_infos: found, ...(skipped && { skipped }) })
      }),
      this.route('file/get_links', (request) =>
        this.signed('file/get_links', request, ({ quick_key: key = '' }) => {
          if (!files.has(key)) return refused('file/get_links', 110, 'Unknown or Invalid QuickKey')
          if (!this.knobs.account.premium) return refused('file/get_links', 130, 'Premium only')
          if (this.knobs.account.bandwidth <= 0) return refused('file/get_links', 149, 'No bandwidth')
          const direct_download = directLink(key, {
            served: (bytes) => (this.knobs.account.bandwidth -= bytes),
          })
          return {
            links: [{ quickkey: key, ...(this.knobs.linkEntry ?? { direct_download }) }],
            direct_download_free_bandwidth: '53687091200',
          }
        }),
      ),
      this.route('folder/get_content', ({ fields }) => {
        const folder = folders.get(fields['folder_key'] ?? '')
        if (folder === undefined) return refused('folder/get_content', 112, 'Unknown or invalid FolderKey')
        const { chunkSize } = this.knobs
        const first = (Number(fields['chunk'] ?? 1) - 1) * chunkSize
        const kind = fields['content_type'] === 'folders' ? 'folder' : 'file'
        const entries = folder.entries.filter((link) => link.includes(`/${kind}/`))
        const page = entries.slice(first, first + chunkSize).map(idOf)
        const content =
          kind === 'file'
            ? { files: page.flatMap(fileOf) }
            : { folders: page.map((id) => ({ folderkey: id, name: 'folder' })) }
        const more_chunks = first + chunkSize < entries.length ? 'yes' : 'no'
        return this.good('folder/get_content', { folder_content: { ...content, more_chunks } })
      }),
      { name: 'error.php', path: /^\/error\.php$/, answer: () => '<html><body>File error</body></html>' },
    ]
  }

  private route(name: string, call: (request: FakeRequest) => CannedAnswer): ApiRoute {
    const path = new RegExp(`^/api/1\\.5/${name.replace('/', '\\/')}\\.php$`)
    return { name, path, answer: (request) => answerWith(call(request)) }
  }

  private good(action: string, fields: object): CannedAnswer {
    const body = { response: { action, ...fields, result: 'Success', current_api_version: '1.5' } }
    return { status: 200, body }
  }

  private login({ fields }: FakeRequest): CannedAnswer {
    const { account, application } = this.knobs
    const { email = '', password = '', application_id: id = '', signature } = fields
    const action = 'user/get_session_token'
    if (id !== application.id) return refused(action, 145, 'Unknown application')
    if (signature !== digest('sha1', email + password + id + application.apiKey)) {
      return refused(action, 127, 'Signature is invalid')
    }
    if (email !== account.email || password !== account.password) return refused(action, 107, 'Wrong login')
    const session_token = hexId(40)
    const session: Session = {
      secretKey: this.random(),
      time: `${Math.floor(this.now() / 1000)}.1234`,
      callsLeft: this.knobs.sessionCalls,
    }
    this.sessions.set(session_token, session)
    const { secretKey, time } = session
    return this.good(action, {
      session_token,
      secret_key: String(secretKey),
      time,
      ekey: hexId(10),
      pkey: hexId(10),
    })
  }

  private signed(
    action: string,
    request: FakeRequest,
    work: (fields: Readonly<Record<string, string>>) => object,
  ): CannedAnswer {
    const sent = request.method === 'GET' ? request.url.search.slice(1) : request.text
    const [covered = '', signature] = sent.split('&signature=')
    const session = this.sessions.get(request.fields['session_token'] ?? '')
    if (session === undefined || session.callsLeft <= 0) return refused(action, 105, 'Session is invalid')
    const { secretKey, time } = session
    if (signature !== digest('md5', `${secretKey % 256}${time}${request.url.pathname}?${covered}`)) {
      return refused(action, 127, 'Signature is invalid')
    }
    session.callsLeft--
    const outcome = work(request.fields)
    const answer = 'body' in outcome ? (outcome as CannedAnswer) : this.good(action, outcome)
    if (this.random() / 2_147_483_647 > this.knobs.newKeyChance) return answer
    session.secretKey = step(secretKey)
    if (this.knobs.lostNewKeys-- > 0) return answer
    const { response } = answer.body as { response: object }
    return { ...answer, body: { response: { ...response, new_key: 'yes' } } }
  }

  private fileInfo(quickkey: string, { content, name, password, sha256 }: FakeFile): object {
    return {
      quickkey,
      filename: name,
      size: String(content.size),
      hash: sha256,
      privacy: this.knobs.privacy,
      password_protected: password === undefined ? 'no' : 'yes',
      ready: 'yes',
      delete_date: this.knobs.deleteDate,
      created_utc: '2026-01-01T00:00:00Z',
    }
  }

  private random(): number {
    return (this.seed = step(this.seed))
  }
}

function step(key: number): number {
  return (key * 16_807) % 2_147_483_647
}

function digest(algorithm: 'md5' | 'sha1', text: string): string {
  return createHash(algorithm).update(text).digest('hex')
}

function idOf(link: string): string {
  return /\/(?:file|folder)\/(\w+)/.exec(link)?.[1] ?? ''
}
