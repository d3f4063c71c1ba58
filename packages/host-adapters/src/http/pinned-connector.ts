import type { LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { AddressGuard, ResolvedAddress } from './address-guard.js'

/**
 * A connector that dials only addresses the guard has just checked; Host and SNI stay those of the URL.
 * `timeoutMs` bounds the resolution and, separately, the connection.
 */
export function pinnedConnector(
  guard: AddressGuard,
  options: { userUrl: boolean; timeoutMs: number },
): buildConnector.connector {
  return (target, callback) => {
    const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80))
    const { hostname } = target
    within(options.timeoutMs, guard.addresses({ hostname, port, userUrl: options.userUrl })).then(
      (addresses) => buildConnector({ timeout: options.timeoutMs, lookup: pin(addresses) })(target, callback),
      (error: Error) => callback(error, null),
    )
  }
}

function pin(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, { all, family }, callback) => {
    if (all) return callback(null, [...addresses])
    const one = addresses.find((entry) => entry.family === family) ?? addresses[0]
    callback(null, one?.address ?? '', one?.family)
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    const late = (): void =>
      reject(Object.assign(new Error('name resolution timed out'), { code: 'EAI_AGAIN' }))
    timer = setTimeout(late, timeoutMs)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
