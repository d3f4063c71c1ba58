/**
 * What a platform's `document-reader.ts` exports as `read`: work over a document of a user's that may take long. Pure:
 * it runs in a thread that knows nothing but its arguments. Raises HostError.
 */
export type DocumentReader = (document: Uint8Array, question: unknown) => DocumentAnswer

export interface DocumentAnswer {
  /** Of plain objects and typed arrays, which can be handed from thread to thread. */
  answer: unknown
  /** Memory in it that changes hands instead of being copied. */
  transfer: ArrayBuffer[]
}
