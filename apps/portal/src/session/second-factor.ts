import { ApiFailure } from '../api/failure.js'
import { causeOf } from '../shared/refusals.js'

/** Whether sign-in goes on with a code: the password was right. */
export function isSecondFactorNeeded(error: unknown): boolean {
  return (
    error instanceof ApiFailure && error.http === 401 && causeOf(error.message) === 'second_factor_needed'
  )
}
