import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { FakeFile, FakeFolder, FakeHost, FakePlatform } from '../../fake/fake-host.js'
import { contentBytes } from '../../fake/content.js'
import { sendCanned, startFakeServer } from '../../fake/fake-server.js'
import type { CannedAnswer } from '../../fake/fake-server.js'
import { transferKnobs } from '../../fake/transfer.js'
import { startNews } from './fake-news.js'
import type { Article, NewsKnobs } from './fake-news.js'
import { encodePart } from './fake-yenc.js'

export interface UsenetKnobs extends NewsKnobs {
  /** Bytes of a part of the files that are added from now on. */
  partBytes: number
  /** Answer to whoever asks for an NZB. */
  nzbAnswer: CannedAnswer | undefined
  /** NZBs are served as gzip whatever their name. */
  gzip: boolean
  /** editNzb changes an NZB before it is served. */
  editNzb: (nzb: string) => string
  /** Articles that the news server holds: for a second one with the same. */
  readonly articles: Map<string, Article>
}

/** A file as it was posted. */
interface Posting {
  file: FakeFile
  messageIds: string[]
}

export function newsKnobs(): NewsKnobs {
  return {
    ...transferKnobs(),
    replies: {},
    requiresLogin: true,
    user: 'reader',
    password: 'pass word ü/@:',
    connectionCap: 20,
    commandsPerConnection: Infinity,
    commandsPerLogin: Infinity,
    missingParts: new Set(),
    liesAboutStat: false,
    damagedParts: new Set(),
    truncatedParts: new Set(),
    emptyBodies: false,
    unknownCommands: new Set(),
  }
}

/** A news server, and the web server that has the NZBs of what is posted there. */
export const fake: FakePlatform<UsenetKnobs> = {
  async start({ port } = {}) {
    const knobs: UsenetKnobs = {
      ...newsKnobs(),
      partBytes: 100_000,
      nzbAnswer: undefined,
      gzip: false,
      editNzb: (nzb) => nzb,
      articles: new Map(),
    }
    const documents = new Map<string, Posting[]>()
    const calls: string[] = []
    const record = (call: string): void => void calls.push(call)
    const news = await startNews({ knobs, articles: knobs.articles, record })
    const web = await startFakeServer(port ?? 0, knobs, (request, response) => {
      record('nzb')
      const postings = documents.get(keyOf(request.url.href))
      if (knobs.nzbAnswer !== undefined || postings === undefined) {
        sendCanned(response, knobs.nzbAnswer ?? { status: 404, body: '<html>Not found</html>' })
        return Promise.resolve()
      }
      const nzb = Buffer.from(knobs.editNzb(nzbOf(postings)))
      response.writeHead(200, { 'content-type': 'application/x-nzb', connection: 'close' })
      response.end(knobs.gzip ? gzipSync(nzb) : nzb)
      return Promise.resolve()
    })
    let count = 0
    const publish = (postings: Posting[]): string => {
      const key = `${++count}.nzb`
      documents.set(key, postings)
      return `${web.origin}/nzb/${key}`
    }
    const postingsOf = (link: string): Posting[] => documents.get(keyOf(link)) ?? []
    return {
      origins: {},
      credentials: { servers: serverUrl(knobs, news.port) },
      knobs,
      calls,
      addFile(file) {
        const posting = { file, messageIds: post(knobs, file, `${count + 1}`) }
        return `${publish([posting])}#${fileIdOf(posting)}`
      },
      addFolder: ({ entries }: FakeFolder) => publish(entries.flatMap(postingsOf)),
      replaceFile(link, file) {
        const [posting] = postingsOf(link)
        if (posting === undefined) throw new Error('no such file')
        const { length } = posting.messageIds
        posting.messageIds = post(knobs, file, posting.messageIds[0]?.split('.')[1] ?? '')
        if (posting.messageIds.length !== length) throw new Error('a file of other articles is another file')
        posting.file = file
      },
      /** A taken down file stays in its NZB. */
      removeFile(link) {
        if (link.includes('#')) {
          for (const id of postingsOf(link).flatMap(({ messageIds }) => messageIds)) knobs.articles.delete(id)
        } else documents.delete(keyOf(link))
      },
      connections: () => news.connections() + web.connections(),
      async close() {
        await Promise.all([news.close(), web.close()])
      },
    } satisfies FakeHost<UsenetKnobs>
  },
}

export function serverUrl({ password, user }: NewsKnobs, port: number, scheme = 'nntp'): string {
  return `${scheme}://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}?connections=9`
}

/** Puts the articles of a file on the server; an empty file is one article. */
function post({ articles, partBytes }: UsenetKnobs, file: FakeFile, id: string): string[] {
  const { content, name } = file
  const total = Math.max(1, Math.ceil(content.size / partBytes))
  return Array.from({ length: total }, (_, index) => {
    const part = index + 1
    const begin = index * partBytes
    const end = Math.min(content.size, begin + partBytes)
    const messageId = `p${part}of${total}.${id}.$&@sim`
    articles.set(messageId, {
      part,
      begin,
      end,
      body: async (crc) => {
        const data = await contentBytes(content, begin, end)
        return encodePart({ name, size: content.size, begin, data, part, total }, crc)
      },
    })
    return messageId
  })
}

function fileIdOf({ messageIds }: Posting): string {
  return createHash('sha256')
    .update([...messageIds].sort().join('\n'))
    .digest('hex')
}

/** Segments from last to first, as nobody promises an order. */
function nzbOf(postings: readonly Posting[]): string {
  const files = postings.map(({ file: { content, name }, messageIds }, index) => {
    const total = messageIds.length
    const subject = `[${index + 1}/${postings.length}] - "${name}" yEnc (1/${total}) ${content.size}`
    const segments = messageIds.map(
      (id, at) =>
        `<segment bytes="${Math.ceil((content.size / total) * 1.03) - (at === total - 1 ? 1 : 0)}" number="${at + 1}">${escaped(id)}</segment>`,
    )
    return `<file poster="sim &lt;sim@example.test&gt;" date="1787400000" subject="${escaped(subject)}">
<groups><group>alt.binaries.test</group></groups>
<segments>
${segments.reverse().join('\n')}
</segments>
</file>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nzb PUBLIC "-//newzBin//DTD NZB 1.1//EN" "http://www.newzbin.com/DTD/nzb/nzb-1.1.dtd">
<nzb xmlns="http://www.newzbin.com/DTD/2003/nzb">
<head><meta type="title">simulated</meta></head>
${files.join('\n')}
</nzb>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function keyOf(link: string): string {
  return new URL(link).pathname.split('/').at(-1) ?? ''
}
