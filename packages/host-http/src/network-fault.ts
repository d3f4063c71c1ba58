import { NetworkFault } from '@obb/http-engine'
import { HostError } from './host-error.js'
import { publicUrl } from './url.js'

export { NetworkFault }

/** FaultPhase is where in an exchange a fault struck: before the head of the answer, or inside its body. */
export type FaultPhase = 'head' | 'body'

const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY|DECODE)|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED)/
/** UNSENDABLE matches what Node says of a header that would be two, or none. */
const UNSENDABLE = /^ERR_INVALID_(CHAR|HTTP_TOKEN)$/
const TIMEOUT = /TIMEOUT|ETIMEDOUT/
const SILENT_LOSS = /^(ECONNRESET|ECONNABORTED|EPIPE|HPE_)/

/**
 * The HostError of a network failure; a HostError passes unchanged. A connection lost inside a body is
 * TRUNCATED (resume it), a certificate that fails is UNEXPECTED and final, the rest is HOST_TEMP. The
 * cause holds the code only, see `networkCode`. `elsewhere`: a user chose the address.
 */
export function networkError(error: unknown, url: string, phase: FaultPhase, elsewhere = false): HostError {
  if (error instanceof HostError) return error
  const code = errorCode(error)
  const fault = { cause: new NetworkFault(code), elsewhere }
  const where = publicUrl(url)
  if (CERTIFICATE.test(code)) {
    return new HostError('UNEXPECTED', `Certificate refused (${code}): ${where}`, {
      ...fault,
      retryable: false,
    })
  }
  if (UNSENDABLE.test(code)) {
    return new HostError('UNEXPECTED', `A header cannot be sent (${code})`, { ...fault, retryable: false })
  }
  if (phase === 'body' && SILENT_LOSS.test(code)) {
    return new HostError('TRUNCATED', `Connection lost inside the body (${code}): ${where}`, fault)
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code.startsWith('HPE_')) {
    return new HostError('UNEXPECTED', `Answer is not valid HTTP (${code}): ${where}`, fault)
  }
  const what = TIMEOUT.test(code) ? 'Host did not answer in time' : 'Host cannot be reached'
  return new HostError('HOST_TEMP', `${what} (${code}): ${where}`, fault)
}

/** The code of the network failure behind a HostError (`ENOTFOUND`, `ECONNRESET` …), if that was it. */
export function networkCode(error: unknown): string | undefined {
  if (!(error instanceof HostError)) return undefined
  return error.cause instanceof NetworkFault ? error.cause.code : undefined
}

/** The code an error of Node or of the engine carries, `UNKNOWN` without. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0 && !hasCode(error)) {
    return errorCode(error.errors[0])
  }
  return hasCode(error) ? error.code : 'UNKNOWN'
}

function hasCode(error: unknown): error is { code: string } {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
}
