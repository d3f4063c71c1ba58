import type { HostAdapter } from '../kit/adapter.js'
import type { Source } from '../kit/source.js'
import { apiOf, startBench } from './bench.js'
import type { PlatformConformance } from './platform-conformance.js'
import type { TransferKnobs } from '../fake/transfer.js'
import { FILE } from './sample-file.js'

/**
 * Traits are what a platform turns out to be like. Nothing is known of one that does not work: all of the suite is for
 * it.
 */
export interface Traits {
  source?: Source
  /** False: the direct link is known without asking the host. */
  resolveAsks: boolean
  /** The stand-in is a JSON API, or pages that are asked as one. */
  api: boolean
  /** Its answers are JSON. */
  json: boolean
}

/** Resolves one file, before the suite is described: so it can say what a platform lacks. */
export async function traitsOf<Knobs extends TransferKnobs>(
  adapter: HostAdapter,
  { fake }: PlatformConformance<Knobs>,
): Promise<Traits> {
  const bench = await startBench(adapter, fake)
  const knobs = apiOf(bench.fake.knobs)
  const asks = { api: knobs !== undefined, json: knobs !== undefined && knobs.pages !== true }
  try {
    const ref = bench.ref(bench.fake.addFile(FILE))
    const source = await adapter.resolve(bench.context(), ref)
    return { source, resolveAsks: bench.fake.calls.length > 0, ...asks }
  } catch {
    return { resolveAsks: true, ...asks }
  } finally {
    await bench.close()
  }
}
