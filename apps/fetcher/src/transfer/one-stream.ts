import { type StoredPart, partCount, partRange } from '@obb/core/storage'
import { hostBytes } from './host-bytes.js'
import { Intake, PATIENCE } from './intake.js'
import { PartSplitter } from './part-splitter.js'
import { type TransferTask, asHostError } from './transfer-task.js'

/**
 * For a host that serves a file only from its beginning: one answer fills all parts, in order, also those that
 * were stored before, so that the file is never put together from two answers that nothing proves to be the
 * same. Raises HostError, StoreError, or the signal's reason.
 */
export async function fetchInOneStream(task: TransferTask): Promise<StoredPart[]> {
  const { upload, patience = PATIENCE } = task
  const body = await hostBytes(task, undefined, task.signal)
  const intake = new Intake(body, task.onBytes, patience)
  const splitter = new PartSplitter(intake)
  const parts: StoredPart[] = []
  try {
    for (let number = 1; number <= partCount(upload); number++) {
      const piece = splitter.piece(partRange(upload, number).size)
      parts.push(await task.store.putPart(upload, number, piece, task.signal))
    }
    await splitter.assertEnd()
    return parts
  } catch (error) {
    task.onBytes(-intake.count)
    throw asHostError(error)
  } finally {
    intake.destroy()
  }
}
