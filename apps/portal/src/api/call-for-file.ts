import type { Failure } from '@obb/contracts'
import { ask, failureOf } from './call.js'
import { ApiFailure } from './failure.js'

/** Longest time for a file that grows with the years, ms. */
const TIMEOUT_MS = 900_000

/** callForFile gives a file that the server makes, which has no envelope. Raises as `call`, also where it breaks off. */
export async function callForFile(endpoint: string): Promise<Blob> {
  const response = await ask(endpoint, {}, TIMEOUT_MS)
  if (!response.ok) {
    const answer = (await response.json().catch(() => undefined)) as Failure | undefined
    throw failureOf(endpoint, response, answer)
  }
  return response.blob().catch(() => {
    throw new ApiFailure(endpoint, 0, { success: false, status: 0, msg: '' })
  })
}
