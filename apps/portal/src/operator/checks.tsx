import { Text } from '@mantine/core'
import type { Check, CheckName } from '@obb/contracts'
import { m } from '../shared/text.js'

const CHECKS: Record<CheckName, () => string> = {
  database: m.admin_check_database,
  migrations: m.admin_check_migrations,
  clock: m.admin_check_clock,
  queue: m.admin_check_queue,
  fetchers: m.admin_check_fetchers,
  store: m.admin_check_store,
  sweeps: m.admin_check_sweeps,
  secrets: m.admin_check_secrets,
}

export const checkName = (name: CheckName) => CHECKS[name]()

/** What the server says of a check, and what can be done: in English, as the log and the command line have it. */
export function CheckWords({ check: { detail, action } }: { check: Check }) {
  return (
    <>
      {detail !== undefined && (
        <Text lang="en" size="sm">
          {detail}
        </Text>
      )}
      {action !== undefined && (
        <Text lang="en" size="sm">
          {action}
        </Text>
      )}
    </>
  )
}
