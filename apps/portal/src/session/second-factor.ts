import { ApiFailure } from '../api/failure.js'

/** Whether sign-in goes on with a code: the password was right. */
export function isSecondFactorNeeded(error: unknown): boolean {
  return (
    error instanceof ApiFailure && error.http === 401 && (error.refusal as string) === 'second_factor_needed'
  )
}
