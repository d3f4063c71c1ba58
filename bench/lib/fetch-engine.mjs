/*
 * OBB's side of bench:fetch, in a process of its own: the fetcher's transfer of a file (`transferFile`), as an
 * attempt runs it, with the guarded network and the real store. It fetches what it is told and answers with wall
 * time, its own CPU time and its highest resident set so far.
 */
import process from 'node:process'
import { openObjectStore, choosePartSize } from '@obb/core/storage'
import { transferFile } from '@obb/fetcher/transfer'
import { createHostHttp, loadRegistry } from '@obb/host-adapters'

const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
const adapter = (await loadRegistry()).get('Http')

/** One upload, which no earlier worker has begun. */
class Place {
  constructor(store, key) {
    this.store = store
    this.key = key
  }

  async open(size) {
    this.upload = await this.store.createUpload(this.key, size, choosePartSize(size))
    return { upload: this.upload, stored: [] }
  }

  async fresh(size) {
    return (await this.open(size)).upload
  }

  current() {
    return this.upload
  }

  drop() {
    return this.store.delete(this.key)
  }
}

async function fetchOne(store, { url, size, key, connections, names }) {
  const digests = await transferFile({
    ...{ adapter, http, store, size, connections, ...(names && { names: new Set(names) }) },
    source: { kind: 'url', url, userUrl: false },
    place: new Place(store, key),
    signal: new globalThis.AbortController().signal,
    now: Date.now,
    progress: { start: () => undefined, add: () => undefined },
    onGain: () => undefined,
  })
  return digests.sha256
}

process.on('message', async ({ store: settings, files, atOnce, imports = [] }) => {
  try {
    for (const name of imports) await import(name)
    const store = await openObjectStore(settings)
    await store.prepare()
    const waiting = [...files]
    const digests = []
    const cpu = process.cpuUsage()
    const begun = performance.now()
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let file = waiting.shift(); file; file = waiting.shift())
          digests.push(await fetchOne(store, file))
      }),
    )
    const seconds = (performance.now() - begun) / 1000
    const { user, system } = process.cpuUsage(cpu)
    for (const { key } of files) await store.delete(key)
    await store.close()
    const rss = process.resourceUsage().maxRSS / 1024
    process.send({ seconds, cpu: (user + system) / 1e6, rss, digests })
  } catch (error) {
    process.send({ error: String(error) })
  }
})
process.send('ready')
