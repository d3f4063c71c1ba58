import type { AuditState } from '@obb/core/audit'

/** A request as it came, before any of it is known to be valid, and what its handler returned, once it has. */
export interface AuditRequest {
  params: Readonly<Record<string, unknown>>
  query: unknown
  body: unknown
  answer?: unknown
}

export interface Audited {
  /** What a request is about: an e-mail, an id, a platform; null where that is not known (yet). */
  target: string | null
  state: AuditState
}

/**
 * Reads what the writing routes of a controller are about. It is asked before and after the handler, and the difference
 * is what the audit log tells; so no secret may be in it, and nothing that changes by itself should.
 */
export abstract class AuditSubject {
  abstract read(request: AuditRequest): Promise<Audited>
}
