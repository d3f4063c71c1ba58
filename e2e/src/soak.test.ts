import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, contentBytes, patternContent } from '@obb/host-adapters/testing'
import { Installation } from './installation.js'
import {
  abortingReader,
  type Client,
  eagerReader,
  programs,
  rangedReader,
  stalledReader,
  type Wanted,
} from './soak-clients.js'

/*
 * Round after round a file of its own is asked for, fetched, and downloaded by all clients at once, some of which
 * stall or go away. Between rounds nothing is under way, so what the process holds then is what it keeps. A leak
 * per download, connection or file grows with the rounds; what is allowed to differ is what pools and compiled code
 * may take. `npm run soak` does it for ten minutes (SOAK_SECONDS), `npm test` for some seconds.
 */

const MIB = 1024 * 1024
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 20)
/** The first ones fill pools and caches. */
const WARM_UP = 2
const LEAST = WARM_UP + 3
const STALLED = 12
/** How often, and in what distance in ms, descriptors are counted after a round. */
const LOOKS = 20
const LOOK_MS = 50
const SIZE = 9 * MIB + 321

interface Held {
  /** Bytes in use after a collection, on and beside the heap. */
  memory: number
  descriptors: number
}

/** The stand-in keeps what it serves, so that every round's own would count as kept here. */
const contents = [1, 2, 3, 4].map((seed) => patternContent(SIZE, seed))

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function held(): Promise<Held> {
  collect()
  await new Promise((resolve) => setImmediate(resolve)) // finalizers
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return { memory: heapUsed + external, descriptors: await descriptors() }
}

/** Connections that their clients have ended are closed here a little later: the least number of a while counts. */
async function descriptors(): Promise<number> {
  let least = Infinity
  for (let look = 0; look < LOOKS; look++) {
    least = Math.min(least, (await readdir('/proc/self/fd')).length)
    await sleep(LOOK_MS)
  }
  return least
}

describe('mixed clients, round after round', () => {
  let obb: Installation
  let host: FakeHost
  let key: string
  let directory: string
  /** The link of the round before. */
  let previous: string | undefined
  const clients: Record<string, Client> = {
    ...programs(),
    rangedReader,
    abortingReader,
  }

  beforeAll(async () => {
    obb = await Installation.start('embedded')
    host = await obb.addHost('RapidGator')
    directory = await mkdtemp(join(tmpdir(), 'obb-soak-'))
    await obb.startFetcher()
    key = (await obb.admin('POST', '/users', { email: 'soak@example.test', traffic: 1e15 })).apiKey
  })
  afterAll(async () => {
    await obb.close()
    await rm(directory, { recursive: true })
  })

  async function round(number: number): Promise<void> {
    const content = contents[number % contents.length] ?? patternContent(SIZE)
    const bytes = await contentBytes(content)
    const [md5 = '', sha256 = ''] = ['md5', 'sha256'].map((name) =>
      createHash(name).update(bytes).digest('hex'),
    )
    const url = host.addFile({ name: `round-${number}.bin`, content, md5 })
    const asked = await obb.call(key, 'POST', '/unrestrict', { url })
    const { linkId } = asked.body.data as { linkId: string }
    const wanted: Wanted = { url: `${obb.proxy}/download/${linkId}/round.bin`, size: SIZE, sha256 }
    const eager = named('eagerReader', eagerReader(wanted, ''))
    const settled = await obb.settled(key, linkId)
    expect(settled.body.data).toMatchObject({ remote_status: 'done', download_ready: true })
    await eager

    // On another link than the others, whose places they would take.
    const stalled = await Promise.all(
      Array.from({ length: STALLED }, () => stalledReader(previous ?? wanted.url)),
    )
    previous = wanted.url
    if (number === 1) for (const socket of stalled.splice(0)) socket.destroy()
    for (const [name, client] of Object.entries(clients)) {
      await named(name, client(wanted, join(directory, name)))
    }
    for (const socket of stalled) socket.destroy()
  }

  it(
    'leaves no memory and no descriptors behind, and every download is whole',
    async () => {
      const rounds: Held[] = []
      for (
        const end = performance.now() + SECONDS * 1000;
        performance.now() < end || rounds.length < LEAST;
      ) {
        await round(rounds.length + 1)
        rounds.push(await held())
      }
      const settled = rounds.slice(WARM_UP)
      const third = Math.ceil(settled.length / 3)
      const [before, after] = [settled.slice(0, third), settled.slice(-third)]
      const least = (list: Held[], of: keyof Held): number => Math.min(...list.map((each) => each[of]))
      const story = rounds
        .map(({ memory, descriptors }) => `${Math.round(memory / MIB)}M/${descriptors}`)
        .join(' ')
      expect([story, least(after, 'memory') - least(before, 'memory') < 16 * MIB]).toEqual([story, true])
      expect([story, least(after, 'descriptors') - least(before, 'descriptors') < 16]).toEqual([story, true])
      process.stderr.write(`soak: ${rounds.length} rounds, memory/descriptors after each: ${story}\n`)
    },
    (SECONDS + 240) * 1000,
  )
})

async function named(client: string, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    throw new Error(`${client}: ${(error as Error).message}`, { cause: error })
  })
}
