import { type HostAdapter, type HostContext, HostError } from '@obb/host-adapters'

/** For so long rests an account that is refused as one without premium time and has it, ms. */
const DOUBTED_MS = 30 * 60_000

/**
 * What the refusal of an account in use means. That it is not premium only its own check proves: hosts say the same
 * when its day is used up, or of a single file. Raises the reason of the context's signal.
 */
export async function provenRefusal(
  adapter: HostAdapter,
  context: HostContext,
  error: HostError,
): Promise<HostError> {
  if (error.kind !== 'ACCOUNT_NOT_PREMIUM' || adapter.checkAccount === undefined) return error
  try {
    if (!(await adapter.checkAccount(context)).premium) return error
  } catch (fault) {
    context.signal.throwIfAborted()
    if (!(fault instanceof HostError)) throw fault
    if (fault.scope === 'account') return fault
  }
  const retryAt = context.now() + DOUBTED_MS
  return new HostError('ACCOUNT_QUOTA', `${error.message}, but its check does not say so`, {
    retryAt,
    cause: error,
  })
}
