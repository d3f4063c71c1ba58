import { Stack, Text } from '@mantine/core'
import { m } from '../../shared/text.js'
import { InviteForm } from '../users/invite.js'

/** A link for somebody else. */
export function FirstUser() {
  return (
    <Stack gap="md">
      <Text size="sm">{m.admin_setup_user_lead()}</Text>
      <InviteForm />
    </Stack>
  )
}
