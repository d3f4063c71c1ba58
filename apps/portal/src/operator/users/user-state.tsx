import { Group } from '@mantine/core'
import type { ListedUser } from '../../api/operator-endpoints.js'
import { m } from '../../shared/text.js'
import { StateBadge } from '../parts.js'

function isExpired({ expiresAt }: ListedUser, now = Date.now()): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now
}

export function UserState({ user }: { user: ListedUser }) {
  return (
    <Group gap={6}>
      {user.state === 'suspended' ? (
        <StateBadge color="red">{m.admin_user_suspended()}</StateBadge>
      ) : isExpired(user) ? (
        <StateBadge color="orange">{m.admin_user_expired()}</StateBadge>
      ) : (
        <StateBadge color="green">{m.admin_user_active()}</StateBadge>
      )}
      {user.role === 'operator' && <StateBadge color="lake">{m.admin_role_operator()}</StateBadge>}
    </Group>
  )
}
