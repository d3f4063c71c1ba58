import { Stack, Text } from '@mantine/core'
import { type AccountTrouble, type HostAccountView, accountTrouble } from '@obb/contracts'
import { Time } from '../../shared/figures.js'
import { formatTime } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { StateBadge } from '../parts.js'

/** What is wrong with an account, in a sentence. */
export function troubleText(trouble: AccountTrouble): string {
  switch (trouble.kind) {
    case 'off':
      return trouble.reason === null ? m.admin_account_off_by_hand() : m.admin_account_off()
    case 'ended':
      return m.admin_account_ended({ time: formatTime(trouble.at) })
    case 'not_premium':
      return m.admin_account_not_premium()
    case 'ending':
      return m.admin_account_ending({ time: formatTime(trouble.at) })
    case 'no_traffic':
      return m.admin_account_no_traffic()
    case 'resting':
      return m.admin_account_resting({ time: formatTime(trouble.until) })
  }
}

/** What to do about it. */
export function troubleNext(trouble: AccountTrouble): string {
  switch (trouble.kind) {
    case 'off':
      return trouble.reason === null ? m.admin_account_off_by_hand_next() : m.admin_account_off_next()
    case 'ended':
    case 'not_premium':
    case 'ending':
      return m.admin_account_renew()
    case 'no_traffic':
      return m.admin_account_no_traffic_next()
    case 'resting':
      return m.admin_account_resting_next()
  }
}

const COLORS: Record<AccountTrouble['kind'], string> = {
  off: 'red',
  ended: 'red',
  not_premium: 'red',
  ending: 'orange',
  no_traffic: 'orange',
  resting: 'orange',
}

function stateWord(trouble: AccountTrouble | undefined): string {
  switch (trouble?.kind) {
    case undefined:
      return m.admin_account_on()
    case 'off':
      return m.admin_off()
    case 'ended':
    case 'not_premium':
      return m.admin_account_state_ended()
    case 'ending':
      return m.admin_account_state_ending()
    case 'no_traffic':
      return m.admin_account_state_no_traffic()
    case 'resting':
      return m.admin_account_state_resting()
  }
}

/** The state of an account, since or until when, and what its host said. */
export function AccountState({ account }: { account: HostAccountView }) {
  const trouble = accountTrouble(account, Date.now())
  return (
    <Stack align="flex-start" gap={2}>
      <StateBadge color={trouble ? COLORS[trouble.kind] : 'green'}>{stateWord(trouble)}</StateBadge>
      {trouble?.kind === 'resting' && (
        <Text size="xs">
          {m.admin_until()} <Time at={trouble.until} />
        </Text>
      )}
      {account.offReason !== null && (
        <Text c="dimmed" lang="en" lineClamp={2} size="xs" title={account.offReason}>
          {account.offReason}
        </Text>
      )}
    </Stack>
  )
}
