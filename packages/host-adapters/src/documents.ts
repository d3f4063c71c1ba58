/* How whoever reads documents in threads talks to them; see document-thread.ts. */
import type { HostErrorKind } from './kit/errors.js'

export interface DocumentOrder {
  /** Of the platform whose `document-reader.ts` reads it. */
  folder: string
  document: Uint8Array
  question: unknown
}

export type DocumentOutcome =
  { answer: unknown } | { refusal: { kind: HostErrorKind; message: string; retryable: boolean } }
