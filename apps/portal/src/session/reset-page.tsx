import { Button, Stack } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { NewPassword } from './new-password.js'
import { useNewPassword } from './use-new-password.js'

const route = getRouteApi('/reset')

/** Takes a new password by the link that an operator made. */
export function ResetPage() {
  const { token = '' } = route.useSearch()
  const { sending, submit, field } = useNewPassword((password) =>
    call('POST reset', { body: { token, password } }),
  )
  return (
    <Entrance lead={m.reset_lead()} title={m.reset_title()}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <NewPassword label={m.password_new()} {...field} />
          {sending.error && <ErrorNotice error={sending.error} />}
          <Button fullWidth loading={sending.isPending} type="submit">
            {m.reset_submit()}
          </Button>
        </Stack>
      </form>
    </Entrance>
  )
}
