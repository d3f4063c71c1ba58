import type { SetUpView } from '@obb/contracts'
import { m } from '../../shared/text.js'

/** The steps of the set-up, in their order. */
export const STEPS = ['operator', 'address', 'storage', 'account', 'user', 'file'] as const
export type Step = (typeof STEPS)[number]

export const STEP_TITLES: Record<Step, () => string> = {
  operator: m.admin_setup_operator,
  address: m.admin_setup_address,
  storage: m.admin_setup_storage,
  account: m.admin_setup_account,
  user: m.admin_setup_user,
  file: m.admin_setup_file,
}

/** Whether a step is done, as far as the server knows: of the address only a browser does. */
export function isDone(step: Step, { steps }: SetUpView): boolean | undefined {
  switch (step) {
    case 'operator':
      return true
    case 'address':
      return undefined
    case 'storage':
      return steps.storage
    case 'account':
      return steps.hostAccount
    case 'user':
      return steps.user
    case 'file':
      return steps.file
  }
}

/** Steps that are left, as far as the server knows. */
export const openSteps = (setUp: SetUpView): Step[] => STEPS.filter((step) => isDone(step, setUp) === false)

/** Where somebody begins, or goes on who was here before; undefined where nothing is left. */
export function nextStep(setUp: SetUpView): Step | undefined {
  const { hostAccount, user, file } = setUp.steps
  return hostAccount || user || file ? openSteps(setUp)[0] : 'address'
}
