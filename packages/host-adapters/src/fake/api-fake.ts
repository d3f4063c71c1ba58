import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { FileRef } from '../kit/adapter.js'
import type { FakeFile, FakeFolder, FakeHost, FakePlatform } from './fake-host.js'
import { sendApi } from './api-knobs.js'
import type { ApiKnobs } from './api-knobs.js'
import { sendCanned, startFakeServer } from './fake-server.js'
import type { CannedAnswer, FakeRequest } from './fake-server.js'
import { serveFile } from './transfer.js'

/** One call of an API. */
export interface ApiRoute {
  /** Name as it appears in `calls` and in the knob `answers`. */
  name: string
  /** POST and GET when absent. */
  method?: string
  /** Pattern of the path; its groups are given to `answer`. Any path that ends with the name when absent. */
  path?: RegExp
  /** Whether it is meant, where the path does not tell (a method or a special case in the query). */
  when?(request: FakeRequest): boolean
  /** answer returns what the host answers: an object as JSON, text as it is, a CannedAnswer by `answerWith`. */
  answer(request: FakeRequest, groups: readonly string[]): object | string
}

/** A URL that hands out a file by itself, where no call is needed for a direct link; recorded as `dl`. */
export interface FileRoute extends LinkRules {
  path: RegExp
  when?(request: FakeRequest): boolean
  /** Id of the file, by the groups of the path; one that is not there is answered as an expired link. */
  fileId(groups: readonly string[]): string
}

export interface ApiFake<Knobs extends ApiKnobs> {
  knobs: Knobs
  credentials: Readonly<Record<string, string>>
  /** Names of the manifest's origins that lead here. Default `api`. */
  originNames?: readonly string[]
  /** A new id. Default: twelve hexadecimal digits. */
  newId?(kind: FileRef['kind']): string
  /** The link a user would paste, for the id of a new file. */
  fileLink(id: string, file: FakeFile): string
  /** The same for folders, where the platform has some. */
  folderLink?(id: string): string
  /** refuse returns what a call is refused with before its route is asked. */
  refuse?(request: FakeRequest): CannedAnswer | undefined
  routes(host: ApiFakeHost): readonly ApiRoute[]
  fileRoutes?(host: ApiFakeHost): readonly FileRoute[]
}

/** ApiFakeHost is what routes work with. */
export interface ApiFakeHost {
  /** By id. */
  readonly files: ReadonlyMap<string, FakeFile>
  readonly folders: ReadonlyMap<string, FakeFolder>
  /** A direct link to a file; `rules` may refuse its requests, and learn what was handed out. */
  directLink(id: string, rules?: LinkRules): string
}

export interface LinkRules {
  /** An answer in place of the file. */
  refuse?(request: FakeRequest): CannedAnswer | undefined
  served?(bytes: number): void
}

interface DirectLink extends LinkRules {
  id: string
  requestsLeft: number
}

const canned = new WeakSet<object>()

/** For routes that answer with a status or headers of their own. */
export function answerWith(answer: CannedAnswer): object {
  canned.add(answer)
  return answer
}

export function hexId(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)
}

/**
 * A stand-in made of routes: the API under any path, direct links under `/dl/`, recorded as `dl`. Whatever
 * has no route is a 404 page. `make` is asked at each start; `now` is the clock of the stand-in, epoch ms.
 */
export function apiFake<Knobs extends ApiKnobs>(
  make: (now: () => number) => ApiFake<Knobs>,
): FakePlatform<Knobs> {
  return { start: ({ port = 0, now = Date.now } = {}) => start(make(now), port) }
}

async function start<Knobs extends ApiKnobs>(fake: ApiFake<Knobs>, port: number): Promise<FakeHost<Knobs>> {
  const { knobs } = fake
  const files = new Map<string, FakeFile>()
  const folders = new Map<string, FakeFolder>()
  const links = new Map<string, DirectLink>()
  /** By the links that were given out for them. */
  const ids = new Map<string, string>()
  let origin = ''
  const host: ApiFakeHost = {
    files,
    folders,
    directLink(id, rules = {}) {
      const token = hexId(20)
      links.set(token, { id, requestsLeft: knobs.linkRequests, ...rules })
      return `${origin}/dl/${token}`
    },
  }
  const [routes, fileRoutes] = [fake.routes(host), fake.fileRoutes?.(host) ?? []]
  const server = await startFakeServer(port, knobs, async (request, response, record) => {
    const { pathname } = request.url
    const [, token] = /^\/dl\/(\w+)/.exec(pathname) ?? []
    if (token !== undefined) {
      record('dl')
      return download(knobs, files, links.get(token), request, response)
    }
    for (const { fileId, path, when, ...rules } of fileRoutes) {
      const groups = path.exec(pathname)
      if (groups === null || when?.(request) === false) continue
      record('dl')
      const link = { id: fileId(groups.slice(1)), requestsLeft: Infinity, ...rules }
      return download(knobs, files, link, request, response)
    }
    for (const { answer, method, name, path, when } of routes) {
      const groups = path === undefined ? (pathname.endsWith(`/${name}`) ? [] : null) : path.exec(pathname)
      if (groups === null || (method ?? request.method) !== request.method) continue
      if (when?.(request) === false) continue
      record(name)
      return sendApi(
        response,
        knobs,
        name,
        () => fake.refuse?.(request) ?? asCanned(answer(request, groups.slice(1))),
      )
    }
    sendCanned(response, knobs.apiAnswer ?? { status: 404, body: '<html>Not found</html>' })
  })
  origin = server.origin
  const idOf = (link: string): string => ids.get(link) ?? ''
  return {
    origins: Object.fromEntries((fake.originNames ?? ['api']).map((name) => [name, origin])),
    credentials: fake.credentials,
    knobs,
    calls: server.calls,
    addFile(file) {
      const id = file.id ?? fake.newId?.('file') ?? hexId(12)
      const link = fake.fileLink(id, file)
      files.set(id, file)
      ids.set(link, id)
      return link
    },
    addFolder(folder) {
      const id = fake.newId?.('folder') ?? hexId(12)
      const link = fake.folderLink?.(id) ?? ''
      folders.set(id, folder)
      ids.set(link, id)
      return link
    },
    replaceFile: (link, file) => files.set(idOf(link), file),
    removeFile: (link) => void (files.delete(idOf(link)) || folders.delete(idOf(link))),
    connections: () => server.connections(),
    close: () => server.close(),
  }
}

async function download(
  knobs: ApiKnobs,
  files: ReadonlyMap<string, FakeFile>,
  link: DirectLink | undefined,
  request: FakeRequest,
  response: ServerResponse,
): Promise<void> {
  const refused = knobs.linkAnswer ?? link?.refuse?.(request)
  if (refused !== undefined) return sendCanned(response, refused)
  const file = files.get(link?.id ?? '')
  if (link === undefined || file === undefined || link.requestsLeft <= 0) {
    return sendCanned(response, { status: knobs.expiredLinkStatus, body: '<html>Link has expired</html>' })
  }
  link.requestsLeft--
  const bytes = await serveFile(file, request, response, knobs)
  link.served?.(bytes)
}

function asCanned(answer: object | string): CannedAnswer {
  if (typeof answer === 'object' && canned.has(answer)) return answer as CannedAnswer
  return { status: 200, body: answer }
}
