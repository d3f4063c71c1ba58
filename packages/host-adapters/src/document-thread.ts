/*
 * The program of a thread that reads one document and ends: `workerData` is a DocumentOrder, its one message a
 * DocumentOutcome. What takes too long, or too much memory, is ended with it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { DocumentOrder, DocumentOutcome } from './documents.js'
import type { DocumentReader } from './kit/document-reader.js'
import { HostError } from './kit/errors.js'

const { folder, document, question } = workerData as DocumentOrder
const { read } = (await import(`./platforms/${folder}/document-reader.js`)) as { read: DocumentReader }
try {
  const { answer, transfer } = read(document, question)
  parentPort?.postMessage({ answer } satisfies DocumentOutcome, transfer)
} catch (error) {
  if (!(error instanceof HostError)) throw error
  const { kind, message, retryable } = error
  parentPort?.postMessage({ refusal: { kind, message, retryable } } satisfies DocumentOutcome)
}
