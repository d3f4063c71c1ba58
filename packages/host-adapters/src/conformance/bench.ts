import type { FileRef, HostAdapter, HostContext } from '../kit/adapter.js'
import type { FakeHost, FakePlatform } from '../fake/fake-host.js'
import type { ApiKnobs } from '../fake/api-knobs.js'
import { type OwnedHostHttp, createHostHttp, retryingHttp } from '@obb/host-http'
import { resolveOrigin } from '../kit/origin.js'
import { checksWithAccount } from '../kit/manifest.js'
import { MemorySession } from './memory-session.js'

/** Epoch ms at which the clock of every bench starts. */
export const START = Date.UTC(2026, 7, 22)

/** An adapter wired to a running fake, over real sockets, with a clock of its own. */
export interface Bench<Knobs extends object> {
  readonly adapter: HostAdapter
  readonly fake: FakeHost<Knobs>
  readonly http: OwnedHostHttp
  readonly session: MemorySession
  readonly clock: { now: number }
  context(changes?: Partial<HostContext>): HostContext
  /** The same for checks, which may have to do without an account. */
  checkContext(changes?: Partial<HostContext>): HostContext
  /** The reference of a link; throws when the adapter does not own it. */
  ref(link: string): FileRef
  close(): Promise<void>
}

/** The knobs of a JSON API; undefined for a stand-in that has none. */
export function apiOf(knobs: object): ApiKnobs | undefined {
  return 'seen' in knobs ? (knobs as ApiKnobs) : undefined
}

export async function startBench<Knobs extends object>(
  adapter: HostAdapter,
  platform: FakePlatform<Knobs>,
): Promise<Bench<Knobs>> {
  const clock = { now: START }
  const now = (): number => clock.now
  const fake = await platform.start({ now })
  const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
  const session = new MemorySession(now)
  const { manifest } = adapter
  const { origins } = manifest
  const insistent = retryingHttp(http, { wait: () => Promise.resolve() })
  const context = (withAccount: boolean, changes: Partial<HostContext>): HostContext => ({
    http: insistent,
    origin: (name) => resolveOrigin(origins[name] ?? '', fake.origins[name]),
    ...(withAccount && { account: { id: 'account-1', credentials: fake.credentials } }),
    session,
    switches: new Set<string>(),
    now,
    signal: new AbortController().signal,
    ...changes,
  })
  return {
    adapter,
    fake,
    http,
    session,
    clock,
    context: (changes = {}) => context(manifest.needsAccount, changes),
    checkContext: (changes = {}) => context(checksWithAccount(manifest), changes),
    ref(link) {
      const ref = adapter.match(new URL(link))
      if (ref === undefined) throw new Error('link is not owned by the adapter')
      return ref
    },
    async close() {
      await http.close()
      await fake.close()
    },
  }
}
